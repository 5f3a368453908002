/**
 * Checks and imports an uploaded account file, in the background of the process that was asked to. Each batch saves its
 * progress in the transaction of its accounts, so every process shows the same, and an interrupted import can be continued.
 */
import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Actor } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import { type AccountFile, openAccountFile, streamAccountRows } from '../import/account-file.js'
import type { ByteSource } from '../import/encoding.js'
import { AccountFileError } from '../import/file-errors.js'
import { type BatchReport, importAccounts } from '../import/import-accounts.js'
import { NoteGroups } from '../import/remarks.js'
import { endRun, insertFindings, readUploadContent, releaseRun, type Run, saveProgress, startRun, type Upload, type UploadChoices, type UploadFacts } from './upload-store.js'

export interface UploadRunDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/** A page shows so many changes; the others are counted. */
export const MAX_SHOWN_CHANGES = 100
const MAX_SAMPLE_NAMES = 12
const CHUNK_BYTES = 64 * 1024

type UploadRef = Pick<Upload, 'id' | 'file_name' | 'run_id' | 'encoding_confirmed' | 'shortens_numbers'>

interface StartedRun {
  /** Ends when the run has ended, well or not. */
  readonly ended: Promise<void>
}

/** The runs of this process. */
export class UploadRuns {
  readonly #deps: UploadRunDeps
  readonly #onError: (error: unknown) => void
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<void>>()

  /** @param onError logs why a run has stopped */
  constructor (deps: UploadRunDeps, onError: (error: unknown) => void) {
    this.#deps = deps
    this.#onError = onError
  }

  /** Checks the file: a dry run. @throws {Conflict} see `startRun` */
  async check (upload: UploadRef, choices: UploadChoices = {}): Promise<StartedRun> {
    const run = { uploadId: upload.id, runId: randomUUID() }
    await startRun(this.#deps.db, { ...run, state: 'checking', seenRunId: upload.run_id, choices }, this.#deps.now())
    return this.#start(run, async stop => await checkUpload(this.#deps, run, { ...upload, ...choices }, stop))
  }

  /** Imports the file. @throws {Conflict} see `startRun` */
  async import (upload: UploadRef, actor: Actor): Promise<StartedRun> {
    const run = { uploadId: upload.id, runId: randomUUID() }
    await startRun(this.#deps.db, { ...run, state: 'importing', seenRunId: upload.run_id }, this.#deps.now())
    return this.#start(run, async stop => await importUpload(this.#deps, run, upload, { actor, stop }))
  }

  /** Stops the runs after their current batch, and waits for them. */
  async close (): Promise<void> {
    this.#closing.abort(new Error('the server is closing'))
    await Promise.all(this.#running)
  }

  #start (run: Run, work: (stop: AbortSignal) => Promise<void>): StartedRun {
    const ended = work(this.#closing.signal).catch(async (error: unknown) => {
      if (!this.#closing.signal.aborted) this.#onError(error)
      await releaseRun(this.#deps.db, run)
    }).catch(this.#onError).finally(() => { this.#running.delete(ended) })
    this.#running.add(ended)
    return { ended }
  }
}

async function checkUpload ({ db, now }: UploadRunDeps, run: Run, upload: UploadRef, stop: AbortSignal): Promise<void> {
  const source = toSource(upload.file_name, await readUploadContent(db, run.uploadId))
  const opened = await openOrExplain(source, upload.encoding_confirmed)
  if (!('file' in opened)) {
    await saveProgress(db, run, { facts: opened.facts }, now())
    return await endRun(db, run, opened.state, now())
  }
  const { file } = opened
  const notes = new NoteGroups()
  let shown = 0
  let keptZeros = 0
  await saveProgress(db, run, { rowCount: file.rowCount, facts: { file: describeFile(file) } }, now())
  await importAccounts({
    db,
    now,
    file,
    stop,
    actor: 'system',
    isDryRun: true,
    shortensNumbers: upload.shortens_numbers,
    report: async (_db, batch) => await db.transaction().execute(async trx => {
      await insertFindings(trx, run.uploadId, 'change', batch.changes.slice(0, MAX_SHOWN_CHANGES - shown))
      shown = Math.min(MAX_SHOWN_CHANGES, shown + batch.changes.length)
      keptZeros += batch.warnings.filter(({ code }) => code === 'zeros-kept').length
      notes.add(batch.notes)
      await saveBatch(trx, run, batch, now())
    }),
  })
  await saveProgress(db, run, { facts: { file: describeFile(file), notes: notes.list(), keptZeros } }, now())
  await endRun(db, run, 'checked', now())
}

async function importUpload ({ db, now }: UploadRunDeps, run: Run, upload: UploadRef, { actor, stop }: { readonly actor: Actor, readonly stop: AbortSignal }): Promise<void> {
  const source = toSource(upload.file_name, await readUploadContent(db, run.uploadId))
  const file = await openAccountFile(source, upload.encoding_confirmed ? 'windows-1252' : undefined)
  await importAccounts({
    db,
    now,
    file,
    stop,
    actor,
    isDryRun: false,
    shortensNumbers: upload.shortens_numbers,
    report: async (trx, batch) => {
      await saveBatch(trx, run, batch, now())
      if (batch.isLast) await endRun(trx, run, 'imported', now())
    },
  })
}

async function saveBatch (db: Kysely<Database>, run: Run, { warnings, rejected, rows, counts }: BatchReport, now: Date): Promise<void> {
  await insertFindings(db, run.uploadId, 'warning', warnings)
  await insertFindings(db, run.uploadId, 'rejected', rejected)
  await saveProgress(db, run, { rows, counts }, now)
}

/** The file in memory, as a source that can be read more than once. Between two chunks, requests are served. */
function toSource (name: string, content: Buffer): ByteSource {
  return {
    name,
    read: async function * () {
      for (let start = 0; start < content.length; start += CHUNK_BYTES) {
        await setImmediate()
        yield content.subarray(start, start + CHUNK_BYTES)
      }
    },
  }
}

type OpenedUpload = { readonly file: AccountFile } | { readonly state: 'encoding-unknown' | 'refused', readonly facts: UploadFacts }

/** Opens the file; for one that is not in Unicode, and not confirmed, it reads a few names as Windows-1252. */
async function openOrExplain (source: ByteSource, isConfirmed: boolean): Promise<OpenedUpload> {
  try {
    const file = await openAccountFile(source, 'windows-1252')
    if (file.encoding !== 'windows-1252' || isConfirmed) return { file }
    return { state: 'encoding-unknown', facts: { sample: await readSampleNames(file) } }
  } catch (error) {
    if (!(error instanceof AccountFileError)) throw error
    return { state: 'refused', facts: { refusal: { code: error.code, values: error.values } } }
  }
}

/** Reads the first names with letters that differ between encodings. */
async function readSampleNames (file: AccountFile): Promise<string[]> {
  const nameColumns = ['display_name', 'first_names', 'last_name']
  const names = new Set<string>()
  for await (const { cells } of streamAccountRows(file)) {
    const name = cells.filter((_cell, index) => nameColumns.includes(file.columns[index] ?? '')).join(' ').trim()
    if (/[^\x20-\x7e]/.test(name)) names.add(name.slice(0, 100))
    if (names.size >= MAX_SAMPLE_NAMES) break
  }
  return [...names]
}

function describeFile ({ encoding, dialect, header, columns, ownColumns }: AccountFile): UploadFacts['file'] {
  const ignored = header.filter((name, index) => columns[index] === undefined && index >= ownColumns && name.trim() !== '')
  return { encoding, header, ownColumns, delimiter: dialect.delimiter, ignored }
}
