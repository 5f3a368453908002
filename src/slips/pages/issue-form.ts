/** The form that issues a slip: its fields, the request built from it, and the field that shows each error. Pure. */
import type { FormFields, FormMessage } from '../../http/forms.js'
import type { FieldError } from '../../institution/base-error.js'
import { parseDate } from '../../institution/dates.js'
import type { FormValues } from '../../institution/input.js'
import { formatRefusal, type Translate } from '../../i18n/translate.js'
import { suggestLatinName } from '../../accounts/names/transliterate.js'
import type { Account } from '../../accounts/queries.js'
import type { Refusal } from '../../institution/refusals.js'

/** The names that a new form suggests. */
export interface SuggestedNames {
  readonly recipient: string
  readonly latin: { readonly value: string } | undefined
}

/** Returns the values of a new form: the holder's name and language, and the first allowed channel. */
export function getInitialValues (account: Pick<Account, 'preferred_language'>, names: SuggestedNames, country: string, channel: string): FormValues {
  return {
    channel,
    language: account.preferred_language,
    'identityCheck.issuingCountry': country,
    'letter.recipient': names.recipient,
    'letter.country': country,
    'latinName.value': names.latin?.value ?? '',
  }
}

/**
 * Builds the API request from the form, to be parsed by the API schema. Leaves out the fields of other channels.
 * @param today `YYYY-MM-DD`, for years of two digits
 */
export function toIssueRequestInput (account: Pick<Account, 'id' | 'display_name'>, values: FormValues, today: string): Record<string, unknown> {
  const { channel } = values
  return {
    accountId: account.id,
    channel,
    language: values['language'] || undefined,
    requestReference: channel === 'counter' ? undefined : values['requestReference'] ?? '',
    identityCheck: channel === 'counter' ? toIdentityCheckInput(values, today) : undefined,
    porter: channel === 'porter' ? { servicePointId: values['porter.servicePointId'] || undefined } : undefined,
    letter: channel === 'registered-letter' ? toLetterInput(values) : undefined,
    latinName: toLatinNameInput(account, values),
  }
}

/** A suggestion that was left as it is, without a source, is no entry. */
export function toLatinNameInput ({ display_name: displayName }: Pick<Account, 'display_name'>, values: FormValues): Record<string, unknown> | undefined {
  const value = (values['latinName.value'] ?? '').trim()
  const reason = values['latinName.reason'] ?? ''
  return reason === '' && (value === '' || value === suggestLatinName(displayName).value) ? undefined : { value, reason }
}

/** Builds the letter of the API request. */
export function toLetterInput (values: FormValues): Record<string, unknown> {
  return {
    recipient: values['letter.recipient'] ?? '',
    lines: (values['letter.lines'] ?? '').split(/\r?\n/),
    postcode: values['letter.postcode'] ?? '',
    town: values['letter.town'] ?? '',
    country: values['letter.country'] ?? '',
  }
}

function toIdentityCheckInput (values: FormValues, today: string): Record<string, unknown> {
  const field = (name: string): string => values[`identityCheck.${name}`] ?? ''
  const reason = field('nameReason').trim()
  const birthDateReason = field('birthDateReason').trim()
  return {
    documentType: field('documentType') || undefined,
    issuingCountry: field('issuingCountry'),
    validUntil: readValidUntil(values, today),
    photoMatches: field('photoMatches') === 'yes',
    nameMatches: reason === '' ? field('nameMatches') === 'yes' : { reason },
    birthDateMatches: birthDateReason !== '' ? { reason: birthDateReason } : field('birthDateMatches') === 'yes' ? true : undefined,
  }
}

/** Reads the expiry of a document as the API writes it. Text that is no date stays as it is, for the schema to refuse. */
export function readValidUntil (values: FormValues, today: string): string | undefined {
  if (values['identityCheck.noExpiry'] === 'yes') return 'none'
  const typed = values['identityCheck.validUntil']?.trim() ?? ''
  return typed === '' ? undefined : parseDate(typed, { kind: 'expiry', today }) ?? typed
}

/** Finds the error that only the form can have: an expiry date and the tick that there is none. */
export function findExpiryErrors (values: FormValues): FieldError[] {
  const hasBoth = values['identityCheck.noExpiry'] === 'yes' && (values['identityCheck.validUntil']?.trim() ?? '') !== ''
  return hasBoth ? [{ path: 'identityCheck.validUntil', message: 'date-and-none' }] : []
}

/** The fields in the order of the page: for every channel, then counter, porter, letter, and the slip. */
export const issueFields: FormFields = {
  labels: {
    channel: 'slips.issue.channelName',
    'latinName.value': 'slips.issue.latin.value',
    'latinName.reason': 'slips.issue.latin.reason',
    'identityCheck.documentType': 'slips.issue.documentType',
    'identityCheck.issuingCountry': 'slips.issue.issuingCountry',
    'identityCheck.validUntil': 'slips.issue.validUntil',
    'identityCheck.noExpiry': null,
    'identityCheck.photoMatches': null,
    'identityCheck.nameMatches': null,
    'identityCheck.birthDateMatches': null,
    'identityCheck.nameReason': 'slips.issue.nameReason',
    'identityCheck.birthDateReason': 'slips.issue.birthDateReason',
    'porter.servicePointId': 'slips.issue.campus',
    requestReference: 'slips.issue.requestReference',
    'letter.recipient': 'slips.issue.recipient',
    'letter.lines': 'slips.issue.lines',
    'letter.country': 'slips.issue.country',
    'letter.postcode': 'slips.issue.postcode',
    'letter.town': 'slips.issue.town',
    language: 'slips.issue.language',
  },
  fieldOf: getFieldForError,
}

/** Returns the field that shows an error of the request. */
export function getFieldForError (path: string): string {
  if (path.startsWith('letter.lines')) return 'letter.lines'
  if (path === 'latinName') return 'latinName.value'
  if (path.startsWith('identityCheck.nameMatches')) return 'identityCheck.nameReason'
  if (path.startsWith('identityCheck.birthDateMatches.')) return 'identityCheck.birthDateReason'
  return path
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
  'name-differs-recipient-surname': 'letter.recipient',
  'name-differs-recipient-given-name': 'letter.recipient',
  'name-differs-recipient-shared': 'letter.recipient',
  'name-differs-recipient-shared-long': 'letter.recipient',
  'name-differs-recipient-latin-name': 'latinName.reason',
  'name-differs-latin-name-shared': 'latinName.value',
  'request-required': 'requestReference',
  'postcode-unknown': 'letter.postcode',
  'postcode-town-mismatch': 'letter.town',
  'postcode-town-mismatch-country': 'letter.country',
  'postcode-not-a-home': 'letter.postcode',
  'registered-letter-inside-area': 'letter.postcode',
  'service-point-closed': 'porter.servicePointId',
}

/** Returns the field that shows a refusal. A refusal about the account or the office is shown at the channel. */
function getFieldForRefusal ({ code, variant }: Refusal): string {
  return fieldsByRefusal[`${code}-${variant}`] ?? fieldsByRefusal[code] ?? 'channel'
}

/** Formats refusals as the messages of their fields. */
export function toRefusalMessages (t: Translate, refusals: readonly Refusal[]): FormMessage[] {
  return refusals.map(refusal => ({ path: getFieldForRefusal(refusal), message: formatRefusal(t, refusal) }))
}
