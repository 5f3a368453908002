/** Where the bars of a chart stand, for the screen and for paper alike. Lengths in the chart's own units. Pure. */
import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { channels, type Channel } from '../../institution/words.js'
import type { Week } from './figures.js'

export interface Frame { readonly width: number, readonly height: number }

export interface StackedBars extends Frame {
  readonly left: number
  readonly ticks: ReadonlyArray<{ readonly y: number, readonly words: string }>
  readonly bars: ReadonlyArray<{
    readonly monday: string
    readonly x: number
    readonly width: number
    readonly total: number
    readonly words: string
    /** Of the bar's upper end. */
    readonly top: number
    readonly parts: ReadonlyArray<{ readonly channel: Channel, readonly y: number, readonly height: number }>
    /** Where there is room for words under it, and for its total above it. */
    readonly isNamed: boolean
    readonly showsTotal: boolean
  }>
}

const above = 22
const below = 26
const leastLeft = 44
/** A figure of a number is so wide, at most. */
const roomForFigure = 8.5
/** Names of weeks are so wide. */
const roomForName = 46
/** A week takes no more: the bars of few stand on the left, where a phone shows them before anybody scrolls. */
const mostOfWeek = 96

/** Slips by week, the channels upon each other. @param say a number as the reader's language writes it */
export function stackedWeeks (weeks: readonly Week[], { width, height }: Frame, say: (count: number) => string): StackedBars {
  const most = Math.max(1, ...weeks.map(({ total }) => total))
  const y = scaleLinear().domain([0, most]).nice(4).range([height - below, above])
  const ticks = y.ticks(4).filter(Number.isInteger).map(value => ({ y: y(value), words: say(value) }))
  const roomFor = (words: readonly string[]) => roomForFigure * Math.max(0, ...words.map(({ length }) => length))
  const left = Math.max(leastLeft, 10 + roomFor(ticks.map(({ words }) => words)))
  const roomForTotal = roomFor(weeks.map(({ total }) => say(total)))
  const x = scaleBand<string>().domain(weeks.map(({ monday }) => monday)).range([left, Math.min(width, left + mostOfWeek * weeks.length)]).padding(0.3)
  const layers = stack<Week, Channel>().keys(channels).value(({ counts }, channel) => counts[channel])([...weeks])
  const everyNth = Math.max(1, Math.ceil(roomForName / x.step()))
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
      words: say(total),
      top: y(total),
      parts: layers.map(layer => ({ channel: layer.key, y: y(layer[i]![1]), height: y(layer[i]![0]) - y(layer[i]![1]) })).filter(part => part.height > 0),
      isNamed: i % everyNth === 0,
      showsTotal: x.step() >= roomForTotal,
    })),
  }
}

export interface Lines extends Frame {
  readonly rows: ReadonlyArray<{
    readonly label: string
    readonly bars: ReadonlyArray<{ readonly kind: string, readonly y: number, readonly length: number, readonly words: string }>
    readonly y: number
  }>
  readonly thickness: number
}

export interface LineOf {
  readonly label: string
  /** One under another; `words` stand behind the bar. */
  readonly bars: ReadonlyArray<{ readonly kind: string, readonly value: number, readonly words: string }>
}

const lineHeight = 20
const thickness = 14
const between = 12
/** For the words behind a bar. */
const roomForWords = 96

/** Lying bars under their names; all by one measure. @param most the value of the longest bar; by default the largest */
export function lyingBars (lines: readonly LineOf[], width: number, most = Math.max(0, ...lines.flatMap(({ bars }) => bars.map(({ value }) => value)))): Lines {
  const length = scaleLinear().domain([0, most > 0 ? most : 1]).range([0, width - roomForWords])
  let y = 0
  const rows = lines.map(({ label, bars }) => {
    const top = y
    y += lineHeight + bars.length * (thickness + 4) + between
    return { label, y: top, bars: bars.map(({ kind, value, words }, i) => ({ kind, words, y: top + lineHeight + i * (thickness + 4), length: length(value) })) }
  })
  return { width, height: Math.max(0, y - between), rows, thickness }
}
