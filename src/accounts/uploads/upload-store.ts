/**
 * Stores the account files that administrators upload: at most one for each of them, until it is imported or an hour old.
 * The process that works on a file holds a lease, so that another one sees when it has stopped.
 */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { BULK_ACCOUNT_LOCK_KEY } from '../../audit/batch-counter.js'
import type { AccountImportsTable } from '../../database/account-row-types.js'
import type { Database } from '../../database/schema.js'
import { Conflict } from '../../institution/errors.js'
import type { TextValues } from '../../i18n/translate.js'
import type { AccountFile } from '../import/account-file.js'
import type { ImportCounts } from '../import/import-accounts.js'
import type { NoteGroup } from '../import/remarks.js'

/** What is known of a file after its check. */
export interface UploadFacts {
  /** Why the file cannot be imported; formatted with `formatFileError`. */
  readonly refusal?: { readonly code: string, readonly values: TextValues }
  /** Names with special letters, read as Windows-1252. */
  readonly sample?: readonly string[]
  readonly file?: Pick<AccountFile, 'encoding' | 'header' | 'ownColumns'> & { readonly delimiter: string, readonly ignored: readonly string[] }
  readonly notes?: readonly NoteGroup[]
  /** How many student numbers the check leaves as they are, because the file only lacks their leading zeros. */
  readonly keptZeros?: number
}

/** An uploaded file without its content. */
export interface Upload extends Omit<Selectable<AccountImportsTable>, 'content' | 'facts' | 'counts'> {
  readonly facts: UploadFacts | null
  readonly counts: ImportCounts | null
}

export type FindingKind = 'change' | 'warning' | 'rejected'

/** How long an upload and its result stay (milliseconds). */
export const UPLOAD_LIFETIME_MS = 60 * 60_000
/** A process that has not renewed its lease for this long is considered dead (milliseconds). */
const LEASE_MS = 60_000

/** True while a process works on the file. */
export function isRunning ({ lease_until: leaseUntil }: Pick<Upload, 'lease_until'>, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now
}

/** Finds the upload of an administrator. */
export async function findUpload (db: Kysely<Database>, staffId: string, now: Date): Promise<Upload | undefined> {
  const found = await db.selectFrom('account_imports')
    .select(['id', 'staff_id', 'file_name', 'uploaded_at', 'state', 'encoding_confirmed', 'shortens_numbers', 'facts', 'row_count', 'rows_read', 'counts', 'run_id', 'lease_until', 'ended_at'])
    .where('staff_id', '=', staffId).executeTakeFirst() as Upload | undefined
  return found === undefined || isExpired(found, now) ? undefined : found
}

/** Stores a file in the place of the administrator's earlier one. @throws {Conflict} `import-running` while that one is imported */
export async function storeUpload (db: Kysely<Database>, staffId: string, { name, bytes }: { readonly name: string, readonly bytes: Buffer }, now: Date): Promise<string> {
  return await db.transaction().execute(async trx => {
    await deleteUploadWithin(trx, staffId, now)
    const { id } = await trx.insertInto('account_imports')
      .values({ staff_id: staffId, file_name: name, content: bytes, uploaded_at: now, state: 'checking' }).returning('id').executeTakeFirstOrThrow()
    return id
  })
}

/** Deletes the administrator's upload. @throws {Conflict} `import-running` while it is imported */
export async function deleteUpload (db: Kysely<Database>, staffId: string, now: Date): Promise<void> {
  await db.transaction().execute(async trx => await deleteUploadWithin(trx, staffId, now))
}

async function deleteUploadWithin (trx: Transaction<Database>, staffId: string, now: Date): Promise<void> {
  const stored = await trx.selectFrom('account_imports').select(['id', 'state', 'lease_until']).where('staff_id', '=', staffId).forUpdate().executeTakeFirst()
  if (stored === undefined) return
  if (stored.state === 'importing' && isRunning(stored, now)) throw new Conflict('import-running')
  await trx.deleteFrom('account_imports').where('id', '=', stored.id).execute()
}

/** Deletes the uploads and results that are older than their lifetime. */
export async function deleteExpiredUploads (db: Kysely<Database>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - UPLOAD_LIFETIME_MS)
  await db.deleteFrom('account_imports').where(sql<boolean>`coalesce(ended_at, uploaded_at) <= ${before}`)
    .where(eb => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)])).execute()
}

function isExpired (upload: Upload, now: Date): boolean {
  return !isRunning(upload, now) && now.getTime() - (upload.ended_at ?? upload.uploaded_at).getTime() >= UPLOAD_LIFETIME_MS
}

// Runs: the check of a file, and its import.

/** A run that has taken the lease of an upload. */
export interface Run { readonly uploadId: string, readonly runId: string }

/** What the administrator has decided about the file. */
export interface UploadChoices { readonly encoding_confirmed?: boolean, readonly shortens_numbers?: boolean }

interface RunStart extends Run {
  readonly state: 'checking' | 'importing'
  /** The check that the administrator has seen; another one has not happened since then. */
  readonly seenRunId: string | null
  readonly choices?: UploadChoices
}

