/** What a printed slip says, as plain data: everything is decided by the caller, only the words are found here. */
import type { Profile } from '../../institution/profile.js'
import type { Language, Localised } from '../../institution/words.js'
import type { PickUpHours } from '../../service-points/pick-up-hours.js'
import type { ActivationCode } from '../activation-code.js'

export interface SlipContent {
  /** The holder's language leads; a second one, if any, follows each part in smaller print. */
  readonly languages: readonly [Language] | readonly [Language, Language]
  /** `XXX-XXX-XXX`. */
  readonly slipNumber: string
  readonly code: ActivationCode
  readonly username: string
  readonly displayName: string
  readonly delivery: CounterContent | PorterContent | LetterContent
  readonly issuedAt: Date
  /** The name of the service point that issued the slip. */
  readonly issuedBy: Localised
  /** The last moment of the code; not said on porter slips, whose days count from the handover. */
  readonly expiresAt: Date
  /** The address of the activation page, without a fragment, such as `https://host/activate`. */
  readonly activationUrl: string
  readonly institution: SlipInstitution
}

/** What the paper says of the institution; a whole profile will do. */
export type SlipInstitution =
  Pick<Profile, 'name' | 'returnAddress' | 'contact' | 'passwordMinimum' | 'envelope' | 'timeZone' | 'documents'>

export interface CounterContent {
  readonly channel: 'counter'
}

export interface PorterContent {
  readonly channel: 'porter'
  readonly servicePointName: Localised
  readonly campus: string
  readonly address: string
  readonly hours: PickUpHours
  /** The last moment at which the slip can be collected. */
  readonly collectBy: Date
  readonly validDaysAfterHandover: number
}

export interface LetterContent {
  readonly channel: 'registered-letter'
  /** The recipient's address as the post wants it, country last where it is abroad: at most five lines. */
  readonly windowLines: readonly string[]
}
