import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { findPickUp, getPickUpHours, toOpeningCalendar } from '../../src/service-points/pick-up.js'

const day = { opens: '08:00', closes: '20:00' }
const week = [day, day, day, day, day, null, null]
const calendar = (exceptions: Record<string, typeof day | null>, holidays: readonly string[] = []) => ({
  hours: { week, seasons: [], exceptions },
  isHoliday: (one: string) => holidays.includes(one),
  zone: 'Europe/Helsinki',
})
const issuedAt = new Date('2026-11-30T10:00:00Z')
const collectBy = new Date('2026-12-14T18:00:00Z')

t.test('prints only the weekly hours in an ordinary fortnight', async t => {
  t.strictSame(getPickUpHours(calendar({}), issuedAt, collectBy), { week, otherDays: [] })
})

t.test('prints holidays and short days until the collection deadline only', async t => {
  const short = { opens: '08:00', closes: '12:00' }
  const { otherDays } = getPickUpHours(calendar({ '2026-12-14': short, '2026-12-15': short }, ['2026-12-08', '2026-12-25']), issuedAt, collectBy)
  t.strictSame(otherDays, [{ day: '2026-12-08', hours: null }, { day: '2026-12-14', hours: short }])
})

t.test('omits a holiday on a day that is closed anyway', async t => {
  t.strictSame(getPickUpHours(calendar({}, ['2026-12-06']), issuedAt, collectBy).otherDays, [])
})

t.test('prints a season that begins in the period day by day', async t => {
  const closed = { ...calendar({}), hours: { week, exceptions: {}, seasons: [{ from: '2026-12-10', to: '2026-12-31', week: week.map(() => null) }] } }
  t.strictSame(getPickUpHours(closed, issuedAt, collectBy).otherDays.map(other => other.day), ['2026-12-10', '2026-12-11', '2026-12-14'])
})

t.test('names the holidays within the time to collect', async t => {
  const lobby = metropolia.servicePoints.find(({ id }) => id === 'porter-arabia')!
  const closedDays = (issued: string) => {
    const moment = new Date(issued)
    return getPickUpHours(toOpeningCalendar(lobby, metropolia), moment, findPickUp(lobby, moment, metropolia)!.collectBy).otherDays.map(({ day, hours }) => `${day} ${hours?.opens ?? 'closed'}`)
  }
  t.strictSame(closedDays('2026-06-08T10:00:00Z'), ['2026-06-19 closed'])
  t.strictSame(closedDays('2026-12-15T10:00:00Z'), ['2026-12-24 closed', '2026-12-25 closed'])
  t.strictSame(closedDays('2027-11-25T21:50:00Z'), ['2027-12-06 closed'], 'issued at 23.50')
  t.strictSame(closedDays('2026-12-13T10:00:00Z'), [], 'closed days after the deadline are not listed')
})