/**
 * Takes the lease of the upload and forgets what an earlier run has found.
 * @throws {Conflict} `import-changed` when the file is not as it was seen, or a process works on it;
 *   `import-running` while another administrator's file is imported
 */
export async function startRun (db: Kysely<Database>, { uploadId, runId, state, seenRunId, choices = {} }: RunStart, now: Date): Promise<void> {
  await db.transaction().execute(async trx => {
    // Two imports that start together see each other.
    if (state === 'importing') await sql`select pg_advisory_xact_lock(${BULK_ACCOUNT_LOCK_KEY})`.execute(trx)
    const upload = await trx.selectFrom('account_imports').select(['run_id', 'content', 'lease_until']).where('id', '=', uploadId).forUpdate().executeTakeFirst()
    if (upload === undefined || upload.content === null || upload.run_id !== seenRunId || isRunning(upload, now)) throw new Conflict('import-changed')
    if (state === 'importing' && await isAnotherImportRunning(trx, uploadId, now)) throw new Conflict('import-running')
    await trx.deleteFrom('account_import_findings').where('import_id', '=', uploadId).execute()
    await trx.updateTable('account_imports').set({ ...choices, state, run_id: runId, rows_read: 0, counts: null, lease_until: leaseEnd(now) }).where('id', '=', uploadId).execute()
  })
}

async function isAnotherImportRunning (trx: Transaction<Database>, uploadId: string, now: Date): Promise<boolean> {
  const other = await trx.selectFrom('account_imports').select('id').where('state', '=', 'importing').where('lease_until', '>', now).where('id', '<>', uploadId).executeTakeFirst()
  return other !== undefined
}

/** Reads the content of the file. */
export async function readUploadContent (db: Kysely<Database>, uploadId: string): Promise<Buffer> {
  const { content } = await db.selectFrom('account_imports').select('content').where('id', '=', uploadId).executeTakeFirstOrThrow()
  return content!
}

/** Saves how far a run is and renews its lease. @throws {Conflict} `import-changed` when the run no longer has the lease */
export async function saveProgress (
  db: Kysely<Database>, { uploadId, runId }: Run, progress: { readonly rows?: number, readonly counts?: ImportCounts, readonly rowCount?: number, readonly facts?: UploadFacts }, now: Date
): Promise<void> {
  const { numUpdatedRows } = await db.updateTable('account_imports').set({
    lease_until: leaseEnd(now),
    ...progress.rows === undefined ? {} : { rows_read: progress.rows },
    ...progress.counts === undefined ? {} : { counts: JSON.stringify(progress.counts) },
    ...progress.rowCount === undefined ? {} : { row_count: progress.rowCount },
    ...progress.facts === undefined ? {} : { facts: JSON.stringify(progress.facts) },
  }).where('id', '=', uploadId).where('run_id', '=', runId).executeTakeFirst()
  if (numUpdatedRows === 0n) throw new Conflict('import-changed')
}

/** Ends a run with its result. The content is deleted with the import, and when the file cannot be imported. */
export async function endRun (db: Kysely<Database>, { uploadId, runId }: Run, state: 'encoding-unknown' | 'refused' | 'checked' | 'imported', now: Date): Promise<void> {
  await db.updateTable('account_imports').set({
    state, lease_until: null, ...state === 'imported' ? { ended_at: now } : {}, ...state === 'imported' || state === 'refused' ? { content: null } : {},
  }).where('id', '=', uploadId).where('run_id', '=', runId).execute()
}

/** Releases the lease of a run that was interrupted: the administrator can start it again. */
export async function releaseRun (db: Kysely<Database>, { uploadId, runId }: Run): Promise<void> {
  await db.updateTable('account_imports').set({ lease_until: null }).where('id', '=', uploadId).where('run_id', '=', runId).execute()
}

function leaseEnd (now: Date): Date {
  return new Date(now.getTime() + LEASE_MS)
}

// Findings: changes, warnings and rejected rows, one row of the table for each batch.

/** Saves what a batch has found. */
export async function insertFindings (db: Kysely<Database>, uploadId: string, kind: FindingKind, findings: readonly unknown[]): Promise<void> {
  if (findings.length === 0) return
  await db.insertInto('account_import_findings').values({ import_id: uploadId, kind, findings: JSON.stringify(findings) }).execute()
}

/** Streams the findings of one kind in the order of the file, batch by batch. */
export async function * streamFindings<Finding> (db: Kysely<Database>, uploadId: string, kind: FindingKind): AsyncGenerator<Finding[]> {
  for (let after = 0; ;) {
    const batch = await db.selectFrom('account_import_findings').select(['position', 'findings'])
      .where('import_id', '=', uploadId).where('kind', '=', kind).where('position', '>', after).orderBy('position').limit(1).executeTakeFirst()
    if (batch === undefined) return
    yield batch.findings as Finding[]
    after = batch.position
  }
}

/** Lists the first findings of one kind. */
export async function listFirstFindings<Finding> (db: Kysely<Database>, uploadId: string, kind: FindingKind, limit: number): Promise<Finding[]> {
  const found: Finding[] = []
  for await (const batch of streamFindings<Finding>(db, uploadId, kind)) {
    found.push(...batch.slice(0, limit - found.length))
    if (found.length >= limit) break
  }
  return found
}
