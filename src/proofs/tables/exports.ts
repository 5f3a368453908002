/** Compares exports of delivery records, and their manifests, with their events. */
import { sql, type Kysely } from 'kysely'
import { createNodeCryptoTreeHasher, sha256 } from '../../audit/sealing/log-crypto.js'
import { parseCheckpoint } from '../../audit/transparency-log/checkpoint.js'
import { digestExport, parseManifest } from '../../audit/transparency-log/export-manifest.js'
import { fromBase64 } from '../../audit/transparency-log/hashes.js'
import { parseNote } from '../../audit/transparency-log/signed-note.js'
import { verifyInclusion } from '../../audit/transparency-log/verify-proof.js'
import type { Database } from '../../database/schema.js'
import { findRowDifference } from '../compare-rows.js'
import type { TableDifference } from '../table-difference.js'

/** An earlier program read the clock twice: once for the row, then for the event. */
const CLOCK_TOLERANCE = sql`interval '10 seconds'`

export async function verifyRecordExports (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findRowDifference(db, {
    table: 'record_exports',
    stored: sql`select id::text as key, * from record_exports`,
    logged: sql`
      select facts ->> 'exportId' as key, max(actor) as actor, max(facts ->> 'format') as format, min(at) as at, max(at) filter (where kind = 'delivery-records-exported') as ended_at,
        (array_agg(facts -> 'filter') filter (where kind = 'delivery-records-read'))[1] as filter, max(account::text) as account
      from audit_events where kind in ('delivery-records-read', 'delivery-records-exported') and facts ? 'exportId' group by 1`,
    checks: {
      staff_id: sql`'staff:' || stored.staff_id is distinct from logged.actor`,
      format: sql`stored.format is distinct from logged.format`,
      begun_at: sql`stored.begun_at is distinct from logged.at`,
      ended_at: sql`(stored.ended_at is null) <> (logged.ended_at is null) or stored.ended_at not between logged.ended_at - ${CLOCK_TOLERANCE} and logged.ended_at`,
      // The log has an agent by id; the manifest has the login that the page shows.
      filter: sql`stored.filter - '{agent,accountId}'::text[] is distinct from logged.filter - 'agent' or stored.filter ->> 'accountId' is distinct from logged.account
        or (stored.manifest is not null and stored.filter is distinct from stored.manifest -> 'export' -> 'filter')`,
    },
  }) ?? await findManifestDifference(db)
}

interface ExportedManifest { readonly id: string, readonly manifest: unknown, readonly digest: string | null }

/** Finds a manifest whose statement, checkpoint or proof does not match the log. One that is missing looks like an export that was cut off. */
async function findManifestDifference (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows } = await sql<ExportedManifest>`
    select record_exports.id, manifest, facts ->> 'export' as digest
    from record_exports left join audit_events on kind = 'delivery-records-exported' and facts ->> 'exportId' = record_exports.id::text and facts ? 'export'
    where manifest is not null order by record_exports.id`.execute(db)
  for (const row of rows) {
    if (!await isManifestOfEvent(db, row)) return { table: 'record_exports', row: row.id, column: 'manifest', kind: 'altered' }
  }
  return undefined
}

/** Returns whether the event has the digest of the statement, and the log has the checkpoint that covers the event. */
async function isManifestOfEvent (db: Kysely<Database>, { manifest: stored, digest }: ExportedManifest): Promise<boolean> {
  const manifest = parseManifest(JSON.stringify(stored))
  if (manifest === undefined || digestExport(sha256, manifest.export) !== digest || !manifest.proof.leaf.includes(`"export":"${digest}"`)) return false
  const { format: _format, export: _export, checkpoint: note, proof: { leaf, index, hashes }, ...unbound } = manifest
  if (Object.keys(unbound).length > 0) return false
  const checkpoint = parseCheckpoint(parseNote(note)?.text ?? '')
  if (checkpoint === undefined || await db.selectFrom('log_checkpoints').select('number').where('size', '=', checkpoint.size).where('note', '=', note).executeTakeFirst() === undefined) return false
  const proof = hashes.map(fromBase64)
  const hash = createNodeCryptoTreeHasher()
  return proof.every(one => one !== undefined) && verifyInclusion(hash, { leafHash: hash.leaf(Buffer.from(leaf)), leaf: index, proof, ...checkpoint })
}
