/** Builds the overview in the user's language: tiles, charts and their tables, for the page and the PDF. Pure. */
import type { Language } from '../../institution/vocabulary.js'
import { formatDate, formatDayAndMonth, formatDuration, formatNumber, formatPercent } from '../../i18n/formatters.js'
import { hasText, type Translate } from '../../i18n/translate.js'
import { buildPatterns, type PatternsSection } from './build-patterns.js'
import { buildHorizontalBarChart, buildWeekChart, type HorizontalBarChart, type StackedBarChart } from './charts.js'
import type { ChannelFigures, Figures } from './figures.js'
import type { DataTable, FormatContext } from './format-context.js'

export interface Tile { readonly label: string, readonly value: string, readonly note: string }

/** A horizontal bar chart with its table. */
export interface ChartPanel {
  readonly id: 'times' | 'ends' | 'refusals' | 'points'
  readonly title: string
  readonly about: string
  readonly chart: HorizontalBarChart
  readonly kinds: ReadonlyArray<{ readonly kind: string, readonly label: string }>
  readonly table: DataTable
}

export interface Overview {
  readonly tiles: readonly Tile[]
  readonly weeks: { readonly title: string, readonly chart: StackedBarChart, readonly names: Readonly<Record<string, string>>, readonly kinds: ChartPanel['kinds'], readonly table: DataTable } | undefined
  readonly panels: readonly ChartPanel[]
  readonly patterns: PatternsSection
}

const BAR_CHART_WIDTH = 380

/** Builds the overview. @param wide the size of the chart by week */
export function buildOverview (figures: Figures, context: FormatContext, wide = { width: 1120, height: 300 }): Overview {
  return {
    tiles: buildTiles(figures, context),
    weeks: figures.issued === 0 ? undefined : buildWeeks(figures, context, wide),
    panels: [buildTimesPanel(figures, context), buildOutcomesPanel(figures, context), buildRefusalsPanel(figures, context), buildServicePointsPanel(figures, context)].filter(panel => panel !== undefined),
    patterns: buildPatterns(figures.patterns, context),
  }
}

function buildTiles (figures: Figures, { t, language }: FormatContext): Tile[] {
  const sent = figures.channels.filter(({ channel }) => channel !== 'counter')
  const add = (of: (figures: ChannelFigures) => number) => sent.reduce((sum, one) => sum + of(one), 0)
  const issued = add(one => one.issued)
  const porter = sent.find(({ channel }) => channel === 'porter')
  return [
    { label: t('overview.issued'), value: formatNumber(figures.issued, language), note: t('overview.issuedNote', { count: figures.weeks.length }) },
    { label: t('overview.median'), value: formatMedian(porter?.median ?? null, language), note: t('overview.medianNote') },
    { label: t('overview.uncollected'), value: formatPercent(add(one => one.uncollected), issued, language), note: t('overview.ofSent', { count: issued, number: add(one => one.uncollected), of: issued }) },
    { label: t('overview.returned'), value: formatPercent(add(one => one.returned), issued, language), note: t('overview.ofSent', { count: issued, number: add(one => one.returned), of: issued }) },
    { label: t('overview.refused'), value: formatNumber(figures.refusals.attempts, language), note: t('overview.refusedNote') },
  ]
}

function buildWeeks ({ weeks }: Figures, { t, language }: FormatContext, frame: { width: number, height: number }): Overview['weeks'] {
  const kinds = (['counter', 'porter', 'registered-letter'] as const).map(kind => ({ kind, label: t(`common.channels.${kind}`) }))
  return {
    title: t('overview.weeks'),
    chart: buildWeekChart(weeks, frame, count => formatNumber(count, language)),
    names: Object.fromEntries(weeks.map(({ monday }) => [monday, formatDayAndMonth(monday, language)])),
    kinds,
    table: {
      head: [t('overview.weekFrom'), ...kinds.map(({ label }) => label), t('overview.total')],
      rows: weeks.map(({ monday, counts, total }) => [formatDate(monday, language), ...Object.values(counts).map(count => formatNumber(count, language)), formatNumber(total, language)]),
    },
  }
}

