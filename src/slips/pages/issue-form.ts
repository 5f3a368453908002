/** The page's form of an issue: its fields by name, as a request, and the request's errors as its fields'. Pure. */
import { parseDate } from '../../i18n/formatters.js'
import type { TextKey } from '../../i18n/translate.js'
import type { Account } from '../../accounts/queries.js'
import type { FieldError } from '../../institution/errors.js'
import type { Refusal } from '../../institution/refusals.js'

/** What was typed, by field name; a tick is 'yes' or ''. */
export type FormValues = Readonly<Record<string, string>>

/** The form before anybody has typed: the holder's own name and language, the first allowed channel. */
export function getInitialValues (account: Pick<Account, 'display_name' | 'preferred_language'>, country: string, channel: string): FormValues {
  return {
    channel,
    language: account.preferred_language,
    'identityCheck.issuingCountry': country,
    'letter.recipient': account.display_name,
    'letter.country': country,
  }
}

/** A posted form's texts; what is no text is left out. */
export function readFormValues (body: unknown): FormValues {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** The request that the form stands for; the schema of the API checks it. Fields of other channels do not count. */
export function toIssueRequestInput (accountId: string, values: FormValues): Record<string, unknown> {
  const { channel } = values
  return {
    accountId,
    channel,
    language: values['language'] || undefined,
    requestReference: channel === 'counter' ? undefined : values['requestReference'] ?? '',
    identityCheck: channel === 'counter' ? toIdentityCheckInput(values) : undefined,
    porter: channel === 'porter' ? { servicePointId: values['porter.servicePointId'] || undefined } : undefined,
    letter: channel === 'registered-letter' ? toLetterInput(values) : undefined,
  }
}

/** The letter's part of the form. */
export function toLetterInput (values: FormValues): Record<string, unknown> {
  return {
    recipient: values['letter.recipient'] ?? '',
    lines: (values['letter.lines'] ?? '').split(/\r?\n/),
    postcode: values['letter.postcode'] ?? '',
    town: values['letter.town'] ?? '',
    country: values['letter.country'] ?? '',
  }
}

function toIdentityCheckInput (values: FormValues): Record<string, unknown> {
  const field = (name: string): string => values[`identityCheck.${name}`] ?? ''
  const typedDay = field('validUntil')
  const reason = field('nameReason').trim()
  return {
    documentType: field('documentType') || undefined,
    issuingCountry: field('issuingCountry'),
    validUntil: typedDay === '' ? undefined : parseDate(typedDay) ?? typedDay,
    photoMatches: field('photoMatches') === 'yes',
    nameMatches: reason === '' ? field('nameMatches') === 'yes' : { reason },
    birthDateMatches: field('birthDateMatches') === 'yes' ? true : undefined,
  }
}

/** The field of the form that an error of the request belongs to. */
export function getFieldForError (error: FieldError): string {
  if (error.path.startsWith('letter.lines')) return 'letter.lines'
  if (error.path.startsWith('identityCheck.nameMatches')) return 'identityCheck.nameReason'
  return error.path
}

const labelsByField: Readonly<Record<string, TextKey>> = {
  channel: 'slips.issue.channelName',
  language: 'slips.issue.language',
  requestReference: 'slips.issue.requestReference',
  'identityCheck.documentType': 'slips.issue.documentType',
  'identityCheck.issuingCountry': 'slips.issue.issuingCountry',
  'identityCheck.validUntil': 'slips.issue.validUntil',
  'identityCheck.nameReason': 'slips.issue.nameReason',
  'porter.servicePointId': 'slips.issue.campus',
  'letter.recipient': 'slips.issue.recipient',
  'letter.lines': 'slips.issue.lines',
  'letter.postcode': 'slips.issue.postcode',
  'letter.town': 'slips.issue.town',
  'letter.country': 'slips.issue.country',
}

/** What a field is called on the page. */
export function getFieldLabel (field: string): TextKey {
  return labelsByField[field] ?? 'slips.issue.title'
}

const fieldsByRefusal: Readonly<Record<string, string>> = {
  'identity-not-checked': 'identityCheck.documentType',
  'identity-not-checked-photo': 'identityCheck.photoMatches',
  'identity-not-checked-birth-date': 'identityCheck.birthDateMatches',
  'document-not-accepted': 'identityCheck.documentType',
  'document-expired': 'identityCheck.validUntil',
  'name-differs': 'identityCheck.nameReason',
  'name-differs-namesake': 'identityCheck.nameReason',
  'name-differs-recipient': 'letter.recipient',
  'request-required': 'requestReference',
  'postcode-unknown': 'letter.postcode',
  'postcode-town-mismatch': 'letter.town',
  'postcode-not-a-home': 'letter.postcode',
  'registered-letter-inside-area': 'letter.postcode',
  'service-point-closed': 'porter.servicePointId',
}

/** The field of the form that a refusal is about; those about person or office belong to the channel. */
export function getFieldForRefusal ({ code, variant }: Refusal): string {
  return fieldsByRefusal[`${code}-${variant}`] ?? fieldsByRefusal[code] ?? 'channel'
}
