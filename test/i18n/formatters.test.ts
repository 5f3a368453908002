import t from 'tap'
import { formatTime, formatLongDates, formatDateTime, parseDate, parseTime, formatDate } from '../../src/i18n/formatters.js'

const zone = 'Europe/Helsinki'

t.test('formats times in tables by language, in the institution’s time zone', async t => {
  const morning = new Date('2026-09-04T05:07:00Z')
  t.equal(formatDateTime(morning, zone, 'fi'), '4.9.2026 8.07')
  t.equal(formatDateTime(morning, zone, 'sv'), '4.9.2026 8.07')
  t.equal(formatDateTime(morning, zone, 'en'), '4 Sept 2026 08:07')
  t.equal(formatDateTime(new Date('2026-11-20T22:30:00Z'), zone, 'en'), '21 Nov 2026 00:30')
  t.equal(formatTime(new Date('2026-11-20T22:05:00Z'), zone), '0.05')
})

t.test('shortens days in tables and writes the month out in sentences', async t => {
  t.equal(formatDate('2026-12-04', 'fi'), '4.12.2026')
  t.equal(formatDate('2026-12-04', 'en'), '4 Dec 2026')
  t.strictSame(formatLongDates(new Date('2026-12-03T22:30:00Z'), zone), { fi: '4.12.2026', sv: '4.12.2026', en: '4 December 2026' })
})

t.test('parses typed days and refuses impossible ones', async t => {
  t.equal(parseDate(' 31.12.2030 '), '2030-12-31')
  t.equal(parseDate('1/2/2030'), '2030-02-01')
  t.equal(parseDate('2030-12-31'), '2030-12-31')
  for (const none of ['31.11.2030', '2030-13-01', '31.12.30', 'tomorrow', '']) t.equal(parseDate(none), undefined, none)
})

t.test('parses typed times and refuses impossible ones', async t => {
  for (const [typed, time] of [['8', '08:00'], [' 8.00 ', '08:00'], ['08:00', '08:00'], ['0800', '08:00'], ['8,30', '08:30'], ['23.59', '23:59'], ['0', '00:00']] as const) {
    t.equal(parseTime(typed), time, typed)
  }
  for (const none of ['24', '24.00', '8.60', '8.3', '8-16', 'noon', '-8', '']) t.equal(parseTime(none), undefined, none)
})
