import fc from 'fast-check'
import t from 'tap'
import { endOfInstitutionDay, institutionDay } from '../../src/service-points/institution-day.js'

const zone = 'Europe/Helsinki'

t.test('counts a slip issued at 23:50 by the institution’s day, not UTC’s', async t => {
  const issuedAt = new Date('2026-11-20T21:50:00Z')
  t.equal(institutionDay(issuedAt, zone), '2026-11-20')
  t.strictSame(endOfInstitutionDay(issuedAt, 7, zone), new Date('2026-11-27T21:59:59Z'))
})

t.test('counts a slip issued at 00:10 to the new day, though UTC has the old', async t => {
  const issuedAt = new Date('2026-11-20T22:10:00Z')
  t.equal(institutionDay(issuedAt, zone), '2026-11-21')
  t.strictSame(endOfInstitutionDay(issuedAt, 7, zone), new Date('2026-11-28T21:59:59Z'))
})

t.test('ends at 23:59:59 local time after the clocks go forward', async t => {
  t.strictSame(endOfInstitutionDay(new Date('2026-03-27T10:00:00Z'), 7, zone), new Date('2026-04-03T20:59:59Z'))
  t.strictSame(endOfInstitutionDay(new Date('2026-03-28T10:00:00Z'), 1, zone), new Date('2026-03-29T20:59:59Z'))
})

t.test('ends at 23:59:59 local time after the clocks go back', async t => {
  t.strictSame(endOfInstitutionDay(new Date('2026-10-20T10:00:00Z'), 7, zone), new Date('2026-10-27T21:59:59Z'))
  t.strictSame(endOfInstitutionDay(new Date('2026-10-24T21:30:00Z'), 0, zone), new Date('2026-10-25T21:59:59Z'))
})

t.test('ends in the last second of the right day, from any moment', async t => {
  const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2036-01-01'), noInvalidDate: true })
  t.doesNotThrow(() => fc.assert(fc.property(moments, fc.integer({ min: 0, max: 45 }), (moment, days) => {
    const end = endOfInstitutionDay(moment, days, zone)
    const nextSecond = new Date(end.getTime() + 1000)
    const later = (Date.parse(institutionDay(end, zone)) - Date.parse(institutionDay(moment, zone))) / 86_400_000
    return later === days && institutionDay(nextSecond, zone) > institutionDay(end, zone) && end.getTime() >= moment.getTime() - 999
  })))
})