function buildTimesPanel ({ channels }: Figures, { t, language }: FormatContext): ChartPanel | undefined {
  const timed = channels.filter(({ median }) => median !== null)
  if (timed.length === 0) return undefined
  return {
    id: 'times',
    title: t('overview.times'),
    about: t('overview.timesAbout'),
    kinds: [{ kind: 'median', label: t('overview.medianShort') }, { kind: 'ninetieth', label: t('overview.ninetieth') }],
    chart: buildHorizontalBarChart(timed.map(({ channel, median, ninetieth }) => ({
      label: t(`common.channels.${channel}`),
      bars: [{ kind: 'median', value: median!, text: formatDuration(median!, language) }, { kind: 'ninetieth', value: ninetieth!, text: formatDuration(ninetieth!, language) }],
    })), BAR_CHART_WIDTH),
    table: {
      head: [t('overview.channel'), t('overview.handedOver'), t('overview.medianShort'), t('overview.ninetieth')],
      rows: timed.map(one => [t(`common.channels.${one.channel}`), formatNumber(one.handedOver, language), formatMedian(one.median, language), formatMedian(one.ninetieth, language)]),
    },
  }
}

function buildOutcomesPanel ({ channels }: Figures, { t, language }: FormatContext): ChartPanel | undefined {
  const sent = channels.filter(({ channel }) => channel !== 'counter')
  if (sent.length === 0) return undefined
  return {
    id: 'ends',
    title: t('overview.ends'),
    about: t('overview.endsAbout'),
    kinds: [{ kind: 'uncollected', label: t('overview.uncollected') }, { kind: 'returned', label: t('overview.returned') }],
    chart: buildHorizontalBarChart(sent.map(({ channel, issued, uncollected, returned }) => ({
      label: t(`common.channels.${channel}`),
      bars: [{ kind: 'uncollected', value: uncollected / issued, text: formatPercent(uncollected, issued, language) }, { kind: 'returned', value: returned / issued, text: formatPercent(returned, issued, language) }],
    })), BAR_CHART_WIDTH),
    table: {
      head: [t('overview.channel'), t('overview.issued'), t('overview.uncollected'), '%', t('overview.returned'), '%'],
      rows: sent.map(({ channel, issued, uncollected, returned }) => [t(`common.channels.${channel}`), formatNumber(issued, language), formatNumber(uncollected, language), formatPercent(uncollected, issued, language), formatNumber(returned, language), formatPercent(returned, issued, language)]),
    },
  }
}

function buildRefusalsPanel ({ refusals: { reasons } }: Figures, { t, language }: FormatContext): ChartPanel | undefined {
  const nameOf = (code: string) => hasText(`overview.reasons.${code}`) ? t(`overview.reasons.${code}` as Parameters<Translate>[0]) : code
  return buildCountPanel('refusals', reasons.map(({ code, count }) => ({ label: nameOf(code), count })), { title: t('overview.refusals'), about: t('overview.refusalsAbout'), head: t('overview.reason'), number: t('overview.attempts') }, language)
}

function buildServicePointsPanel ({ points }: Figures, { t, language, names }: FormatContext): ChartPanel | undefined {
  return buildCountPanel('points', points.map(({ id, count }) => ({ label: names.get(id)?.[language] ?? id, count })), { title: t('overview.points'), about: t('overview.pointsAbout'), head: t('overview.point'), number: t('overview.issued') }, language)
}

function buildCountPanel (
  id: ChartPanel['id'], lines: ReadonlyArray<{ label: string, count: number }>, texts: { title: string, about: string, head: string, number: string }, language: Language
): ChartPanel | undefined {
  if (lines.length === 0) return undefined
  return {
    id,
    title: texts.title,
    about: texts.about,
    kinds: [],
    chart: buildHorizontalBarChart(lines.map(({ label, count }) => ({ label, bars: [{ kind: 'counted', value: count, text: formatNumber(count, language) }] })), BAR_CHART_WIDTH),
    table: { head: [texts.head, texts.number], rows: lines.map(({ label, count }) => [label, formatNumber(count, language)]) },
  }
}

/** Formats a duration, or a dash if no slip was handed over. */
function formatMedian (seconds: number | null, language: Language): string {
  return seconds === null ? '–' : formatDuration(seconds, language)
}
