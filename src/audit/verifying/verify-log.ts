/** The whole log in the database against its checkpoints, and against those that were kept elsewhere. */
import { sql, type Kysely } from 'kysely'
import { atOneMoment } from '../../database/one-moment.js'
import type { Database } from '../../database/schema.js'
import { openClaims, type ClaimFault, type NotesFrom } from '../log/claims.js'
import { examineLog, type LogFault, type Verdict } from '../log/examine.js'
import type { VerifierKey } from '../log/note.js'
import { nodeCrypto, nodeTreeHash } from '../sealing/node-crypto.js'
import { findLogEnd } from '../sealing/stored-tree.js'
import { foundLeaves, recordedLeaves, storedSubtrees, type Texts } from './database-evidence.js'
import type { TextTerms } from './missing-texts.js'

export interface LogVerification {
  readonly verdict: Verdict
  readonly texts: Texts
  /** Checkpoints that vouch for it, and older ones by keys that are not known here. */
  readonly checkpoints: number
  readonly unknown: number
  /** Events that no checkpoint vouches for yet. */
  readonly pending: number
}

export interface LogToVerify {
  readonly keys: readonly VerifierKey[]
  /** Checkpoints kept outside the database. */
  readonly outside: readonly NotesFrom[]
  /** Without them no text of a sign-in or an import is past its term. */
  readonly terms?: TextTerms
  readonly progress?: (leaves: number, of: number) => void
}

/** Name of the checkpoints in the database among the sources. */
export const inDatabase = 'database'

/** As of one moment: a sealer beside it may go on. */
export async function verifyLog (db: Kysely<Database>, log: LogToVerify): Promise<LogVerification | ClaimFault> {
  return await atOneMoment(db, async one => await verify(one, log))
}

async function verify (db: Kysely<Database>, { keys, outside, terms, progress }: LogToVerify): Promise<LogVerification | ClaimFault> {
  const notes = (await db.selectFrom('log_checkpoints').select('note').orderBy('number').execute()).map(row => row.note)
  const { size, sequence } = await findLogEnd(db)
  const opened = openClaims(nodeCrypto, [{ source: inDatabase, notes }, ...outside], keys)
  if ('kind' in opened) return opened
  const hash = nodeTreeHash()
  const texts: Texts = { bound: 0, erased: 0, presumed: 0, fault: undefined }
  const found = await examineLog(hash, {
    found: foundLeaves(db, hash, sequence, texts, terms),
    recorded: recordedLeaves(db),
    checkpoints: opened.claims,
    storedSubtree: await storedSubtrees(db),
  }, leaves => progress?.(leaves, size))
  const verdict = found.fault === undefined && found.covered < size ? { ...found, fault: await unsigned(db, found.covered) } : found
  return { verdict, texts, checkpoints: opened.claims.length, unknown: opened.unknown, pending: await countPending(db, sequence) }
}

async function unsigned (db: Kysely<Database>, leaf: number): Promise<LogFault> {
  const row = await db.selectFrom('log_leaves').select('event_id').where('index', '=', leaf).executeTakeFirst()
  return { kind: 'unsigned', leaf, event: row?.event_id }
}

async function countPending (db: Kysely<Database>, sequence: number): Promise<number> {
  return (await db.selectFrom('audit_events').select(sql<number>`count(*)`.as('count')).where('sequence', '>', sequence).executeTakeFirstOrThrow()).count
}
