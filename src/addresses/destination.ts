/** What decides whether a letter may go: where to, and by whose rules. Types only. */
import type { Profile } from '../institution/profile.js'

/** Where a letter would go. Without a town, only what the postcode alone decides is asked. */
export interface Destination {
  readonly postcode: string
  readonly town?: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export type LetterRules = Pick<Profile, 'country' | 'letterFreeArea' | 'servicePoints'>
