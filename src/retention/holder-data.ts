/**
 * The data that a holder receives about themselves (GDPR Art. 15), as JSON and as PDF. Staff are described by role and
 * office only, because their names are their own personal data (CJEU C-579/21). Keyed hashes, salts and digests describe
 * no person and are left out. Types only.
 */
import type { AccountStatus, Affiliation, Channel, DocumentType, EnvelopePlace, Language, SlipState, StepName, VoidReasonCode } from '../institution/vocabulary.js'

/** Who did something, as disclosed to a holder. */
export type ActorKind = 'agent' | 'porter' | 'administrator' | 'holder' | 'identity-system' | 'system' | 'staff' | 'unknown'

/** Timestamps are RFC 3339 in the institution's time zone. Unknown or erased values are null. */
export interface HolderData {
  readonly format: 'slipdesk-holder-data'
  readonly version: 1
  readonly institution: string
  readonly madeAt: string
  /** The retention periods of the institution's profile. */
  readonly retention: Readonly<Record<string, number>>
  readonly account: {
    readonly id: string
    readonly username: string
    readonly displayName: string
    readonly latinName: string | null
    /** The last name, where the source of the account has it separately. */
    readonly lastName: string | null
    readonly studentNumber: string | null
    readonly birthDate: string | null
    readonly affiliation: Affiliation
    readonly status: AccountStatus
    readonly preferredLanguage: Language
    readonly updatedAt: string
    readonly goneFromDirectoryAt: string | null
    /** Stored only by the built-in directory; never the password itself. */
    readonly passwordSetAt: string | null
  }
  readonly slips: readonly HolderSlip[]
  readonly events: readonly HolderEvent[]
}

export interface HolderSlip {
  readonly number: string
  readonly channel: Channel
  readonly state: SlipState
  readonly language: Language
  readonly issuedAt: string
  readonly servicePoint: string
  readonly expiresAt: string
  readonly endedAt: string | null
  readonly voidReason: VoidReasonCode | null
  readonly replaces: string | null
  readonly requestReference: string | null
  /** The name in Latin letters that was entered for this slip, and where the spelling comes from. */
  readonly latinName: { readonly value: string, readonly reason: string } | null
  readonly delivery: {
    readonly porter: string | null
    readonly collectBy: string | null
    readonly recipient: string | null
    readonly lines: readonly string[] | null
    readonly postcode: string | null
    readonly town: string | null
    readonly country: string | null
    readonly trackingNumber: string | null
    readonly personalHandover: boolean | null
    readonly envelopeAt: EnvelopePlace
  }
  readonly identityChecks: ReadonlyArray<{
    readonly documentType: DocumentType
    readonly issuingCountry: string | null
    /** `none` for a document without an expiry date; null after it was erased. */
    readonly validUntil: string | null
    readonly photoMatches: boolean
    readonly nameMatches: boolean
    readonly nameReason: string | null
    readonly birthDateMatches: boolean | null
    readonly birthDateReason: string | null
    readonly checkedAt: string
    readonly servicePoint: string
  }>
  readonly steps: ReadonlyArray<{ readonly step: StepName, readonly to: SlipState, readonly at: string, readonly by: ActorKind, readonly servicePoint: string | null, readonly note: string | null }>
  readonly redemptions: ReadonlyArray<{ readonly reservedAt: string, readonly endedAt: string | null, readonly outcome: string | null, readonly by: ActorKind }>
  /** The right code was tried while it was inactive. */
  readonly alerts: ReadonlyArray<{ readonly firstAt: string, readonly lastAt: string, readonly tries: number, readonly settledAt: string | null }>
  readonly wrongTries: number
  /** The idempotency keys that an API client chose for its requests; stored for thirty days. */
  readonly requestKeys: readonly string[]
}

export interface HolderEvent {
  readonly id: string
  readonly at: string
  readonly kind: string
  readonly by: ActorKind
  readonly slip: string | null
  readonly servicePoint: string | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly texts: Readonly<Record<string, string>>
}
