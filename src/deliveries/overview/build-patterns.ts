/** Builds the section of unusual patterns, for the page and the PDF. Pure. */
import { formatDateTime, formatNumber } from '../../i18n/formatters.js'
import { REDEEMED_AT_ONCE_SECONDS, REFUSALS_BEFORE_ISSUE, REFUSALS_WITHIN_HOURS, type UnusualPattern } from '../../slips/rules/patterns.js'
import type { DataTable, FormatContext } from './format-context.js'
import type { PatternFigures } from './patterns.js'

export interface PatternsSection {
  readonly title: string
  readonly about: string
  readonly items: ReadonlyArray<{
    readonly pattern: UnusualPattern
    readonly title: string
    readonly about: string
    readonly isFound: boolean
    readonly count: string
    readonly newest: ReadonlyArray<{ readonly number: string, readonly at: string, readonly by: string }>
  }>
  readonly table: DataTable
}

/** Builds the section. It says how each pattern is found, and accuses no one. */
export function buildPatterns (figures: readonly PatternFigures[], { t, language, profile: { timeZone, reissue } }: FormatContext): PatternsSection {
  const values = { ...reissue, seconds: REDEEMED_AT_ONCE_SECONDS, refusals: REFUSALS_BEFORE_ISSUE, hours: REFUSALS_WITHIN_HOURS }
  const items = figures.map(({ pattern, count, newest }) => ({
    pattern,
    title: t(`overview.patterns.${pattern}.title`),
    about: t(`overview.patterns.${pattern}.about`, values),
    isFound: count > 0,
    count: formatNumber(count, language),
    newest: newest.map(({ number, issuedAt, issuedBy }) => ({ number, at: formatDateTime(issuedAt, timeZone, language), by: issuedBy })),
  }))
  return {
    title: t('overview.patterns.title'),
    about: t('overview.patterns.intro'),
    items,
    table: { head: [t('overview.patterns.pattern'), t('overview.patterns.slips')], rows: items.map(({ title, count }) => [title, count]) },
  }
}
