import fc from 'fast-check'
import t from 'tap'
import { readBundledRegister } from '../../src/addresses/postcode-register.js'
import { parsePcf } from '../../src/addresses/pcf-file.js'
import { buildPcfFile, buildPcfRecord } from '../helpers/postcode-file.js'

const { entries } = await readBundledRegister()
const veikkola = entries.find(({ postcode }) => postcode === '02880')!
const jarvenpaa = entries.find(({ postcode }) => postcode === '04400')!
const faults = (records: readonly string[], fewest = 1) => {
  const parsed = parsePcf(buildPcfFile(records), fewest)
  return parsed.ok ? [] : parsed.faults.map(({ line, fault }) => `${line} ${fault}`)
}

t.test('reads the whole postcode file, ä and ö included', async t => {
  const records = entries.map(entry => buildPcfRecord(entry))
  t.equal(records[0]?.length, 220)
  t.strictSame(parsePcf(buildPcfFile(records)), { ok: true, dataDate: '2026-11-16', entries })
  t.equal(jarvenpaa.town.fi, 'JÄRVENPÄÄ')
})

t.test('refuses an image', async t => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  t.strictSame(parsePcf(png), { ok: false, faults: [{ line: 1, fault: 'not-a-postcode-file' }] })
  t.strictSame(parsePcf(Buffer.alloc(0)), { ok: false, faults: [{ line: 1, fault: 'not-a-postcode-file' }] })
})

t.test('refuses a truncated file', async t => {
  const records = entries.slice(0, 2499).map(entry => buildPcfRecord(entry))
  t.strictSame(parsePcf(buildPcfFile(records)), { ok: false, faults: [{ line: 2499, fault: 'too-few-postcodes' }] })
})

t.test('reports each fault with its line', async t => {
  const good = buildPcfRecord(veikkola)
  t.strictSame(faults([good, buildPcfRecord({ ...jarvenpaa, postcode: '0440X' })]), ['2 postcode'])
  t.strictSame(faults([good, 'PONOT20261116']), ['2 record-width'])
  t.strictSame(faults([good, `${buildPcfRecord(jarvenpaa)}X`]), ['2 record-width'])
  t.strictSame(faults([good, buildPcfRecord(jarvenpaa).replace('PONOT', 'PONOX')]), ['2 record-width'])
  t.strictSame(faults([good, buildPcfRecord(jarvenpaa).replace('Ä', '\u0000')]), ['2 record-width'])
  t.strictSame(faults([good, buildPcfRecord(jarvenpaa, '20261117')]), ['2 run-date-differs'])
  t.strictSame(faults([buildPcfRecord(veikkola, '20260230')]), ['1 run-date'])
  t.strictSame(faults([good, buildPcfRecord({ ...jarvenpaa, town: { fi: '', sv: '' } })]), ['2 town'])
  t.strictSame(faults([good, buildPcfRecord({ ...jarvenpaa, municipality: { code: '18 ', fi: 'Järvenpää', sv: 'Träskända' } })]), ['2 municipality'])
  t.strictSame(faults([good, good]), ['2 postcode-twice'])
  t.strictSame(faults([good, '', buildPcfRecord(jarvenpaa), '']), [])
})

t.test('answers entries or faults for any bytes, never an exception', async t => {
  const lines = fc.array(fc.oneof(fc.constant(buildPcfRecord(veikkola)), fc.string({ maxLength: 240 }).map(text => `PONOT${text}`)))
  t.doesNotThrow(() => fc.assert(fc.property(lines, records => { parsePcf(buildPcfFile(records), 0) })))
})
