import t from 'tap'
import { toFieldErrors } from '../../src/institution/input.js'
import { openingHoursSchema } from '../../src/institution/opening-hours.js'

const long = { opens: '08:00', closes: '20:00' }
const week = [long, long, long, long, long, null, null]
const season = { from: '2026-06-22', to: '2026-08-02', week: Array(7).fill(null) }
const days = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10), null]))
const years = (count: number) => Array.from({ length: count }, (_, i) => ({ ...season, from: `${2026 + i}-06-22`, to: `${2026 + i}-08-02` }))
const faults = (hours: unknown) => {
  const { error } = openingHoursSchema.safeParse(hours)
  return toFieldErrors(error?.issues ?? []).map(({ path, message }) => `${path} ${message}`)
}

t.test('accepts an ordinary week and fully specified hours', async t => {
  t.strictSame(openingHoursSchema.parse({ week }), { week, seasons: [], exceptions: {} })
  t.strictSame(faults({ week, seasons: years(20), exceptions: days(100) }), [])
})

t.test('refuses impossible hours from any source', async t => {
  const refused = (name: string, hours: Record<string, unknown>, expected: string[]) => t.strictSame(faults({ week, ...hours }), expected, name)
  refused('a week of six days', { week: week.slice(1) }, ['week too-small'])
  refused('closes before it opens', { week: [{ opens: '20:00', closes: '08:00' }, ...week.slice(1)] }, ['week.0.closes closes-before-it-opens'])
  refused('closes when it opens', { exceptions: { '2026-12-23': { opens: '08:00', closes: '08:00' } } }, ['exceptions.2026-12-23.closes closes-before-it-opens'])
  refused('no such time', { week: [{ opens: '8', closes: '24:00' }, ...week.slice(1)] }, ['week.0.opens no-such-time', 'week.0.closes no-such-time'])
  refused('a season that ends before it begins', { seasons: [{ ...season, to: '2026-06-21' }] }, ['seasons.0.to period-ends-before-it-begins'])
  refused('30 February', { seasons: [{ ...season, from: '2026-02-30' }] }, ['seasons.0.from no-such-day'])
  t.equal(faults({ week, exceptions: { '2026-02-30': null } }).length, 1, 'also for an exceptional day')
  refused('seasons with a day in common', { seasons: [season, { ...season, from: '2026-08-02', to: '2026-08-10' }] }, ['seasons.1.from seasons-overlap'])
  refused('21 seasons', { seasons: years(21) }, ['seasons too-many'])
  refused('101 exceptional days', { exceptions: days(101) }, ['exceptions too-many'])
})

t.test('accepts seasons on consecutive days', async t => {
  t.strictSame(faults({ week, seasons: [season, { ...season, from: '2026-08-03', to: '2026-08-10' }] }), [])
})
