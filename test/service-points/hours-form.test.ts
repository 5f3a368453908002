import t from 'tap'
import { parseHoursForm, readHoursForm, toHoursForm } from '../../src/service-points/hours-form.js'
import type { OpeningHours } from '../../src/institution/opening-hours.js'

const long = { opens: '08:00', closes: '20:00' }
const hours: OpeningHours = {
  week: [long, long, long, long, { opens: '08:30', closes: '18:00' }, null, null],
  seasons: [
    { from: '2026-06-22', to: '2026-08-02', week: Array(7).fill(null) },
    { from: '2026-12-28', to: '2026-12-31', week: [long, null, null, null, null, null, null] },
  ],
  exceptions: { '2026-12-23': { opens: '08:00', closes: '12:00' }, '2026-12-30': null },
}
const read = (fields: Record<string, unknown>) => parseHoursForm(readHoursForm(fields), '2026-11-27')
const faults = (fields: Record<string, unknown>) => {
  const answer = read(fields)
  return answer.ok ? [] : answer.errors.map(({ path, message }) => `${path} ${message}`)
}

t.test('reads back the hours that it wrote into the form', async t => {
  t.strictSame(parseHoursForm(toHoursForm(hours), '2026-11-27'), { ok: true, value: hours })
})

t.test('parses days and times as people type them', async t => {
  t.strictSame(read({
    'week.0.opens': '8',
    'week.0.closes': ' 16.30 ',
    'week.1.opens': '0800',
    'week.1.closes': '20:00',
    'week.2.opens': ' ',
    'week.2.closes': '',
    'exceptions.0.day': '23 dec 26',
    'exceptions.0.opens': '9',
    'exceptions.0.closes': '9,45',
  }), {
    ok: true, value: { week: [{ opens: '08:00', closes: '16:30' }, long, null, null, null, null, null], seasons: [], exceptions: { '2026-12-23': { opens: '09:00', closes: '09:45' } } },
  })
})

t.test('ignores empty and removed rows anywhere', async t => {
  const answer = read({
    'seasons.0.from': '',
    'seasons.0.kind': 'closed',
    'seasons.0.week.0.opens': '9',
    'seasons.2.from': '1.7.2026',
    'seasons.2.to': '31.7.2026',
    'seasons.2.kind': 'closed',
    'seasons.2.week.0.opens': '9',
    'seasons.7.from': '1.8.2026',
    'seasons.7.to': 'whenever',
    'seasons.7.kind': 'own',
    'seasons.7.removed': 'yes',
    'exceptions.0.day': ' ',
    'exceptions.5.day': '1.7.2026',
  })
  t.strictSame(answer, { ok: true, value: { week: Array(7).fill(null), seasons: [{ from: '2026-07-01', to: '2026-07-31', week: Array(7).fill(null) }], exceptions: { '2026-07-01': null } } })
})

t.test('reports impossible input at its field and row', async t => {
  t.strictSame(faults({ 'week.0.opens': '20', 'week.0.closes': '8' }), ['week.0.closes closes-before-it-opens'])
  t.strictSame(faults({ 'week.3.opens': '8' }), ['week.3.closes both-times-or-none'])
  t.strictSame(faults({ 'week.3.opens': 'eight', 'week.3.closes': '24' }), ['week.3.opens no-such-time', 'week.3.closes no-such-time'])
  const second = { 'seasons.0.from': '', 'seasons.1.kind': 'closed' }
  t.strictSame(faults({ ...second, 'seasons.1.from': '2.7.2026', 'seasons.1.to': '1.7.2026' }), ['seasons.1.to period-ends-before-it-begins'])
  t.strictSame(faults({ ...second, 'seasons.1.from': '30.2.2026', 'seasons.1.to': '' }), ['seasons.1.from no-such-day', 'seasons.1.to required'])
  t.strictSame(faults({ ...second, 'seasons.1.kind': 'own', 'seasons.1.from': '1.7.2026', 'seasons.1.to': '2.7.2026', 'seasons.1.week.6.closes': '8' }), ['seasons.1.week.6.opens both-times-or-none'])
  t.strictSame(faults({ ...second, 'seasons.1.kind': 'own', 'seasons.1.week.6.closes': '8' }), ['seasons.1.from required', 'seasons.1.to required', 'seasons.1.week.6.opens both-times-or-none'])
  t.strictSame(faults({
    ...second, 'seasons.1.from': '1.7.2026', 'seasons.1.to': '5.7.2026', 'seasons.2.from': '5.7.2026', 'seasons.2.to': '9.7.2026', 'seasons.2.kind': 'closed',
  }), ['seasons.2.from seasons-overlap'])
})

