/**
 * The terms of the domain, the same in code, tables, API, pages and documents.
 * Pure: lists, their types and checks of membership.
 */
// Languages are listed with their locales; the rest of the vocabulary is defined here.
export { type Language, languages, type Localised } from '../i18n/locales.js'

export const roles = ['agent', 'porter', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

export const affiliations = ['student', 'applicant', 'staff', 'partner', 'external', 'training'] as const
export type Affiliation = (typeof affiliations)[number]

export const accountStatuses = ['active', 'not-yet-entitled', 'locked'] as const
export type AccountStatus = (typeof accountStatuses)[number]

export const servicePointKinds = ['helpdesk', 'student-affairs', 'human-resources', 'porter'] as const
export type ServicePointKind = (typeof servicePointKinds)[number]

/** The ways in which a slip may reach its holder. */
export const channels = ['counter', 'porter', 'registered-letter'] as const
export type Channel = (typeof channels)[number]

/** The ways in which a code is never sent: always refused, for everyone. No setting allows them. */
export const prohibitedChannels = ['email', 'sms', 'phone'] as const
export type ProhibitedChannel = (typeof prohibitedChannels)[number]

export function isProhibitedChannel (channel: Channel | ProhibitedChannel): channel is ProhibitedChannel {
  return (prohibitedChannels as readonly string[]).includes(channel)
}

export const documentTypes = ['passport', 'identity-card', 'driving-licence', 'aliens-passport', 'refugee-travel-document'] as const
export type DocumentType = (typeof documentTypes)[number]

/** States of a slip that has not ended. */
export const openStates = ['prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered'] as const
export const finalStates = ['redeemed', 'returned', 'voided', 'expired', 'locked'] as const
export const slipStates = [...openStates, ...finalStates] as const
export type OpenState = (typeof openStates)[number]
export type SlipState = (typeof slipStates)[number]

/** States in which the code of a slip works. */
export const activeStates = ['handed-over', 'posted', 'delivered'] as const satisfies readonly OpenState[]

export const stepNames = ['issue', 'dispatch', 'receive', 'hand-over', 'return', 'post', 'deliver', 'redeem', 'void', 'expire', 'lock'] as const
export type StepName = (typeof stepNames)[number]

/** Steps of custody: what people do with an envelope between the issue of a slip and its end. */
export const custodySteps = ['dispatch', 'receive', 'hand-over', 'post', 'deliver', 'return'] as const satisfies readonly StepName[]
export type CustodyStep = (typeof custodySteps)[number]

/** Where the paper is: at the office, on the way, at the porter's desk, in the post, with its holder, or back at the office. */
export const envelopePlaces = ['office', 'on-the-way', 'desk', 'post', 'holder', 'returned'] as const
export type EnvelopePlace = (typeof envelopePlaces)[number]

/** Reasons that an agent can choose for voiding a slip; `other` requires an explanation. */
export const selectableVoidReasons = ['lost', 'wrong-person', 'not-needed', 'suspicion', 'other'] as const

/** Why a slip was voided. `print-failed` is a paper jam; `superseded` is set when a new slip replaces an open one. */
export const voidReasonCodes = [...selectableVoidReasons, 'print-failed', 'superseded'] as const
export type VoidReasonCode = (typeof voidReasonCodes)[number]

/** Why a holder is erased. A fixed list: free text could identify the person just erased. */
export const erasureReasons = ['holder-asked', 'account-by-mistake', 'no-longer-needed'] as const
export type ErasureReason = (typeof erasureReasons)[number]
