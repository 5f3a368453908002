/** The operator's, and anybody's, verifier: `audit verify`. */
import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import type { VerifierContext } from '../cli-context.js'
import { checkpointsIn, parseCheckpointText } from '../audit/log/checkpoint.js'
import type { NotesFrom } from '../audit/log/claims.js'
import { parseNote, type VerifierKey } from '../audit/log/note.js'
import { verifierKeysOf } from '../audit/sealing/log-keys.js'
import { nodeCrypto, sha256 } from '../audit/sealing/node-crypto.js'
import { newestNote } from '../audit/sealing/why-not-sealed.js'
import type { TextTerms } from '../audit/verifying/missing-texts.js'
import { verifyLog } from '../audit/verifying/verify-log.js'
import { atOneMoment } from '../database/one-moment.js'
import { translator } from '../i18n/translate.js'
import { filesAt, textIn } from './evidence-on-disk.js'
import { judgeEvidence, kindOf, readKeys, type EvidenceFile } from './evidence.js'
import { claimFault, logVerdict, note, recordsVerdict, textsVerdict, unnamed, type Sentence } from './verdict-in-words.js'
import { verifyRecords } from './verify-records.js'

/** Told every so many leaves, or slips, on long runs. */
const longRun = 100_000

/** @param terms since when typed texts go by themselves; asked for where there is a database */
export function registerProofCommands (program: Command, context: VerifierContext, terms: () => Promise<TextTerms>): void {
  const audit = program.command('audit').description('the signed log')
  audit.command('verify')
    .description('check the log in the database against its checkpoints, CHECKPOINT_FILE and the checkpoints given, and the delivery records against the log; or, without the database, an export (ZIP or folder) or leaves with their checkpoints')
    .argument('[files...]', 'checkpoints kept elsewhere, or an export, or leaves (NDJSON) with checkpoints and leaf hashes')
    .option('--verifier-key <keys...>', 'name+id+key of whom to trust; without it the keys of LOG_KEY')
    .action(async (paths: string[], options: { verifierKey?: string[] }) => await verify(context, terms, paths, options.verifierKey))
}

/** @throws when something is wrong, with every sentence about it */
async function verify (context: VerifierContext, terms: () => Promise<TextTerms>, paths: readonly string[], givenKeys: readonly string[] | undefined): Promise<void> {
  const files = await filesAt(paths)
  const isOfDatabase = paths.length === 0 || (files.length > 0 && files.every(file => kindOf(file) === 'checkpoints'))
  const sentences = isOfDatabase
    ? await verifyDatabase(context, await terms(), files, givenKeys)
    : await verifyFiles(context, files, givenKeys)
  const t = translator('en')
  const lines = sentences.map(({ key, values }) => t(key, values['event'] === unnamed ? { ...values, event: t('verifier.unnamed') } : values))
  if (sentences.some(({ tone }) => tone === 'bad')) throw new Error(lines.join('\n'))
  for (const line of lines) context.out(line)
}

async function verifyDatabase (context: VerifierContext, terms: TextTerms, files: readonly EvidenceFile[], givenKeys: readonly string[] | undefined): Promise<Sentence[]> {
  await context.openDatabase()
  const keys = keysToTrust(context, givenKeys, await newestNote(context.db))
  if ('tone' in keys) return [keys]
  const { checkpointFile } = context.log
  const outside = [...checkpointFile === undefined ? [] : [await notesIn(checkpointFile)], ...await Promise.all(files.map(notesOf))]
  return await atOneMoment(context.db, async db => {
    const verified = await verifyLog(db, { keys, outside, terms, progress: progressOf(context) })
    if ('kind' in verified) return [claimFault(verified)]
    const { verdict, texts, checkpoints, unknown, pending } = verified
    return [
      ...logVerdict({ ...verdict, leaves: verdict.covered }, checkpoints),
      ...pending > 0 ? [note('verifier.told.pending', { count: pending })] : [],
      ...textsVerdict(texts),
      ...unknown > 0 ? [note('verifier.told.unknown', { count: unknown })] : [],
      // Events that are not what was signed prove nothing of a slip.
      ...verdict.fault === undefined ? [recordsVerdict(await verifyRecords(db, slipProgressOf(context)))] : [],
    ]
  })
}

/** A checkpoint file that is gone holds no checkpoint, and that is a fault. */
async function notesIn (path: string): Promise<NotesFrom> {
  return await filesAt([path]).then(async ([file]) => await notesOf(file!), (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return { source: path, notes: [] }
    throw error
  })
}

async function notesOf (file: EvidenceFile): Promise<NotesFrom> {
  return { source: file.name, notes: checkpointsIn(await textIn(file)).notes }
}

async function verifyFiles (context: VerifierContext, files: readonly EvidenceFile[], givenKeys: readonly string[] | undefined): Promise<Sentence[]> {
  const signed = files.find(file => kindOf(file) === 'checkpoints')
  const keys = keysToTrust(context, givenKeys, signed === undefined ? undefined : checkpointsIn(await textIn(signed)).notes[0])
  if ('tone' in keys) return [keys]
  return await judgeEvidence({ ...nodeCrypto, hasher: () => createHash('sha256'), progress: progressOf(context) }, files, keys)
}

/** The keys that were given, or those of LOG_KEY under the name that the checkpoint bears. */
function keysToTrust ({ log }: VerifierContext, given: readonly string[] | undefined, checkpoint: string | undefined): readonly VerifierKey[] | Sentence {
  if (given !== undefined || log.keys === undefined) return readKeys(sha256, (given ?? []).join('\n'))
  const origin = parseCheckpointText(parseNote(checkpoint ?? '')?.text ?? '')?.origin
  return origin === undefined ? [] : verifierKeysOf(log.keys, origin)
}

function progressOf ({ out }: VerifierContext): (leaves: number) => void {
  return leaves => { if (leaves % longRun === 0) out(translator('en')('verifier.checking', { leaves })) }
}

function slipProgressOf ({ out }: VerifierContext): (slips: number) => void {
  return slips => { if (slips % longRun === 0) out(translator('en')('verifier.checkingSlips', { slips })) }
}