t.test('reports overlapping and reversed seasons together with other faults', async t => {
  t.strictSame(faults({
    'week.0.opens': 'eight',
    'seasons.0.from': '1.7.2026',
    'seasons.0.to': '5.7.2026',
    'seasons.0.kind': 'own',
    'seasons.0.week.6.closes': '8',
    'seasons.1.from': '5.7.2026',
    'seasons.1.to': '9.7.2026',
    'seasons.1.kind': 'closed',
    'seasons.2.from': '2.8.2026',
    'seasons.2.to': '1.8.2026',
    'seasons.2.kind': 'own',
    'seasons.2.week.0.opens': '9',
    'seasons.3.from': '',
    'seasons.3.to': '1.9.2026',
    'seasons.3.kind': 'closed',
  }).toSorted(), [
    'seasons.0.week.6.opens both-times-or-none', 'seasons.1.from seasons-overlap', 'seasons.2.to period-ends-before-it-begins', 'seasons.2.week.0.closes both-times-or-none',
    'seasons.3.from required', 'week.0.closes both-times-or-none', 'week.0.opens no-such-time',
  ])
})

t.test('reports a missing, invalid or repeated exceptional day', async t => {
  t.strictSame(faults({ 'exceptions.0.day': '', 'exceptions.0.opens': '8', 'exceptions.0.closes': '9' }), ['exceptions.0.day required'])
  t.strictSame(faults({ 'exceptions.0.day': '30.2.2026', 'exceptions.1.day': '__proto__' }), ['exceptions.0.day no-such-day', 'exceptions.1.day no-such-day'])
  t.strictSame(faults({ 'exceptions.0.day': '6.12.2026', 'exceptions.1.day': '', 'exceptions.2.day': '2026-12-06' }), ['exceptions.2.day day-twice'])
  t.strictSame(faults({ 'exceptions.0.day': '', 'exceptions.1.day': '6.12.2026', 'exceptions.1.opens': '9' }), ['exceptions.1.closes both-times-or-none'])
})

t.test('reports faults in page order and limits the rows', async t => {
  t.strictSame(faults({ 'seasons.0.from': 'x', 'seasons.0.to': '1.7.2026', 'exceptions.0.day': 'x', 'week.0.opens': 'x' }),
    ['week.0.opens no-such-time', 'week.0.closes both-times-or-none', 'exceptions.0.day no-such-day', 'seasons.0.from no-such-day'])
  const many = (list: string, count: number, row: (i: number) => Record<string, string>) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => Object.entries(row(i)).map(([name, text]) => [`${list}.${i}.${name}`, text])).flat())
  t.strictSame(faults(many('seasons', 21, i => ({ from: `1.7.${2026 + i}`, to: `2.7.${2026 + i}` }))), ['seasons too-many'])
  t.strictSame(faults(many('exceptions', 101, i => ({ day: `1.${i % 12 + 1}.${2026 + Math.floor(i / 12)}` }))), ['exceptions too-many'])
  const flood = readHoursForm({ ...many('seasons', 9999, i => ({ from: `1.7.${i}` })), ...many('exceptions', 9999, i => ({ day: `1.7.${i}` })) })
  t.strictSame([flood.seasons.length, flood.exceptions.length], [21, 101], 'at most one entry above the limit is read')
})
