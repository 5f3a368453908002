/** Records exports in the audit log and builds their manifests: filter, user, time, file hash, and the proof from the log. */
import { type Kysely, sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { appendEvent } from '../../audit/events.js'
import { sha256 } from '../../audit/sealing/log-crypto.js'
import { digestExport, MANIFEST_FORMAT } from '../../audit/transparency-log/export-manifest.js'
import type { Database } from '../../database/schema.js'
import { requireEventProof, type SealingDeps } from '../../proofs/event-proof.js'
import type { FilterDescription } from '../../slips/access-events.js'
import type { Session } from '../../staff/session.js'
import { type ExportFormat, exportFormats } from './formats.js'

const exportStatementSchema = z.object({
  id: z.uuid().describe('The id of this export, also in the audit log'),
  institution: z.string(),
  exportedBy: z.string().describe('The login'),
  exportedAt: z.iso.datetime({ offset: true }),
  timeZone: z.string(),
  format: z.enum(exportFormats),
  filter: z.record(z.string(), z.string()).describe('The filter as the page shows it; empty for all records'),
  columns: z.array(z.string()),
  rows: z.int().describe('Delivery records in the file'),
  firstSequence: z.int().nullable(),
  lastSequence: z.int().nullable().describe('The last audit event that the records take into account'),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string().describe('In hexadecimal') })),
})

/** The manifest. Its proof shows that the log has the event of the export, with the digest of `export`. */
export const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  export: exportStatementSchema,
  checkpoint: z.string().describe('Signed after the event of the export was sealed'),
  proof: z.object({
    leaf: z.string().describe('The leaf of that event'),
    index: z.int(),
    hashes: z.array(z.string()).describe('The inclusion proof of the leaf, in base64 and RFC 6962 order'),
  }),
}).meta({ id: 'ExportManifest' })

export type ExportStatement = z.infer<typeof exportStatementSchema>
export type Manifest = z.infer<typeof manifestSchema>

/** Reads the first and the last audit event that is visible to the transaction. */
export async function readSequenceRange (trx: Kysely<Database>): Promise<{ firstSequence: number | null, lastSequence: number | null }> {
  const { rows } = await sql<{ first: number | null, last: number | null }>`select (select min(sequence) from audit_events) as first, (select max(sequence) from audit_events) as last`.execute(trx)
  return { firstSequence: rows[0]!.first, lastSequence: rows[0]!.last }
}

/** Formats the manifest as indented JSON, so that people can read it. */
export function formatManifest (manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

// Recording the start and the end of an export.

interface ExportStart {
  readonly id: string
  readonly format: ExportFormat
  readonly filter: FilterDescription
  readonly at: Date
}

/** Records the start of an export, before its first byte. */
export async function recordExportStart (trx: Transaction<Database>, by: Session, { id, format, filter, at }: ExportStart): Promise<void> {
  await trx.insertInto('record_exports').values({ id, staff_id: by.staff.id, format, filter: JSON.stringify(filter.shown), begun_at: at, ended_at: null, manifest: null }).execute()
  const { accountId, ...impersonal } = filter.logged
  await appendEvent(trx, { kind: 'delivery-records-read', ...auditActor(by), account: accountId, at, facts: { format, filter: impersonal, exportId: id } })
}

/**
 * Records the end of a complete export as an event with the digest of the statement, then seals the log and stores the
 * manifest with its proof.
 * @throws {Unavailable} when the log may not be signed; there is then no manifest
 */
export async function recordExportEnd (deps: SealingDeps, by: Session, whole: ExportStatement): Promise<Manifest> {
  const { db } = deps
  const at = deps.now()
  const [{ bytes, sha256: fileHash }] = whole.files as [ExportStatement['files'][number]]
  const event = await db.transaction().execute(async trx => {
    await trx.updateTable('record_exports').set({ ended_at: at }).where('id', '=', whole.id).execute()
    const facts = { exportId: whole.id, whole: true, rows: whole.rows, bytes, sha256: fileHash, export: digestExport(sha256, whole) }
    return await appendEvent(trx, { kind: 'delivery-records-exported', ...auditActor(by), at, facts })
  })
  const { checkpoint, proof } = await requireEventProof(deps, event)
  const manifest: Manifest = { format: MANIFEST_FORMAT, export: whole, checkpoint, proof: { ...proof, hashes: [...proof.hashes] } }
  await db.updateTable('record_exports').set({ manifest: JSON.stringify(manifest) }).where('id', '=', whole.id).execute()
  return manifest
}

/** Records that an export was aborted. It gets no manifest. */
export async function recordExportAbort (trx: Transaction<Database>, by: Session, { id, rows, at }: { readonly id: string, readonly rows: number, readonly at: Date }): Promise<void> {
  await trx.updateTable('record_exports').set({ ended_at: at }).where('id', '=', id).execute()
  await appendEvent(trx, { kind: 'delivery-records-exported', ...auditActor(by), at, facts: { exportId: id, whole: false, rows } })
}

function auditActor (by: Session) {
  return { actor: `staff:${by.staff.id}`, servicePoint: by.servicePoint?.id } as const
}

/** Finds the manifest of an export. Returns undefined for an unknown id, and null until the export is complete. */
export async function findManifest (db: Kysely<Database>, id: string): Promise<Manifest | null | undefined> {
  const found = await db.selectFrom('record_exports').select('manifest').where('id', '=', id).executeTakeFirst()
  return found && found.manifest as Manifest | null
}
