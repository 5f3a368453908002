/** What is written down of an export: that it began, that it was whole or broke off, and the manifest that proves it. */
import type { Kysely, Transaction } from 'kysely'
import type { Deps } from '../../app.js'
import { appendEvent } from '../../audit/events.js'
import { digestExport, MANIFEST_FORMAT } from '../../audit/log/manifest.js'
import { sha256 } from '../../audit/sealing/node-crypto.js'
import type { Database } from '../../database/schema.js'
import { requireEventProof } from '../../proofs/sealed-now.js'
import type { Session } from '../../staff/session.js'
import type { FilterDescription } from '../../slips/reading-event.js'
import type { ExportFormat } from './export-formats.js'
import type { Manifest, ExportStatement } from './manifest.js'

/** Before the first byte. */
export async function recordExportStart (
  trx: Transaction<Database>, id: string, by: Session, { format, filter }: { format: ExportFormat, filter: FilterDescription }, at: Date
): Promise<void> {
  await trx.insertInto('record_exports').values({ id, staff_id: by.staff.id, format, filter: JSON.stringify(filter.shown), begun_at: at, ended_at: null, manifest: null }).execute()
  const { accountId, ...impersonal } = filter.logged
  await appendEvent(trx, { kind: 'delivery-records-read', ...auditActor(by), account: accountId, at, facts: { format, filter: impersonal, exportId: id } })
}

/**
 * After the last byte: an event of its own, which binds everything that the manifest says; then it is sealed and proved.
 * @throws {Problem} `unavailable` when the log may not be signed: then there is no manifest
 */
export async function recordExportEnd (deps: Deps, by: Session, whole: ExportStatement): Promise<Manifest> {
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

/** Somebody went, or something failed: there will be no manifest. */
export async function recordExportAbort (trx: Transaction<Database>, by: Session, { id }: Pick<ExportStatement, 'id'>, rows: number, at: Date): Promise<void> {
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
