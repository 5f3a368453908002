/** The shape of a service point's opening hours; messages are keys of the texts under `fields`. Pure. */
import { z } from 'zod'
import { unlessMissing } from '../http/forms.js'

/** How much one service point can have. */
export const mostSeasons = 20
export const mostExceptions = 100

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { message: 'no-such-time', abort: true })
const day = z.iso.date({ ...unlessMissing('no-such-day'), abort: true })

/** Opening times of one kind of day, for example `{ opens: '08:00', closes: '20:00' }`. */
const span = z.object({ opens: clock, closes: clock })
  .refine(({ opens, closes }) => opens < closes, { path: ['closes'], message: 'closes-before-it-opens' })

/** Monday first: index 0 is Monday, 6 is Sunday; null is closed. */
const week = z.array(span.nullable()).length(7)

const season = z.object({ from: day, to: day, week })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'period-ends-before-it-begins' })

/** A range of days, both ends included, with a week of its own. */
export type Season = z.infer<typeof season>

const seasons = z.array(season).max(mostSeasons, 'too-many').superRefine((all, context) => {
  all.forEach((one, i) => {
    if (all.slice(0, i).some(earlier => overlap(one, earlier))) context.addIssue({ code: 'custom', path: [i, 'from'], message: 'seasons-overlap' })
  })
})

const exceptions = z.record(day, span.nullable()).superRefine((days, context) => {
  if (Object.keys(days).length <= mostExceptions) return
  context.addIssue({ code: 'too_big', origin: 'object', maximum: mostExceptions, inclusive: true, message: 'too-many' })
})

export const openingHoursSchema = z.object({
  /** The ordinary week. */
  week,
  /** No two cover the same day. */
  seasons: seasons.default([]),
  /** Single days that differ from everything else; null is closed all day. */
  exceptions: exceptions.default({}),
})

/** Weekly hours with seasonal ranges and exceptional days, in the institution's time zone. Public holidays are closed. */
export type OpeningHours = z.infer<typeof openingHoursSchema>

function overlap (a: Season, b: Season): boolean {
  return a.from <= b.to && b.from <= a.to
}
