/** The shape of a service point's opening hours; messages are keys of the texts under `fields`. Pure. */
import { z } from 'zod'
import { errorIfPresent } from './text.js'

/** The maximum numbers for one service point. */
export const MAX_SEASONS = 20
export const MAX_EXCEPTIONS = 100

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'no-such-time', abort: true })
const daySchema = z.iso.date({ ...errorIfPresent('no-such-day'), abort: true })

/** Opening times of one kind of day, for example `{ opens: '08:00', closes: '20:00' }`. */
const openingTimesSchema = z.object({ opens: timeSchema, closes: timeSchema })
  .refine(({ opens, closes }) => opens < closes, { path: ['closes'], message: 'closes-before-it-opens' })

const periodDaysSchema = z.object({ from: daySchema, to: daySchema })
const periodSchema = periodDaysSchema.refine(isInOrder)

/** Monday first: index 0 is Monday, 6 is Sunday; null is closed. */
const weekSchema = z.array(openingTimesSchema.nullable()).length(7)

const seasonSchema = z.object({ from: daySchema, to: daySchema, week: weekSchema })
  // Also checked while the week has errors, so that all are reported together.
  .refine(isInOrder, { path: ['to'], message: 'period-ends-before-it-begins', when: ({ value }) => periodDaysSchema.safeParse(value).success })

/** A range of days, both ends included, with a week of its own. */
export type Season = z.infer<typeof seasonSchema>

const seasonsSchema = z.array(seasonSchema).max(MAX_SEASONS, 'too-many').superRefine((all, context) => {
  const periods = all.map(season => periodSchema.safeParse(season).data)
  periods.forEach((one, i) => {
    if (periods.slice(0, i).some(earlier => isOverlapping(one, earlier))) context.addIssue({ code: 'custom', path: [i, 'from'], message: 'seasons-overlap' })
  })
}, { when: ({ value }) => Array.isArray(value) })

const exceptionsSchema = z.record(daySchema, openingTimesSchema.nullable()).superRefine((days, context) => {
  if (Object.keys(days).length <= MAX_EXCEPTIONS) return
  context.addIssue({ code: 'too_big', origin: 'object', maximum: MAX_EXCEPTIONS, inclusive: true, message: 'too-many' })
})

export const openingHoursSchema = z.object({
  /** The ordinary week. */
  week: weekSchema,
  /** No two cover the same day. */
  seasons: seasonsSchema.default([]),
  /** Single days that differ from everything else; null is closed all day. */
  exceptions: exceptionsSchema.default({}),
})

/** Weekly hours with seasonal ranges and exceptional days, in the institution's time zone. Public holidays are closed. */
export type OpeningHours = z.infer<typeof openingHoursSchema>

type Period = z.infer<typeof periodSchema>

/** Returns whether two seasons share a day; false for one whose days are not valid. */
function isOverlapping (a: Period | undefined, b: Period | undefined): boolean {
  return a !== undefined && b !== undefined && a.from <= b.to && b.from <= a.to
}

function isInOrder ({ from, to }: { from: string, to: string }): boolean {
  return from <= to
}
