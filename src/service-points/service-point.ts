/** A service point: where an account holder is met. Types only. */
import type { Localised, ServicePointKind } from '../institution/words.js'
import type { Coordinates } from './distance.js'
import type { OpeningHours } from './hours-schema.js'

export interface ServicePoint {
  readonly id: string
  readonly kind: ServicePointKind
  readonly name: Localised
  readonly campus: string
  /** Street, postcode and town in one line. */
  readonly address: string
  readonly hours: OpeningHours
  /** Approximate, to tell which campus is nearer; unknown when missing. */
  readonly location?: Coordinates | null
}
