/** The handover form: the same identity check as at the counter, with few taps. Pure. */
import { listCountries } from '../../../addresses/countries.js'
import { describeFaults, type FormFaults, type FormMessage } from '../../../http/forms.js'
import type { FormValues } from '../../../institution/input.js'
import type { FieldError } from '../../../institution/base-error.js'
import type { Translate } from '../../../i18n/translate.js'
import type { Profile } from '../../../institution/profile.js'
import type { Refusal } from '../../../institution/refusals.js'
import { documentTypes, type DocumentType, type Language } from '../../../institution/vocabulary.js'
import { getFieldForError, issueFields, readValidUntil, toRefusalMessages } from '../../../slips/pages/issue-form.js'
import type { MisplacedScan } from '../scan-field.js'

export const VALID_UNTIL_FIELD = 'identityCheck.validUntil'

export interface DocumentChoice {
  /** `passport:FI`, or `passport:` if a country must be chosen. */
  readonly value: string
  readonly document: DocumentType
}

/** Lists the accepted documents in two groups: issued in the institution's country, and in other countries. */
export function listDocumentChoices ({ documents, country }: Pick<Profile, 'documents' | 'country'>): Record<'home' | 'elsewhere', DocumentChoice[]> {
  const accepted = documentTypes.map(document => ({ document, from: documents[document] ?? [] }))
  return {
    home: accepted.filter(({ from }) => from === 'any' || from.includes(country)).map(({ document }) => ({ value: `${document}:${country}`, document })),
    elsewhere: accepted.filter(({ from }) => from === 'any' || from.some(one => one !== country)).map(({ document }) => ({ value: `${document}:`, document })),
  }
}

/** Lists the countries to choose from for a document issued in another country. */
export function listOtherCountries (home: string, language: Language): Array<{ value: string, label: string }> {
  return listCountries(language).filter(({ code }) => code !== home).map(({ code, name }) => ({ value: code, label: name }))
}

/**
 * Builds the API request from the form, to be parsed by the API schema. One tick confirms the name and, if it is known,
 * the date of birth. Where one of them differs, a reason is written and the other is ticked alone.
 * @param today `YYYY-MM-DD`, for years of two digits
 */
export function toHandoverRequest (values: FormValues, { birthDateKnown, today }: { readonly birthDateKnown: boolean, readonly today: string }) {
  const field = (name: string): string => values[`identityCheck.${name}`]?.trim() ?? ''
  const ticked = (name: string): boolean => field(name) === 'yes'
  const [documentType, country] = field('documentType').split(':')
  const [nameReason, birthDateReason] = [field('nameReason'), field('birthDateReason')]
  return {
    step: 'hand-over' as const,
    identityCheck: {
      documentType: documentType || undefined,
      issuingCountry: country || field('issuingCountry') || undefined,
      validUntil: readValidUntil(values, today),
      photoMatches: ticked('photoMatches'),
      nameMatches: nameReason !== '' ? { reason: nameReason } : ticked('nameMatches') || ticked('nameMatchesAlone'),
      birthDateMatches: !birthDateKnown ? undefined : birthDateReason !== '' ? { reason: birthDateReason } : ticked('nameMatches') || ticked('birthDateMatches') ? true : undefined,
    },
  }
}

export interface HandoverFaults {
  readonly errors: readonly FieldError[]
  readonly refusals: readonly Refusal[]
  /** The slip number that was scanned into the date field. */
  readonly misplacedScan?: MisplacedScan | undefined
}

/** Describes the errors of the form. An error without a field, such as the porter's own envelope, is only in the summary. */
export function describeHandoverFaults (t: Translate, values: FormValues, { errors, refusals, misplacedScan }: HandoverFaults): FormFaults {
  const fieldOf = (path: string) => mapErrorField(getFieldForError(path), values)
  const shownErrors = errors.filter(({ path }) => isFieldShown(fieldOf(path), values) && (misplacedScan === undefined || fieldOf(path) !== VALID_UNTIL_FIELD))
  const refused = toRefusalMessages(t, refusals).map(({ path = '', message }) => ({ path: mapErrorField(path, values), message }))
  const messages: FormMessage[] = [
    ...misplacedScan === undefined ? [] : [{ path: VALID_UNTIL_FIELD, message: t(`porter.scan.${misplacedScan}`), needsLabel: true }],
    ...takeFirstByField(refused).map(({ path, message }) => path === 'channel' ? { message } : { path, message }),
  ]
  return describeFaults({ errors: shownErrors, messages }, values, { labels: issueFields.labels, fieldOf }, t)
}

/** The country is required only for a document issued in another country. */
function isFieldShown (field: string, values: FormValues): boolean {
  return field !== 'identityCheck.issuingCountry' || (values['identityCheck.documentType'] ?? '') !== ''
}

/** Without a reason for a difference, errors of name and date of birth are shown at their shared tick box. */
function mapErrorField (field: string, values: FormValues): string {
  const belongsToTick = field === 'identityCheck.nameReason' || field === 'identityCheck.birthDateMatches'
  const isReasonMissing = ['identityCheck.nameReason', 'identityCheck.birthDateReason'].every(name => (values[name] ?? '').trim() === '')
  return belongsToTick && isReasonMissing && values['identityCheck.nameMatches'] !== 'yes' ? 'identityCheck.nameMatches' : field
}

function takeFirstByField<M extends { readonly path: string }> (messages: readonly M[]): M[] {
  return messages.filter(({ path }, index) => messages.findIndex(message => message.path === path) === index)
}
