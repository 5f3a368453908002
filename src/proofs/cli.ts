/** The operator's, and anybody's, verifier: `audit verify`. */
import { createHash } from 'node:crypto'
import type { Command } from 'commander'
import type { VerifyContext } from '../cli-context.js'
import { splitCheckpoints, parseCheckpoint } from '../audit/log/checkpoint.js'
import type { CheckpointSource } from '../audit/log/claims.js'
import { parseNote, type VerifierKey } from '../audit/log/note.js'
import { toVerifierKeys } from '../audit/sealing/log-keys.js'
import { nodeCrypto, sha256 } from '../audit/sealing/node-crypto.js'
import { findNewestCheckpointNote } from '../audit/sealing/why-not-sealed.js'
import type { TextRetentionCutoffs } from '../audit/verifying/missing-texts.js'
import { verifyLog } from '../audit/verifying/verify-log.js'
import { readInSnapshot } from '../database/one-moment.js'
import { translator } from '../i18n/translate.js'
import { openEvidenceFiles, readFileText } from './evidence-on-disk.js'
import { verifyEvidence, detectEvidenceKind, parseVerifierKeys, type EvidenceFile } from './evidence.js'
import { formatSourceFault, formatLogVerdict, infoMessage, formatRecordsVerdict, formatTextsVerdict, UNKNOWN_EVENT, type VerdictMessage } from './verdict-in-words.js'
import { verifyRecords } from './verify-records.js'

/** Told every so many leaves, or slips, on long runs. */
const PROGRESS_INTERVAL = 100_000

/** @param terms since when typed texts go by themselves; asked for where there is a database */
export function registerAuditCommands (program: Command, context: VerifyContext, terms: () => Promise<TextRetentionCutoffs>): void {
  const audit = program.command('audit').description('the signed log')
  audit.command('verify')
    .description('check the log in the database against its checkpoints, CHECKPOINT_FILE and the checkpoints given, and the delivery records against the log; or, without the database, an export (ZIP or folder) or leaves with their checkpoints')
    .argument('[files...]', 'checkpoints kept elsewhere, or an export, or leaves (NDJSON) with checkpoints and leaf hashes')
    .option('--verifier-key <keys...>', 'name+id+key of whom to trust; without it the keys of LOG_KEY')
    .action(async (paths: string[], options: { verifierKey?: string[] }) => await runVerify(context, terms, paths, options.verifierKey))
}

/** @throws when something is wrong, with every sentence about it */
async function runVerify (context: VerifyContext, terms: () => Promise<TextRetentionCutoffs>, paths: readonly string[], givenKeys: readonly string[] | undefined): Promise<void> {
  const files = await openEvidenceFiles(paths)
  const isOfDatabase = paths.length === 0 || (files.length > 0 && files.every(file => detectEvidenceKind(file) === 'checkpoints'))
  const sentences = isOfDatabase
    ? await verifyDatabase(context, await terms(), files, givenKeys)
    : await verifyFiles(context, files, givenKeys)
  const t = translator('en')
  const lines = sentences.map(({ key, values }) => t(key, values['event'] === UNKNOWN_EVENT ? { ...values, event: t('verifier.unnamed') } : values))
  if (sentences.some(({ tone }) => tone === 'bad')) throw new Error(lines.join('\n'))
  for (const line of lines) context.printLine(line)
}

async function verifyDatabase (context: VerifyContext, terms: TextRetentionCutoffs, files: readonly EvidenceFile[], givenKeys: readonly string[] | undefined): Promise<VerdictMessage[]> {
  await context.openDatabase()
  const keys = resolveTrustedKeys(context, givenKeys, await findNewestCheckpointNote(context.db))
  if ('tone' in keys) return [keys]
  const { checkpointFile } = context.log
  const outside = [...checkpointFile === undefined ? [] : [await readCheckpointsAtPath(checkpointFile)], ...await Promise.all(files.map(readCheckpoints))]
  return await readInSnapshot(context.db, async db => {
    const verified = await verifyLog(db, { keys, externalCheckpoints: outside, cutoffs: terms, progress: createLeafProgress(context) })
    if ('kind' in verified) return [formatSourceFault(verified)]
    const { verdict, texts, checkpoints, unknownKeyCheckpoints, pendingEvents } = verified
    return [
      ...formatLogVerdict({ ...verdict, leaves: verdict.covered }, checkpoints),
      ...pendingEvents > 0 ? [infoMessage('verifier.told.pending', { count: pendingEvents })] : [],
      ...formatTextsVerdict(texts),
      ...unknownKeyCheckpoints > 0 ? [infoMessage('verifier.told.unknown', { count: unknownKeyCheckpoints })] : [],
      // Events that are not what was signed prove nothing of a slip.
      ...verdict.fault === undefined ? [formatRecordsVerdict(await verifyRecords(db, createSlipProgress(context)))] : [],
    ]
  })
}

/** A checkpoint file that is gone holds no checkpoint, and that is a fault. */
async function readCheckpointsAtPath (path: string): Promise<CheckpointSource> {
  return await openEvidenceFiles([path]).then(async ([file]) => await readCheckpoints(file!), (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return { source: path, notes: [] }
    throw error
  })
}

async function readCheckpoints (file: EvidenceFile): Promise<CheckpointSource> {
  return { source: file.name, notes: splitCheckpoints(await readFileText(file)).notes }
}

async function verifyFiles (context: VerifyContext, files: readonly EvidenceFile[], givenKeys: readonly string[] | undefined): Promise<VerdictMessage[]> {
  const signed = files.find(file => detectEvidenceKind(file) === 'checkpoints')
  const keys = resolveTrustedKeys(context, givenKeys, signed === undefined ? undefined : splitCheckpoints(await readFileText(signed)).notes[0])
  if ('tone' in keys) return [keys]
  return await verifyEvidence({ ...nodeCrypto, hasher: () => createHash('sha256'), progress: createLeafProgress(context) }, files, keys)
}

/** The keys that were given, or those of LOG_KEY under the name that the checkpoint bears. */
function resolveTrustedKeys ({ log }: VerifyContext, given: readonly string[] | undefined, checkpoint: string | undefined): readonly VerifierKey[] | VerdictMessage {
  if (given !== undefined || log.keys === undefined) return parseVerifierKeys(sha256, (given ?? []).join('\n'))
  const origin = parseCheckpoint(parseNote(checkpoint ?? '')?.text ?? '')?.origin
  return origin === undefined ? [] : toVerifierKeys(log.keys, origin)
}

function createLeafProgress ({ printLine }: VerifyContext): (leaves: number) => void {
  return leaves => { if (leaves % PROGRESS_INTERVAL === 0) printLine(translator('en')('verifier.checking', { leaves })) }
}

function createSlipProgress ({ printLine }: VerifyContext): (slips: number) => void {
  return slips => { if (slips % PROGRESS_INTERVAL === 0) printLine(translator('en')('verifier.checkingSlips', { slips })) }
}
