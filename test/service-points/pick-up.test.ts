import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import type { OpeningHours } from '../../src/institution/opening-hours.js'
import { formatRefusal, translator } from '../../src/i18n/translate.js'
import { findPickUp, listPickUpRefusals } from '../../src/service-points/pick-up.js'
import type { ServicePoint } from '../../src/service-points/service-point.js'
import { pickEach } from '../helpers/projections.js'

const porters = metropolia.servicePoints.filter(point => point.kind === 'porter') as ServicePoint[]
const porter = (id: string, hours: Partial<OpeningHours> = {}): ServicePoint => {
  const point = porters.find(one => one.id === id)!
  return { ...point, hours: { ...point.hours, ...hours } }
}
const closedWeek: OpeningHours['week'] = [null, null, null, null, null, null, null]

t.test('sets the deadline of a slip of 20 November to 4 December 18.00', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-11-20T13:57:00Z'), metropolia),
    { collectBy: new Date('2026-12-04T16:00:00Z'), openingDays: 11 })
})

t.test('counts 14 days from the day for a slip issued at 23:50', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-11-20T21:50:00Z'), metropolia),
    { collectBy: new Date('2026-12-04T16:00:00Z'), openingDays: 10 })
})

t.test('moves a Sunday deadline to Friday’s closing time', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-11-22T10:00:00Z'), metropolia)?.collectBy, new Date('2026-12-04T16:00:00Z'))
})

t.test('moves a Midsummer Eve deadline to Thursday evening', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-06-05T10:00:00Z'), metropolia),
    { collectBy: new Date('2026-06-18T17:00:00Z'), openingDays: 10 })
})

t.test('moves an Independence Day deadline to the Friday before', async t => {
  const monday = { collectBy: new Date('2027-12-03T16:00:00Z'), openingDays: 10 }
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2027-11-22T10:00:00Z'), metropolia), monday, 'a Monday in 2027')
  const everyDay = porter('porter-arabia', { week: Array(7).fill({ opens: '10:00', closes: '14:00' }) })
  t.strictSame(findPickUp(everyDay, new Date('2026-11-22T13:00:00Z'), metropolia)?.collectBy, new Date('2026-12-05T12:00:00Z'), 'a Sunday in 2026')
})

t.test('moves a deadline before the summer closure', async t => {
  const summer = porter('porter-arabia', { seasons: [{ from: '2026-06-15', to: '2026-08-02', week: closedWeek }] })
  t.strictSame(findPickUp(summer, new Date('2026-06-10T10:00:00Z'), metropolia), { collectBy: new Date('2026-06-12T15:00:00Z'), openingDays: 3 })
  t.strictSame(listPickUpRefusals(summer, new Date('2026-06-11T20:50:00Z'), metropolia, porters).map(({ values }) => values?.['openingDays']), [1], 'at 23.50 on the day before the last, one day is left')
  t.strictSame(listPickUpRefusals(summer, new Date('2026-06-11T10:00:00Z'), metropolia, porters), [], 'at noon it was two')
})

t.test('moves a Christmas deadline before the Eve', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-12-13T10:00:00Z'), metropolia)?.collectBy, new Date('2026-12-23T18:00:00Z'))
})

t.test('uses local closing times over a clock change', async t => {
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-10-16T10:00:00Z'), metropolia)?.collectBy, new Date('2026-10-30T16:00:00Z'))
  t.strictSame(findPickUp(porter('porter-arabia'), new Date('2026-03-27T10:00:00Z'), metropolia)?.collectBy, new Date('2026-04-10T15:00:00Z'))
})

t.test('refuses a campus closed for the summer and names another', async t => {
  const closed = porter('porter-arabia', { seasons: [{ from: '2026-06-22', to: '2026-08-02', week: closedWeek }] })
  const issuedAt = new Date('2026-07-01T09:00:00Z')
  t.equal(findPickUp(closed, issuedAt, metropolia), undefined)
  t.strictSame(listPickUpRefusals(closed, issuedAt, metropolia, porters), [{
    code: 'service-point-closed',
    values: { campus: 'Arabia', openingDays: 0, leastOpeningDays: 2, end: '2026-07-15', otherCampus: 'Myllypuro', otherId: 'porter-myllypuro' },
  }])
})

