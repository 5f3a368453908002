import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { getDayHours, listUpcomingDays } from '../../src/service-points/hours.js'
import { toOpeningCalendar } from '../../src/service-points/pick-up.js'
import type { OpeningHours } from '../../src/institution/opening-hours.js'
import { pickEach } from '../helpers/projections.js'

const lobby = metropolia.servicePoints.find(({ id }) => id === 'porter-arabia')!
const coming = (from: string, hours: Partial<OpeningHours> = {}) => listUpcomingDays(toOpeningCalendar({ hours: { ...lobby.hours, ...hours } }, metropolia), from)
const closedWeek = lobby.hours.week.map(() => null)
const short = { opens: '10:00', closes: '14:00' }

t.test('lists 28 days from today, each by the rules of its day', async t => {
  const days = coming('2026-11-19')
  t.equal(days.length, 28)
  t.strictSame(pickEach([days[0], days.at(-1)], 'day', 'hours', 'source'), [
    { day: '2026-11-19', hours: { opens: '08:00', closes: '20:00' }, source: 'week' }, { day: '2026-12-16', hours: { opens: '08:00', closes: '20:00' }, source: 'week' },
  ])
  const calendar = toOpeningCalendar(lobby, metropolia)
  t.strictSame(days.map(({ hours }) => hours), days.map(({ day }) => getDayHours(calendar, day)))
})

t.test('names the rule that decides: exception, holiday, season, week', async t => {
  const seasons = [{ from: '2026-12-21', to: '2027-01-06', week: closedWeek }]
  const by = new Map(coming('2026-12-18', { seasons, exceptions: { '2026-12-22': short, '2026-12-24': short } }).map(one => [one.day, [one.source, one.hours?.opens]]))
  t.strictSame(by.get('2026-12-18'), ['week', '08:00'])
  t.strictSame(by.get('2026-12-21'), ['season', undefined])
  t.strictSame(by.get('2026-12-22'), ['exception', '10:00'])
  t.strictSame(by.get('2026-12-24'), ['exception', '10:00'], 'an exception opens the desk on Christmas Eve')
  t.strictSame(by.get('2026-12-25'), ['holiday', undefined])
  t.strictSame(by.get('2027-01-06'), ['holiday', undefined])
  t.strictSame(by.get('2027-01-07'), ['week', '08:00'])
})

t.test('marks only the days on which the clocks change', async t => {
  const marked = (from: string) => coming(from).filter(({ clockChange }) => clockChange !== undefined).map(({ day, clockChange }) => `${day} ${clockChange}`)
  t.strictSame(marked('2026-03-10'), ['2026-03-29 forward'])
  t.strictSame(marked('2026-10-10'), ['2026-10-25 back'])
  t.strictSame(marked('2026-06-01'), [])
})
