import t from 'tap'
import { formatOtherDays, formatWeekHours } from '../../src/service-points/format-hours.js'

const open = (opens: string, closes: string) => ({ opens, closes })

t.test('groups days with the same hours and omits closed days', async t => {
  const day = open('08:00', '20:00')
  const week = [day, day, day, day, open('08:00', '18:30'), null, null]
  t.equal(formatWeekHours(week, 'en'), 'Mon–Thu\u00a08–20, Fri\u00a08–18.30')
  t.equal(formatWeekHours(week, 'fi'), 'ma–to\u00a08–20, pe\u00a08–18.30')
  t.equal(formatWeekHours([day, null, day, day, null, null, null], 'sv'), 'mån\u00a08–20, ons–tors\u00a08–20')
})

t.test('names days that differ from the week, grouping neighbours', async t => {
  const otherDays = [
    { day: '2026-12-24', hours: open('08:00', '12:00') },
    { day: '2026-12-25', hours: null },
    { day: '2026-12-26', hours: null },
    { day: '2026-12-31', hours: null },
  ]
  const words = (language: 'fi' | 'sv' | 'en') => formatOtherDays(otherDays, language).replaceAll('\u00a0', ' ')
  t.equal(words('fi'), 'to 24.12. 8–12, pe 25.12.–la 26.12. suljettu, to 31.12. suljettu')
  t.equal(words('sv'), 'tors 24.12 8–12, fre 25.12–lör 26.12 stängt, tors 31.12 stängt')
  t.equal(words('en'), 'Thu 24 December 8–12, Fri 25 December–Sat 26 December closed, Thu 31 December closed')
})

t.test('formats nothing for a desk that is closed all week', async t => {
  t.equal(formatWeekHours(Array(7).fill(null), 'en'), '')
})
