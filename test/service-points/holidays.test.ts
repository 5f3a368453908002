import t from 'tap'
import { createHolidayCheck, createHolidayNameLookup } from '../../src/service-points/holidays.js'

t.test('closes on Finnish public holidays and on Midsummer and Christmas Eve', async t => {
  const isHoliday = createHolidayCheck('FI')
  for (const day of [
    '2026-01-01', '2026-01-06', '2026-04-03', '2026-04-05', '2026-04-06', '2026-05-01', '2026-05-14', '2026-05-24',
    '2026-06-19', '2026-06-20', '2026-10-31', '2026-12-06', '2026-12-24', '2026-12-25', '2026-12-26', '2027-06-25',
  ]) t.ok(isHoliday(day), day)
})

t.test('opens on Mother’s Day, Father’s Day and New Year’s Eve', async t => {
  const isHoliday = createHolidayCheck('FI')
  for (const day of ['2026-05-10', '2026-11-08', '2026-12-31', '2026-06-18', '2026-11-20']) t.notOk(isHoliday(day), day)
})

t.test('names each closed day in all languages', async t => {
  const nameOf = createHolidayNameLookup('FI')
  t.strictSame(nameOf('2026-12-06'), { fi: 'itsenäisyyspäivä', sv: 'självständighetsdagen', en: 'Independence Day' })
  t.strictSame(nameOf('2026-06-19'), { fi: 'juhannusaatto', sv: 'midsommarafton', en: 'Midsummer Eve' })
  t.strictSame(nameOf('2026-12-24'), { fi: 'jouluaatto', sv: 'julafton', en: 'Christmas Eve' })
  t.equal(nameOf('2026-12-31'), undefined)
})

t.test('puts Midsummer Eve on a Friday and Midsummer Day on a Saturday', async t => {
  const isHoliday = createHolidayCheck('FI')
  for (const eve of ['2024-06-21', '2025-06-20', '2026-06-19', '2027-06-25', '2028-06-23']) {
    const [day, before] = [1, -1].map(ahead => new Date(Date.parse(eve) + ahead * 86_400_000).toISOString().slice(0, 10))
    t.strictSame([before, eve, day].map(one => isHoliday(one!)), [false, true, true], eve)
  }
})
