/** The overview in the reader's words: tiles, charts and the numbers behind them, for the screen and for paper. Pure. */
import type { Language, Localised } from '../../institution/words.js'
import { shortDay } from '../../i18n/moments.js'
import { hasText, type Translate } from '../../i18n/translate.js'
import { lyingBars, stackedWeeks, type Lines, type StackedBars } from './charts.js'
import type { ChannelFigures, Figures } from './figures.js'

export interface Reader {
  readonly t: Translate
  readonly language: Language
  readonly names: ReadonlyMap<string, Localised>
}

export interface Table { readonly head: readonly string[], readonly rows: ReadonlyArray<readonly string[]> }

export interface Tile { readonly label: string, readonly value: string, readonly note: string }

/** A lying-bar chart with its numbers. */
export interface Panel {
  readonly id: 'times' | 'ends' | 'refusals' | 'points'
  readonly title: string
  readonly about: string
  readonly chart: Lines
  readonly kinds: ReadonlyArray<{ readonly kind: string, readonly label: string }>
  readonly table: Table
}

export interface Overview {
  readonly tiles: readonly Tile[]
  readonly weeks: { readonly title: string, readonly chart: StackedBars, readonly names: Readonly<Record<string, string>>, readonly kinds: Panel['kinds'], readonly table: Table } | undefined
  readonly panels: readonly Panel[]
}

const lineWidth = 380

/** @param wide how wide the chart of weeks is */
export function overviewOf (figures: Figures, reader: Reader, wide = { width: 1120, height: 300 }): Overview {
  return {
    tiles: tilesOf(figures, reader),
    weeks: figures.issued === 0 ? undefined : weeksOf(figures, reader, wide),
    panels: [timesOf(figures, reader), endsOf(figures, reader), refusalsOf(figures, reader), pointsOf(figures, reader)].filter(panel => panel !== undefined),
  }
}

function tilesOf (figures: Figures, { t, language }: Reader): Tile[] {
  const sent = figures.channels.filter(({ channel }) => channel !== 'counter')
  const add = (of: (figures: ChannelFigures) => number) => sent.reduce((sum, one) => sum + of(one), 0)
  const issued = add(one => one.issued)
  const porter = sent.find(({ channel }) => channel === 'porter')
  return [
    { label: t('overview.issued'), value: whole(figures.issued, language), note: t('overview.issuedNote', { count: figures.weeks.length }) },
    { label: t('overview.median'), value: duration(porter?.median ?? null, { t, language }), note: t('overview.medianNote') },
    { label: t('overview.uncollected'), value: share(add(one => one.uncollected), issued, language), note: t('overview.ofSent', { count: issued, number: whole(add(one => one.uncollected), language), of: whole(issued, language) }) },
    { label: t('overview.returned'), value: share(add(one => one.returned), issued, language), note: t('overview.ofSent', { count: issued, number: whole(add(one => one.returned), language), of: whole(issued, language) }) },
    { label: t('overview.refused'), value: whole(figures.refusals.attempts, language), note: t('overview.refusedNote') },
  ]
}

function weeksOf ({ weeks }: Figures, { t, language }: Reader, frame: { width: number, height: number }): Overview['weeks'] {
  const kinds = (['counter', 'porter', 'registered-letter'] as const).map(kind => ({ kind, label: t(`common.channels.${kind}`) }))
  return {
    title: t('overview.weeks'),
    chart: stackedWeeks(weeks, frame, count => whole(count, language)),
    names: Object.fromEntries(weeks.map(({ monday }) => [monday, dayAndMonth(monday, language)])),
    kinds,
    table: {
      head: [t('overview.weekFrom'), ...kinds.map(({ label }) => label), t('overview.total')],
      rows: weeks.map(({ monday, counts, total }) => [shortDay(monday, language), ...Object.values(counts).map(count => whole(count, language)), whole(total, language)]),
    },
  }
}