t.test('requires two opening days', async t => {
  const openOn = (...days: string[]) => porter('porter-arabia', {
    week: closedWeek, exceptions: Object.fromEntries(days.map(day => [day, { opens: '08:00', closes: '16:00' }])),
  })
  const issuedAt = new Date('2026-11-20T13:57:00Z')
  t.strictSame(listPickUpRefusals(openOn('2026-12-04'), issuedAt, metropolia, []), [
    { code: 'service-point-closed', variant: 'everywhere', values: { campus: 'Arabia', openingDays: 1, leastOpeningDays: 2, end: '2026-12-04' } },
  ])
  t.strictSame(listPickUpRefusals(openOn('2026-12-03', '2026-12-04'), issuedAt, metropolia, []), [])
  t.strictSame(pickEach(listPickUpRefusals(openOn('2026-12-04', '2026-12-05'), issuedAt, metropolia, []), 'code'), [{ code: 'service-point-closed' }], 'the fifth is a day too late')
})

t.test('names the nearest open porter desk, never an office', async t => {
  const closed = porter('porter-arabia', { week: closedWeek })
  const helpdesk = metropolia.servicePoints.find(point => point.kind === 'helpdesk' && point.campus === 'Myllypuro') as ServicePoint
  const monday = { week: [{ opens: '08:00', closes: '20:00' }, ...closedWeek.slice(1)] }
  const others = [helpdesk, closed, porter('porter-myllypuro', { week: closedWeek }), porter('porter-karamalmi'), porter('porter-myyrmaki', monday)]
  const refusals = listPickUpRefusals(closed, new Date('2026-11-20T13:57:00Z'), metropolia, others)
  t.equal(refusals[0]?.values?.['otherCampus'], 'Myyrmäki', 'Myllypuro is nearer but closed, Karamalmi is open more often but farther away')
})

t.test('says how many opening days, until when, and where else', async t => {
  const issuedAt = new Date('2026-11-20T13:57:00Z')
  const oneDay = porter('porter-arabia', { week: closedWeek, exceptions: { '2026-12-04': { opens: '08:00', closes: '16:00' } } })
  const sentences = (desk: ServicePoint, others: readonly ServicePoint[]) =>
    (['en', 'fi', 'sv'] as const).map(language => formatRefusal(translator(language), listPickUpRefusals(desk, issuedAt, metropolia, others)[0]!))
  t.strictSame(sentences(oneDay, porters), [
    'Arabia is open on only 1 day before the collection period ends on 4 December 2026. At least 2 opening days are needed. Nearest campus where collection is possible: Myllypuro. Choose it, or offer the counter.',
    'Arabia: noutopaikka on avoinna vain yhtenä päivänä ennen kuin noutoaika päättyy 4.12.2026. Aukiolopäiviä tarvitaan vähintään 2. Lähin kampus, josta nouto onnistuu: Myllypuro. Valitse se tai tarjoa noutoa palvelupisteestä.',
    'Arabia: hämtningsstället har öppet bara en dag innan hämtningstiden går ut 4.12.2026. Minst 2 öppna dagar behövs. Närmaste campus där det går att hämta: Myllypuro. Välj det eller erbjud avhämtning på serviceställe.',
  ])
  const [closedAlways] = sentences(porter('porter-arabia', { week: closedWeek }), [])
  t.match(closedAlways, /^Arabia is not open on any day before the collection period ends on 4 December 2026\..* No other campus is open often enough\./)
  t.match(sentences({ ...oneDay, location: null }, porters)[0], / Campus where collection is possible: Karamalmi\./, 'no campus is called the nearest when the location is unknown')
})
