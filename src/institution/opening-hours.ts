/** The shape of a service point's opening hours; messages are keys of the texts under `fields`. Pure. */
import { z } from 'zod'
import { errorIfPresent } from './text.js'

/** How much one service point can have. */
export const MAX_SEASONS = 20
export const MAX_EXCEPTIONS = 100

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'no-such-time', abort: true })
const daySchema = z.iso.date({ ...errorIfPresent('no-such-day'), abort: true })

/** Opening times of one kind of day, for example `{ opens: '08:00', closes: '20:00' }`. */
const openingTimesSchema = z.object({ opens: timeSchema, closes: timeSchema })
  .refine(({ opens, closes }) => opens < closes, { path: ['closes'], message: 'closes-before-it-opens' })

/** Monday first: index 0 is Monday, 6 is Sunday; null is closed. */
const weekSchema = z.array(openingTimesSchema.nullable()).length(7)

const seasonSchema = z.object({ from: daySchema, to: daySchema, week: weekSchema })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'period-ends-before-it-begins' })

/** A range of days, both ends included, with a week of its own. */
export type Season = z.infer<typeof seasonSchema>

const seasonsSchema = z.array(seasonSchema).max(MAX_SEASONS, 'too-many').superRefine((all, context) => {
  all.forEach((one, i) => {
    if (all.slice(0, i).some(earlier => isOverlapping(one, earlier))) context.addIssue({ code: 'custom', path: [i, 'from'], message: 'seasons-overlap' })
  })
})

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

function isOverlapping (a: Season, b: Season): boolean {
  return a.from <= b.to && b.from <= a.to
}
