/** Compares the postcode register with the event that loaded it. */
import { type Kysely, sql } from 'kysely'
import { boundPostcodeColumns, readBundledRegister, readRegisterDigest, toPostcodeRow } from '../addresses/postcode-register.js'
import type { Database } from '../database/schema.js'
import type { TableDifference } from './table-difference.js'

/** Names the postcode if the register is the bundled one; of another register the log has only a digest. */
export async function verifyPostcodes (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findAlteredRegister(db) ?? await findAlteredPostcode(db)
}

/** Joins the register's row to the latest event that loaded one. */
const registerWithEvent = sql`postcode_register full join (
  select facts, at from audit_events where kind in ('postcodes-loaded', 'postcodes-imported') and facts ? 'digest' order by sequence desc limit 1) as event on true`

async function findAlteredRegister (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows: [found] } = await sql<{ place: 'added' | 'removed' | 'data_date' | 'source' | 'loaded_at' | null }>`
    select case when facts is null then 'added' when source is null then 'removed' when to_char(data_date, 'YYYY-MM-DD') is distinct from facts ->> 'dataDate' then 'data_date'
      when source is distinct from facts ->> 'source' then 'source'
      when extract(epoch from loaded_at) is distinct from coalesce((facts ->> 'loadedAt')::numeric, extract(epoch from at)) then 'loaded_at' end as place
    from ${registerWithEvent}`.execute(db)
  const place = found?.place ?? null
  if (place === null) return undefined
  const row = { table: 'postcode_register', row: '1' }
  return place === 'added' || place === 'removed' ? { ...row, kind: place } : { ...row, column: place, kind: 'altered' }
}

async function findAlteredPostcode (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows: [bound] } = await sql<{ digest: string, count: number, source: string, dataDate: string }>`
    select facts ->> 'digest' as digest, (facts ->> 'count')::int as count, source, data_date as "dataDate" from ${registerWithEvent}`.execute(db)
  if (bound === undefined) return undefined
  const current = await readRegisterDigest(db)
  if (current.digest === bound.digest && current.count === bound.count) return undefined
  return await findDifferenceFromBundled(db, bound) ?? { table: 'postcodes', row: `${bound.source} ${bound.dataDate}`, kind: 'altered' }
}

async function findDifferenceFromBundled (db: Kysely<Database>, register: { readonly source: string, readonly dataDate: string }): Promise<TableDifference | undefined> {
  const bundled = await readBundledRegister()
  if (bundled.source !== register.source || bundled.dataDate !== register.dataDate) return undefined
  const expected = new Map(bundled.entries.map(entry => [entry.postcode, toPostcodeRow(entry)]))
  const stored = new Map((await db.selectFrom('postcodes').selectAll().execute()).map(row => [row.postcode, row]))
  for (const postcode of [...new Set([...expected.keys(), ...stored.keys()])].sort()) {
    const [now, then] = [stored.get(postcode), expected.get(postcode)]
    if (now === undefined || then === undefined) return { table: 'postcodes', row: postcode, kind: now === undefined ? 'removed' : 'added' }
    const column = boundPostcodeColumns.find(name => now[name] !== then[name])
    if (column !== undefined) return { table: 'postcodes', row: postcode, column, kind: 'altered' }
  }
  return undefined
}
