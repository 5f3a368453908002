/** Takes the post's own file in the place of the register that decides. */
import type { Kysely } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { parsePcf, type PcfFault } from './pcf-file.js'
import { replacePostcodeRegister, type RegisterOrigin } from './postcode-register.js'

export type PostcodesImportResult =
  | { readonly ok: true, readonly count: number, readonly register: RegisterOrigin }
  | { readonly ok: false, readonly faults: readonly PcfFault[] }

/**
 * Replaces the whole register, or nothing of it when the file has a fault.
 * @param file the bytes of `PCF_YYYYMMDD.dat`
 * @param fewest a file with fewer postcodes is refused; without it, as `parsePcf` says
 */
export async function importPostcodes (db: Kysely<Database>, file: Buffer, now: Date, fewest?: number): Promise<PostcodesImportResult> {
  const parsed = parsePcf(file, fewest)
  if (!parsed.ok) return parsed
  const { dataDate, entries } = parsed
  const source = `PCF_${dataDate.replaceAll('-', '')}.dat`
  await db.transaction().execute(async trx => {
    await replacePostcodeRegister(trx, entries, { dataDate, source, now })
    await appendEvent(trx, { kind: 'postcodes-imported', at: now, actor: 'system', facts: { count: entries.length, dataDate, source } })
  })
  return { ok: true, count: entries.length, register: { dataDate, source } }
}
