import t from 'tap'
import { buildWeekChart } from '../../../src/deliveries/overview/charts.js'
import { addDays } from '../../../src/service-points/institution-day.js'

const screen = { width: 1120, height: 300 }
const formatCount = (count: number) => new Intl.NumberFormat('en-GB').format(count)
const weeks = (count: number, each: number) => Array.from({ length: count }, (_, i) => ({
  monday: addDays('2020-01-06', 7 * i), counts: { counter: each, porter: 0, 'registered-letter': 0 }, total: each,
}))

t.test('leaves room on the scale for its largest formatted number', async t => {
  for (const each of [1, 900, 19_445, 1_234_567]) {
    const { ticks, left } = buildWeekChart(weeks(12, each), screen, formatCount)
    t.ok(ticks.length > 1)
    t.ok(ticks.every(({ text }) => text.length * 8 <= left - 8), `${each}: ${ticks.map(({ text }) => text).join(' ')} in ${left}`)
  }
  const { ticks, bars } = buildWeekChart(weeks(12, 19_445), screen, formatCount)
  t.strictSame(ticks.map(({ text }) => text), ['0', '5,000', '10,000', '15,000', '20,000'])
  t.strictSame(bars.map(({ text }) => text), Array<string>(12).fill('19,445'))
})

t.test('draws the bars of few weeks where a phone shows them first', async t => {
  const { bars } = buildWeekChart(weeks(1, 21), screen, formatCount)
  t.ok(bars[0]!.x + bars[0]!.width < 300)
  t.ok(bars[0]!.showsLabel)
})

t.test('shows totals above bars only where they do not overlap', async t => {
  t.ok(buildWeekChart(weeks(12, 19_445), screen, formatCount).bars.every(bar => bar.showsTotal))
  t.notOk(buildWeekChart(weeks(104, 19_445), screen, formatCount).bars.some(bar => bar.showsTotal))
  t.equal(buildWeekChart(weeks(104, 5), screen, formatCount).bars.filter(bar => bar.showsLabel).length, 21, 'every fifth bar has a name')
})

t.test('draws a scale without bars for an empty chart', async t => {
  const { bars, ticks } = buildWeekChart([], screen, formatCount)
  t.strictSame(bars, [])
  t.strictSame(ticks.map(({ text }) => text), ['0', '1'])
})
