/** A service point, and the distance between two places. Pure. */
import type { Localised, ServicePointKind } from '../institution/vocabulary.js'
import type { OpeningHours } from '../institution/opening-hours.js'
import type { Coordinates } from '../institution/profile.js'

export interface ServicePoint {
  readonly id: string
  readonly kind: ServicePointKind
  readonly name: Localised
  readonly campus: string
  /** Street, postcode and town in one line. */
  readonly address: string
  readonly hours: OpeningHours
  /** Approximate, to find the nearest campus; unknown when missing. */
  readonly location?: Coordinates | null
}

const EARTH_RADIUS_KM = 6371

/** Calculates the great-circle distance between two places (kilometres), by the haversine formula. */
export function kilometresBetween (a: Coordinates, b: Coordinates): number {
  const [latitudeA, latitudeB] = [toRadians(a.latitude), toRadians(b.latitude)]
  const chord = Math.sin((latitudeB - latitudeA) / 2) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(toRadians(b.longitude - a.longitude) / 2) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)))
}

function toRadians (degrees: number): number {
  return degrees * Math.PI / 180
}
