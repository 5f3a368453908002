import fc from 'fast-check'
import t from 'tap'
import { createHolidayCheck } from '../../src/service-points/holidays.js'
import { findNextOpening, findOpenSpan, openingSpansBetween, listOpeningSpans, removePastHours, type OpeningCalendar } from '../../src/service-points/hours.js'
import type { OpeningHours } from '../../src/institution/opening-hours.js'

const long = { opens: '08:00', closes: '20:00' }
const friday = { opens: '08:00', closes: '18:00' }
const lobby: OpeningHours = { week: [long, long, long, long, friday, null, null], seasons: [], exceptions: {} }
const calendar = (hours: Partial<OpeningHours> = {}): OpeningCalendar =>
  ({ hours: { ...lobby, ...hours }, isHoliday: createHolidayCheck('FI'), zone: 'Europe/Helsinki' })
const utc = (text: string) => new Date(`${text}Z`)

t.test('opens porter desks Monday to Thursday 8–20 and Friday 8–18', async t => {
  t.strictSame(listOpeningSpans(calendar(), '2026-11-19'), [{ opens: utc('2026-11-19T06:00'), closes: utc('2026-11-19T18:00') }])
  t.strictSame(listOpeningSpans(calendar(), '2026-11-20'), [{ opens: utc('2026-11-20T06:00'), closes: utc('2026-11-20T16:00') }])
  t.strictSame(listOpeningSpans(calendar(), '2026-11-21'), [])
})

t.test('opens at eight local time before and after a clock change', async t => {
  const everyDay = calendar({ week: Array(7).fill(long) })
  const opens = (day: string) => listOpeningSpans(everyDay, day)[0]?.opens
  t.strictSame(opens('2026-03-28'), utc('2026-03-28T06:00'))
  t.strictSame(opens('2026-03-29'), utc('2026-03-29T05:00'))
  t.strictSame(opens('2026-10-24'), utc('2026-10-24T05:00'))
  t.strictSame(opens('2026-10-25'), utc('2026-10-25T06:00'))
})

t.test('adjusts an all-night opening by an hour on clock change days', async t => {
  const allNight = calendar({ week: Array(7).fill({ opens: '00:00', closes: '23:00' }) })
  const hoursOpen = (day: string) => listOpeningSpans(allNight, day).map(span => (span.closes.getTime() - span.opens.getTime()) / 3_600_000)
  t.strictSame(hoursOpen('2026-03-28'), [23])
  t.strictSame(hoursOpen('2026-03-29'), [22])
  t.strictSame(hoursOpen('2026-10-25'), [24])
})

t.test('has no opening within the hour that the clocks skip', async t => {
  const night = calendar({ week: Array(7).fill({ opens: '03:30', closes: '04:15' }) })
  t.equal(listOpeningSpans(night, '2026-03-28').length, 1)
  t.strictSame(listOpeningSpans(night, '2026-03-29'), [])
})

t.test('opens on the minute and is closed at the closing time', async t => {
  t.notOk(findOpenSpan(calendar(), utc('2026-11-20T05:59:59.999')))
  t.ok(findOpenSpan(calendar(), utc('2026-11-20T06:00')))
  t.ok(findOpenSpan(calendar(), utc('2026-11-20T15:59:59.999')))
  t.notOk(findOpenSpan(calendar(), utc('2026-11-20T16:00')))
})

t.test('opens on Monday morning after Friday evening', async t => {
  t.strictSame(findNextOpening(calendar(), utc('2026-11-20T16:00'))?.opens, utc('2026-11-23T06:00'))
})

t.test('closes from Midsummer Eve until Monday', async t => {
  t.strictSame(listOpeningSpans(calendar(), '2026-06-18').length, 1)
  t.strictSame(listOpeningSpans(calendar(), '2026-06-19'), [])
  t.strictSame(findNextOpening(calendar(), utc('2026-06-18T17:00'))?.opens, utc('2026-06-22T05:00'))
})

t.test('closes from Christmas Eve 2026 until Monday 28 December', async t => {
  t.strictSame(findNextOpening(calendar(), utc('2026-12-23T18:00'))?.opens, utc('2026-12-28T06:00'))
})

t.test('closes on Independence Day even where Sundays are open', async t => {
  const everyDay = calendar({ week: Array(7).fill(long) })
  t.strictSame(listOpeningSpans(everyDay, '2026-11-29').length, 1)
  t.strictSame(listOpeningSpans(everyDay, '2026-12-06'), [])
})

t.test('prefers an exception to a holiday and a season to the week', async t => {
  const summer = calendar({
    seasons: [{ from: '2026-06-22', to: '2026-08-02', week: Array(7).fill(null) }],
    exceptions: { '2026-07-01': friday, '2026-05-01': friday, '2026-11-19': null },
  })
  t.strictSame(listOpeningSpans(summer, '2026-06-22'), [])
  t.strictSame(listOpeningSpans(summer, '2026-08-02'), [])
  t.equal(listOpeningSpans(summer, '2026-08-03').length, 1)
  t.strictSame(listOpeningSpans(summer, '2026-07-01')[0]?.closes, utc('2026-07-01T15:00'))
  t.equal(listOpeningSpans(summer, '2026-05-01').length, 1)
  t.strictSame(listOpeningSpans(summer, '2026-11-19'), [])
})

t.test('drops past seasons and exceptions when hours are saved', async t => {
  const season = (from: string, to: string) => ({ from, to, week: lobby.week })
  const hours = { ...lobby, seasons: [season('2026-12-01', '2026-12-31'), season('2026-11-01', '2026-11-20'), season('2026-06-01', '2026-11-19')], exceptions: { '2026-11-19': null, '2026-11-20': null } }
  t.strictSame(removePastHours(hours, '2026-11-20'), { ...lobby, seasons: [season('2026-11-01', '2026-11-20'), season('2026-12-01', '2026-12-31')], exceptions: { '2026-11-20': null } })
})

t.test('has no next opening for a desk that never opens', async t => {
  t.equal(findNextOpening(calendar({ week: Array(7).fill(null) }), utc('2026-11-20T10:00')), undefined)
})

t.test('clips openings to the given period', async t => {
  t.strictSame(openingSpansBetween(calendar(), utc('2026-11-20T15:59'), utc('2026-11-23T06:01')), [
    { opens: utc('2026-11-20T15:59'), closes: utc('2026-11-20T16:00') },
    { opens: utc('2026-11-23T06:00'), closes: utc('2026-11-23T06:01') },
  ])
  t.strictSame(openingSpansBetween(calendar(), utc('2026-11-20T16:00'), utc('2026-11-23T06:00')), [])
})

t.test('is always open or has a next opening with nothing open before it', async t => {
  const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  t.doesNotThrow(() => fc.assert(fc.property(moments, moment => {
    const open = findOpenSpan(calendar(), moment)
    if (open !== undefined) return open.opens <= moment && moment < open.closes
    const next = findNextOpening(calendar(), moment)!
    return next.opens > moment && openingSpansBetween(calendar(), moment, next.opens).length === 0
  }), { numRuns: 50 }))
})
