/** What travels with an export: what it is of, whose, when, how much, what its file must hash to, and the proof that the log says so. */
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import { MANIFEST_FORMAT } from '../../audit/log/manifest.js'
import type { Database } from '../../database/schema.js'
import { exportFormats } from './export-formats.js'

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
