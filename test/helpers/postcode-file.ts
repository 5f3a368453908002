/** Writes postcode files in the format of the post, for tests of the import. */
import type { PostcodeEntry } from '../../src/addresses/postcode-entry.js'

/** Formats one record of 220 characters. */
export function buildPcfRecord ({ postcode, town, municipality, typeCode }: PostcodeEntry, runDate = '20261116'): string {
  return [
    'PONOT', runDate, postcode, town.fi.padEnd(30), town.sv.padEnd(30), ''.padEnd(24), '19880101', String(typeCode),
    'FI1B1', 'Helsinki-Uusimaa'.padEnd(30), 'Helsingfors-Nyland'.padEnd(30), municipality.code,
    municipality.fi.padEnd(20), municipality.sv.padEnd(20), '1',
  ].join('')
}

/** Encodes a file of records. */
export function buildPcfFile (records: readonly string[]): Buffer {
  return Buffer.from(records.map(record => `${record}\r\n`).join(''), 'latin1')
}
