/** Calculates the layout of charts for the page and the PDF. Lengths are in the chart's own units. Pure. */
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { channels, type Channel } from '../../institution/vocabulary.js'
import type { WeekCounts } from './figures.js'

export interface ChartSize { readonly width: number, readonly height: number }

export interface StackedBarChart extends ChartSize {
  readonly left: number
  readonly ticks: ReadonlyArray<{ readonly y: number, readonly text: string }>
  readonly bars: ReadonlyArray<{
    readonly monday: string
    readonly x: number
    readonly width: number
    readonly total: number
    readonly text: string
    /** The upper end of the bar. */
    readonly top: number
    readonly parts: ReadonlyArray<{ readonly channel: Channel, readonly y: number, readonly height: number }>
    /** True if there is room for the week's label below the bar. */
    readonly showsLabel: boolean
    /** True if there is room for the total above the bar. */
    readonly showsTotal: boolean
  }>
}

const TOP_MARGIN = 22
const BOTTOM_MARGIN = 26
const MIN_LEFT_MARGIN = 44
/** The maximum width of a digit. */
const DIGIT_WIDTH = 8.5
/** The width of a week's label. */
const WEEK_LABEL_WIDTH = 46
/** The maximum width of a week. If there are few weeks, a phone shows all bars without scrolling. */
const MAX_WEEK_WIDTH = 96

/** Builds the stacked bar chart of slips by week and channel. @param formatCount formats a number in the user's language */
export function buildWeekChart (weeks: readonly WeekCounts[], { width, height }: ChartSize, formatCount: (count: number) => string): StackedBarChart {
  const most = Math.max(1, ...weeks.map(({ total }) => total))
  const y = scaleLinear().domain([0, most]).nice(4).range([height - BOTTOM_MARGIN, TOP_MARGIN])
  const ticks = y.ticks(4).filter(Number.isInteger).map(value => ({ y: y(value), text: formatCount(value) }))
  const roomFor = (text: readonly string[]) => DIGIT_WIDTH * Math.max(0, ...text.map(({ length }) => length))
  const left = Math.max(MIN_LEFT_MARGIN, 10 + roomFor(ticks.map(({ text }) => text)))
  const roomForTotal = roomFor(weeks.map(({ total }) => formatCount(total)))
  const x = scaleBand<string>().domain(weeks.map(({ monday }) => monday)).range([left, Math.min(width, left + MAX_WEEK_WIDTH * weeks.length)]).padding(0.3)
  const layers = stack<WeekCounts, Channel>().keys(channels).value(({ counts }, channel) => counts[channel])([...weeks])
  const everyNth = Math.max(1, Math.ceil(WEEK_LABEL_WIDTH / x.step()))
  return {
    width,
    height,
    left,
    ticks,
    bars: weeks.map(({ monday, total }, i) => ({
      monday,
      x: x(monday)!,
      width: x.bandwidth(),
      total,
      text: formatCount(total),
      top: y(total),
      parts: layers.map(layer => ({ channel: layer.key, y: y(layer[i]![1]), height: y(layer[i]![0]) - y(layer[i]![1]) })).filter(part => part.height > 0),
      showsLabel: i % everyNth === 0,
      showsTotal: x.step() >= roomForTotal,
    })),
  }
}

export interface HorizontalBarChart extends ChartSize {
  readonly rows: ReadonlyArray<{
    readonly label: string
    readonly bars: ReadonlyArray<{ readonly kind: string, readonly y: number, readonly length: number, readonly text: string }>
    readonly y: number
  }>
  readonly thickness: number
}

export interface BarGroup {
  readonly label: string
  /** The bars from top to bottom. `text` is the text after the bar. */
  readonly bars: ReadonlyArray<{ readonly kind: string, readonly value: number, readonly text: string }>
}

const LABEL_HEIGHT = 20
const BAR_THICKNESS = 14
const GROUP_GAP = 12
/** The space for the text after a bar. */
const VALUE_LABEL_WIDTH = 96

/** Builds a horizontal bar chart with one scale for all bars. @param maxValue the value at full length, by default the largest value */
export function buildHorizontalBarChart (lines: readonly BarGroup[], width: number, maxValue = Math.max(0, ...lines.flatMap(({ bars }) => bars.map(({ value }) => value)))): HorizontalBarChart {
  const length = scaleLinear().domain([0, maxValue > 0 ? maxValue : 1]).range([0, width - VALUE_LABEL_WIDTH])
  let y = 0
  const rows = lines.map(({ label, bars }) => {
    const top = y
    y += LABEL_HEIGHT + bars.length * (BAR_THICKNESS + 4) + GROUP_GAP
    return { label, y: top, bars: bars.map(({ kind, value, text }, i) => ({ kind, text, y: top + LABEL_HEIGHT + i * (BAR_THICKNESS + 4), length: length(value) })) }
  })
  return { width, height: Math.max(0, y - GROUP_GAP), rows, thickness: BAR_THICKNESS }
}