function timesOf ({ channels }: Figures, { t, language, names }: Reader): Panel | undefined {
  const timed = channels.filter(({ median }) => median !== null)
  if (timed.length === 0) return undefined
  const say = { t, language, names }
  return {
    id: 'times',
    title: t('overview.times'),
    about: t('overview.timesAbout'),
    kinds: [{ kind: 'median', label: t('overview.medianShort') }, { kind: 'ninetieth', label: t('overview.ninetieth') }],
    chart: lyingBars(timed.map(({ channel, median, ninetieth }) => ({
      label: t(`common.channels.${channel}`),
      bars: [{ kind: 'median', value: median!, words: duration(median, say) }, { kind: 'ninetieth', value: ninetieth!, words: duration(ninetieth, say) }],
    })), lineWidth),
    table: {
      head: [t('overview.channel'), t('overview.handedOver'), t('overview.medianShort'), t('overview.ninetieth')],
      rows: timed.map(one => [t(`common.channels.${one.channel}`), whole(one.handedOver, language), duration(one.median, say), duration(one.ninetieth, say)]),
    },
  }
}

function endsOf ({ channels }: Figures, { t, language }: Reader): Panel | undefined {
  const sent = channels.filter(({ channel }) => channel !== 'counter')
  if (sent.length === 0) return undefined
  return {
    id: 'ends',
    title: t('overview.ends'),
    about: t('overview.endsAbout'),
    kinds: [{ kind: 'uncollected', label: t('overview.uncollected') }, { kind: 'returned', label: t('overview.returned') }],
    chart: lyingBars(sent.map(({ channel, issued, uncollected, returned }) => ({
      label: t(`common.channels.${channel}`),
      bars: [{ kind: 'uncollected', value: uncollected / issued, words: share(uncollected, issued, language) }, { kind: 'returned', value: returned / issued, words: share(returned, issued, language) }],
    })), lineWidth),
    table: {
      head: [t('overview.channel'), t('overview.issued'), t('overview.uncollected'), '%', t('overview.returned'), '%'],
      rows: sent.map(({ channel, issued, uncollected, returned }) => [t(`common.channels.${channel}`), whole(issued, language), whole(uncollected, language), share(uncollected, issued, language), whole(returned, language), share(returned, issued, language)]),
    },
  }
}

function refusalsOf ({ refusals: { reasons } }: Figures, { t, language }: Reader): Panel | undefined {
  const nameOf = (code: string) => hasText(`overview.reasons.${code}`) ? t(`overview.reasons.${code}` as Parameters<Translate>[0]) : code
  return counted('refusals', reasons.map(({ code, count }) => ({ label: nameOf(code), count })), { title: t('overview.refusals'), about: t('overview.refusalsAbout'), head: t('overview.reason'), number: t('overview.attempts') }, language)
}

function pointsOf ({ points }: Figures, { t, language, names }: Reader): Panel | undefined {
  return counted('points', points.map(({ id, count }) => ({ label: names.get(id)?.[language] ?? id, count })), { title: t('overview.points'), about: t('overview.pointsAbout'), head: t('overview.point'), number: t('overview.issued') }, language)
}

function counted (
  id: Panel['id'], lines: ReadonlyArray<{ label: string, count: number }>, words: { title: string, about: string, head: string, number: string }, language: Language
): Panel | undefined {
  if (lines.length === 0) return undefined
  return {
    id,
    title: words.title,
    about: words.about,
    kinds: [],
    chart: lyingBars(lines.map(({ label, count }) => ({ label, bars: [{ kind: 'counted', value: count, words: whole(count, language) }] })), lineWidth),
    table: { head: [words.head, words.number], rows: lines.map(({ label, count }) => [label, whole(count, language)]) },
  }
}

/** 1 234 567 as the language groups it. */
export function whole (count: number, language: Language): string {
  return new Intl.NumberFormat(language === 'en' ? 'en-GB' : language).format(count)
}

function share (part: number, of: number, language: Language): string {
  return of === 0 ? '–' : new Intl.NumberFormat(language === 'en' ? 'en-GB' : language, { style: 'percent', maximumFractionDigits: 1 }).format(part / of)
}

/** "3 d 4 h", "5 h 20 min". @param seconds null when there is nothing to tell */
function duration (seconds: number | null, { t }: Pick<Reader, 't' | 'language'>): string {
  if (seconds === null) return '–'
  const minutes = Math.round(seconds / 60)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  return days > 0 ? t('overview.daysHours', { days, hours }) : t('overview.hoursMinutes', { hours, minutes: minutes % 60 })
}

/** A week's name under its bar: "16.11." in Finnish and Swedish, "16 Nov" in English. */
function dayAndMonth (day: string, language: Language): string {
  const short = shortDay(day, language)
  return language === 'en' ? short.slice(0, -5) : short.slice(0, -4)
}
