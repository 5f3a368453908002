/** Compares service points and the postcode register with the events that loaded and changed them. */
import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import t from 'tap'
import { importPostcodes } from '../../src/addresses/postcode-register.js'
import { loadReferenceData } from '../../src/bootstrap.js'
import type { Database } from '../../src/database/schema.js'
import { loadDemoData } from '../../src/demo/demo-data.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { verifyAccounts } from '../../src/proofs/verify-accounts.js'
import { verifyPostcodes } from '../../src/proofs/verify-postcodes.js'
import { verifyServicePoints } from '../../src/proofs/verify-service-points.js'
import { changeHours, hoursVersion } from '../../src/service-points/change-hours.js'
import { loadServicePoints } from '../../src/service-points/load-service-points.js'
import { findServicePoint } from '../../src/service-points/queries.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { findAfterTampering } from '../helpers/full-history.js'
import { buildPcfFile, buildPcfRecord } from '../helpers/postcode-file.js'

const { db } = await openTestDatabase(t)
const id = 'porter-arabia'

type Tampering = (trx: Kysely<Database>) => Promise<unknown>
const afterOnServicePoints = async (tamper: Tampering) => await findAfterTampering(db, tamper, async trx => await verifyServicePoints(trx))
const afterOnPostcodes = async (tamper: Tampering) => await findAfterTampering(db, tamper, async trx => await verifyPostcodes(trx))

async function changeHoursOf (servicePoint: string): Promise<void> {
  const { hours } = (await findServicePoint(db, servicePoint))!
  await changeHours({ db, profile: metropolia, now: () => testStart }, 'system', servicePoint, {
    hours: { ...hours, exceptions: { ...hours.exceptions, '2026-12-04': null } }, version: hoursVersion(hours),
  })
}

t.test('agrees with what the first start of a new database loads', async t => {
  const { db } = await openTestDatabase(t, 'schema')
  await loadReferenceData(db, metropolia, testStart)
  await loadDemoData(db, testStart, createKeyRing([randomBytes(32)]))
  t.strictSame([await verifyServicePoints(db), await verifyPostcodes(db), await verifyAccounts(db)], [undefined, undefined, undefined])
})

for (const [column, value] of [
  ['kind', "'helpdesk'"], ['name', '\'{"fi": "Muu", "sv": "Annan", "en": "Other"}\''], ['campus', "'Muu'"], ['address', "'Muu katu 1'"],
  ['hours', '\'{"week": [null, null, null, null, null, null, null], "seasons": [], "exceptions": {}}\''], ['location', '\'{"latitude": 60.1, "longitude": 24.9}\''],
] as const) {
  t.test(`names the service point after a change of ${column}`, async t => {
    t.strictSame(await afterOnServicePoints(async trx => await sql`update service_points set ${sql.ref(column)} = ${sql.raw(value)} where id = ${id}`.execute(trx)),
      { table: 'service_points', row: id, column, kind: 'altered' })
  })
}

t.test('names a service point that was added or removed', async t => {
  t.strictSame(await afterOnServicePoints(async trx => await sql`delete from service_points where id = ${id}`.execute(trx)), { table: 'service_points', row: id, kind: 'removed' })
  t.strictSame(await afterOnServicePoints(async trx => await sql`insert into service_points select 'ghost-desk', kind, name, campus, address, hours, location from service_points where id = ${id}`.execute(trx)),
    { table: 'service_points', row: 'ghost-desk', kind: 'added' })
})

t.test('agrees with changed hours, and names hours that went back to the old ones', async t => {
  t.equal(await verifyServicePoints(db), undefined)
  const { hours } = (await findServicePoint(db, id))!
  await changeHoursOf(id)
  t.equal(await verifyServicePoints(db), undefined)
  t.strictSame(await afterOnServicePoints(async trx => await trx.updateTable('service_points').set({ hours: JSON.stringify(hours) }).where('id', '=', id).execute()),
    { table: 'service_points', row: id, column: 'hours', kind: 'altered' })
})

t.test('loading a profile binds new service points, and of older ones only the location', async t => {
  const { db } = await openTestDatabase(t)
  const [first, ...others] = metropolia.servicePoints
  await loadServicePoints(db, { servicePoints: [{ ...first!, id: 'new-desk' }, ...others] }, testStart)
  t.equal(await verifyServicePoints(db), undefined, 'a new service point')
  await sql`update service_points set location = null, campus = 'Muu' where id = 'new-desk'`.execute(db)
  await loadServicePoints(db, { servicePoints: [{ ...first!, id: 'new-desk' }] }, testStart)
  t.strictSame(await verifyServicePoints(db), { table: 'service_points', row: 'new-desk', column: 'campus', kind: 'altered' })
})

for (const [column, value] of [
  ['town_fi', "'MUUALLA'"], ['town_sv', "'ANNANSTANS'"], ['municipality_code', "'091'"], ['municipality_fi', "'Muu'"], ['municipality_sv', "'Annan'"], ['type_code', '2'],
] as const) {
  t.test(`names the postcode after a change of ${column}`, async t => {
    t.strictSame(await afterOnPostcodes(async trx => await sql`update postcodes set ${sql.ref(column)} = ${sql.raw(value)} where postcode = '33100'`.execute(trx)),
      { table: 'postcodes', row: '33100', column, kind: 'altered' })
  })
}

t.test('names a postcode that was added or removed', async t => {
  t.strictSame(await afterOnPostcodes(async trx => await sql`delete from postcodes where postcode = '33100'`.execute(trx)), { table: 'postcodes', row: '33100', kind: 'removed' })
  t.strictSame(await afterOnPostcodes(async trx => await sql`insert into postcodes select '99998', town_fi, town_sv, municipality_code, municipality_fi, municipality_sv, type_code from postcodes where postcode = '33100'`.execute(trx)),
    { table: 'postcodes', row: '99998', kind: 'added' })
})

t.test('names what was changed about the register', async t => {
  for (const [column, value] of [['data_date', "'2026-01-01'"], ['source', "'other'"], ['loaded_at', "'2026-01-01Z'"]] as const) {
    t.strictSame(await afterOnPostcodes(async trx => await sql`update postcode_register set ${sql.ref(column)} = ${sql.raw(value)}`.execute(trx)), { table: 'postcode_register', row: '1', column, kind: 'altered' })
  }
  t.strictSame(await afterOnPostcodes(async trx => await sql`delete from postcode_register`.execute(trx)), { table: 'postcode_register', row: '1', kind: 'removed' })
})

t.test('agrees with the bundled register and with an imported one, and names the changed register', async t => {
  t.equal(await verifyPostcodes(db), undefined)
  await importPostcodes(db, buildPcfFile([buildPcfRecord({ postcode: '99998', town: { fi: 'UUSILA', sv: 'NYBY' }, municipality: { code: '999', fi: 'Uusila', sv: 'Nyby' }, typeCode: 1 })]), testStart, 1)
  await loadReferenceData(db, metropolia, testStart)
  t.equal(await verifyPostcodes(db), undefined)
  t.equal(await verifyServicePoints(db), undefined)
  t.strictSame(await afterOnPostcodes(async trx => await sql`update postcodes set type_code = 3`.execute(trx)), { table: 'postcodes', row: 'PCF_20261116.dat 2026-11-16', kind: 'altered' })
})
