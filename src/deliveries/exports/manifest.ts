/** What travels with an export: what it is of, whose, when, how much, what its file must hash to, and the proof that the log says so. */
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
  id: z.uuid().describe('Of this export; the audit log names it'),
  institution: z.string(),
  exportedBy: z.string().describe('The login'),
  exportedAt: z.iso.datetime({ offset: true }),
  timeZone: z.string(),
  format: z.enum(exportFormats),
  filter: z.record(z.string(), z.string()).describe('As on the screen; empty for everything'),
  columns: z.array(z.string()),
  rows: z.int().describe('Delivery records in the file'),
  firstSequence: z.int().nullable(),
  lastSequence: z.int().nullable().describe('The last audit event that the records take into account'),
  files: z.array(z.object({ name: z.string(), bytes: z.int(), sha256: z.string().describe('In hexadecimal') })),
})

/** As the verifier reads it: the export's own event is in the log and holds the digest of `export`. */
export const manifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  export: exportStatementSchema,
  checkpoint: z.string().describe('Signed once the export’s own event was sealed'),
  proof: z.object({
    leaf: z.string().describe('Of that event'),
    index: z.int(),
    hashes: z.array(z.string()).describe('That the leaf is in the log, in base64 and RFC 6962 order'),
  }),
}).meta({ id: 'ExportManifest' })

export type ExportStatement = z.infer<typeof exportStatementSchema>
export type Manifest = z.infer<typeof manifestSchema>

/** The first and the last audit event that a transaction sees. */
export async function readSequenceRange (trx: Kysely<Database>): Promise<{ firstSequence: number | null, lastSequence: number | null }> {
  const { rows } = await sql<{ first: number | null, last: number | null }>`select (select min(sequence) from audit_events) as first, (select max(sequence) from audit_events) as last`.execute(trx)
  return { firstSequence: rows[0]!.first, lastSequence: rows[0]!.last }
}

/** Indented, to be read by people too. */
export function formatManifest (manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

// What is written down of an export: that it began, that it was whole or broke off, and the manifest that proves it.

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
 * After the last byte: an event of its own, which binds everything that the manifest says; then it is sealed and proved.
 * @throws {Unavailable} when the log may not be signed: then there is no manifest
 */
export async function recordExportEnd (deps: SealingDeps, by: Session, whole: ExportStatement): Promise<Manifest> {
  const { db, now } = deps
  const [{ bytes, sha256: fileHash }] = whole.files as [ExportStatement['files'][number]]
  const event = await db.transaction().execute(async trx => {
    await trx.updateTable('record_exports').set({ ended_at: now() }).where('id', '=', whole.id).execute()
    const facts = { exportId: whole.id, whole: true, rows: whole.rows, bytes, sha256: fileHash, export: digestExport(sha256, whole) }
    return await appendEvent(trx, { kind: 'delivery-records-exported', ...auditActor(by), at: now(), facts })
  })
  const { checkpoint, proof } = await requireEventProof(deps, event)
  const manifest: Manifest = { format: MANIFEST_FORMAT, export: whole, checkpoint, proof: { ...proof, hashes: [...proof.hashes] } }
  await db.updateTable('record_exports').set({ manifest: JSON.stringify(manifest) }).where('id', '=', whole.id).execute()
  return manifest
}

/** Records that an export was aborted: it gets no manifest. */
export async function recordExportAbort (trx: Transaction<Database>, by: Session, { id, rows, at }: { readonly id: string, readonly rows: number, readonly at: Date }): Promise<void> {
  await trx.updateTable('record_exports').set({ ended_at: at }).where('id', '=', id).execute()
  await appendEvent(trx, { kind: 'delivery-records-exported', ...auditActor(by), at, facts: { exportId: id, whole: false, rows } })
}

function auditActor (by: Session) {
  return { actor: `staff:${by.staff.id}`, servicePoint: by.servicePoint?.id } as const
}

/** The manifest of an export, undefined where there is none of this id; null until it is whole. */
export async function findManifest (db: Kysely<Database>, id: string): Promise<Manifest | null | undefined> {
  const found = await db.selectFrom('record_exports').select('manifest').where('id', '=', id).executeTakeFirst()
  return found && found.manifest as Manifest | null
}
