/** Moments as the API writes them. Pure. */
import { Temporal } from 'temporal-polyfill'

/** RFC 3339 with the zone's offset and whole seconds, for example `2026-11-21T15:57:00+02:00`. */
export function formatRfc3339 (moment: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).round({ smallestUnit: 'second', roundingMode: 'trunc' }).toString({ timeZone: zone })
}
