/** The `audit verify` command, for operators and for anyone who has an export or a copy of the log. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { nodeCrypto, sha256, toVerifierKeys } from '../audit/sealing/log-crypto.js'
import { findNewestCheckpointNote } from '../audit/sealing/seal-preconditions.js'
import { parseCheckpoint, splitCheckpoints } from '../audit/transparency-log/checkpoint.js'
import { parseNote, type VerifierKey } from '../audit/transparency-log/signed-note.js'
import type { CheckpointSource } from '../audit/transparency-log/verify-tree.js'
import type { TextRetentionCutoffs } from '../audit/verification/missing-texts.js'
import { verifyLog } from '../audit/verification/verify-log.js'
import { readInSnapshot } from '../database/connection.js'
import { translator } from '../i18n/translate.js'
import { formatLogVerdict, formatRecordsVerdict, formatSourceFault, formatTablesVerdict, formatTextsVerdict, infoMessage, UNKNOWN_EVENT, type VerdictMessage } from '../proofs/format-verdict.js'
import { detectEvidenceKind, type EvidenceFile, parseVerifierKeys, verifyEvidence } from '../proofs/verify-evidence.js'
import { verifyRecords } from '../proofs/verify-records.js'
import { verifyPublishedCheckpoints } from '../proofs/tables/checkpoints.js'
import { verifyTables } from '../proofs/verify-tables.js'
import type { VerifyContext } from './context.js'

/** Progress is printed once per this many leaves or slips. */
const PROGRESS_INTERVAL = 100_000

/** @param loadCutoffs loads the dates before which typed texts are erased; called only when a database is verified */
export function registerAuditCommands (program: Command, context: VerifyContext, loadCutoffs: () => Promise<TextRetentionCutoffs>): void {
  const audit = program.command('audit').description('the signed audit log')
  audit.command('verify')
    .description('verify the log in the database against its checkpoints, CHECKPOINT_FILE and the given checkpoints, and the delivery records against the log; or, without a database, verify an export (ZIP or folder) or leaves with their checkpoints')
    .argument('[files...]', 'checkpoints stored elsewhere, or an export, or leaves (NDJSON) with checkpoints and leaf hashes')
    .option('--verifier-key <key>', 'a trusted key, as name+id+key; repeat the option for more; without it, the keys of LOG_KEY', (key: string, earlier: string[] = []) => [...earlier, key])
    .action(async (values: string[], { verifierKey }: { verifierKey?: string[] }) => {
      const { paths, keys } = separateKeys(values, verifierKey)
      await runVerify(context, loadCutoffs, paths, keys)
    })
}

/** The form of a verifier key: name, the hexadecimal id and the key in base64. */
const keyPattern = /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}$/

/** Several keys may also follow one option: then values in the form of a key are keys, and all others are files. */
function separateKeys (values: readonly string[], given: readonly string[] | undefined): { paths: string[], keys: string[] | undefined } {
  if (given === undefined) return { paths: [...values], keys: undefined }
  return { paths: values.filter(value => !keyPattern.test(value)), keys: [...given, ...values.filter(value => keyPattern.test(value))] }
}

/** @throws when a fault is found, with all sentences of the verdict */
async function runVerify (context: VerifyContext, loadCutoffs: () => Promise<TextRetentionCutoffs>, paths: readonly string[], givenKeys: readonly string[] | undefined): Promise<void> {
  const files = await openEvidenceFiles(paths)
  const isDatabaseVerified = paths.length === 0 || (files.length > 0 && files.every(file => detectEvidenceKind(file) === 'checkpoints'))
  const sentences = isDatabaseVerified
    ? await verifyDatabase(context, await loadCutoffs(), files, givenKeys)
    : await verifyFiles(context, files, givenKeys)
  const t = translator('en')
  const lines = sentences.map(({ key, values }) => t(key, values['event'] === UNKNOWN_EVENT ? { ...values, event: t('verifier.unnamed') } : values))
  if (sentences.some(({ tone }) => tone === 'bad')) throw new Error(lines.join('\n'))
  for (const line of lines) context.printLine(line)
}

async function verifyDatabase (context: VerifyContext, cutoffs: TextRetentionCutoffs, files: readonly EvidenceFile[], givenKeys: readonly string[] | undefined): Promise<VerdictMessage[]> {
  await context.openDatabase()
  const keys = resolveTrustedKeys(context, givenKeys, await findNewestCheckpointNote(context.db))
  if ('tone' in keys) return [keys]
  const { checkpointFile } = context.log
  const published = checkpointFile === undefined ? undefined : await readCheckpointsAtPath(checkpointFile)
  const externalCheckpoints = [...published === undefined ? [] : [published], ...await Promise.all(files.map(readCheckpoints))]
  return await readInSnapshot(context.db, async db => {
    const verified = await verifyLog(db, { keys, externalCheckpoints, cutoffs, progress: createLeafProgress(context) })
    if ('kind' in verified) return [formatSourceFault(verified)]
    const { verdict, texts, checkpoints, unknownKeyCheckpoints, pendingEvents } = verified
    return [
      ...formatLogVerdict({ ...verdict, leaves: verdict.covered }, checkpoints),
      ...pendingEvents > 0 ? [infoMessage('verifier.results.pending', { count: pendingEvents })] : [],
      ...formatTextsVerdict(texts),
      ...unknownKeyCheckpoints > 0 ? [infoMessage('verifier.results.unknown', { count: unknownKeyCheckpoints })] : [],
      // Events that differ from what was signed prove nothing about a row.
      ...verdict.fault === undefined ? [formatRecordsVerdict(await verifyRecords(db, createSlipProgress(context))), ...formatTablesVerdict([...await verifyTables(db), ...await verifyPublishedCheckpoints(db, externalCheckpoints, published)])] : [],
    ]
  })
}

/** Reads a checkpoint file. A missing file counts as one without checkpoints, which is a fault. */
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

/** Returns the given keys, or those of LOG_KEY with the log name of the checkpoint. */
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

// Files and folders on disk as evidence, read in chunks.

const HEAD_BYTES = 4096

/** @throws an error that names the missing path */
export async function openEvidenceFiles (paths: readonly string[]): Promise<EvidenceFile[]> {
  return (await Promise.all(paths.map(async path => await collectFiles(path, '')))).flat()
}

/** Lists the files below a path. A file in a given folder is named by its path inside that folder. */
async function collectFiles (path: string, name: string): Promise<EvidenceFile[]> {
  const { size, isFolder } = await stat(path).then(found => ({ size: found.size, isFolder: found.isDirectory() }))
  if (!isFolder) return [{ name: name === '' ? basename(path) : name, size, head: await readFileHead(path), chunks: (from = 0, to = size) => readFileRange(path, from, to) }]
  const files: EvidenceFile[] = []
  for (const entry of (await readdir(path)).sort()) files.push(...await collectFiles(join(path, entry), name === '' ? entry : `${name}/${entry}`))
  return files
}

async function * readFileRange (path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to > from) yield * createReadStream(path, { start: from, end: to - 1, highWaterMark: 1024 * 1024 }) as AsyncIterable<Uint8Array>
}

async function readFileText (file: EvidenceFile): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.chunks()) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

async function readFileHead (path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES), position: 0 })
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
