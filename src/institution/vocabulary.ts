/**
 * The field's words, the same in code, tables, API, pages and documents (product.md, "Words").
 * Pure: lists and what follows from them.
 */
export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

export const roles = ['agent', 'porter', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

export const affiliations = ['student', 'applicant', 'staff', 'partner', 'external', 'training'] as const
export type Affiliation = (typeof affiliations)[number]

export const accountStatuses = ['active', 'not-yet-entitled', 'locked'] as const
export type AccountStatus = (typeof accountStatuses)[number]

export const servicePointKinds = ['helpdesk', 'student-affairs', 'human-resources', 'porter'] as const
export type ServicePointKind = (typeof servicePointKinds)[number]

/** The ways a slip may travel. */
export const channels = ['counter', 'porter', 'registered-letter'] as const
export type Channel = (typeof channels)[number]

/** The ways a code never travels: always refused, for everyone; no setting turns that off. */
export const prohibitedChannels = ['email', 'sms', 'phone'] as const
export type ProhibitedChannel = (typeof prohibitedChannels)[number]

export function isProhibitedChannel (channel: Channel | ProhibitedChannel): channel is ProhibitedChannel {
  return (prohibitedChannels as readonly string[]).includes(channel)
}

export const documentTypes = ['passport', 'identity-card', 'driving-licence', 'aliens-passport', 'refugee-travel-document'] as const
export type DocumentType = (typeof documentTypes)[number]

/** A text in the three languages of the house. */
export type Localised = Readonly<Record<Language, string>>
