/** The form of a handover: few taps, and the same identity check as at the counter. Pure. */
import { listCountries } from '../../../addresses/countries.js'
import { parseDate } from '../../../i18n/formatters.js'
import type { Profile } from '../../../institution/profile.js'
import { documentTypes, type DocumentType, type Language } from '../../../institution/vocabulary.js'
import type { FormValues } from '../../../slips/pages/issue-form.js'

export interface DocumentChoice {
  /** `passport:FI`, or `passport:` where the country is still to be chosen. */
  readonly value: string
  readonly document: DocumentType
}

/** The accepted documents in two groups: issued in the institution's country, and elsewhere. */
export function listDocumentChoices ({ documents, country }: Pick<Profile, 'documents' | 'country'>): Record<'home' | 'elsewhere', DocumentChoice[]> {
  const accepted = documentTypes.map(document => ({ document, from: documents[document] ?? [] }))
  return {
    home: accepted.filter(({ from }) => from === 'any' || from.includes(country)).map(({ document }) => ({ value: `${document}:${country}`, document })),
    elsewhere: accepted.filter(({ from }) => from === 'any' || from.some(one => one !== country)).map(({ document }) => ({ value: `${document}:`, document })),
  }
}

/** Countries to choose from for a document issued elsewhere. */
export function listOtherCountries (home: string, language: Language): Array<{ value: string, label: string }> {
  return listCountries(language).filter(({ code }) => code !== home).map(({ code, name }) => ({ value: code, label: name }))
}

/**
 * The step that the form stands for; the schema of the API checks it. One tick says that the name is the holder's
 * and, where it is known, the date of birth.
 */
export function toHandoverRequest (values: FormValues, { birthDateKnown }: { readonly birthDateKnown: boolean }) {
  const field = (name: string): string => values[`identityCheck.${name}`]?.trim() ?? ''
  const ticked = (name: string): boolean => field(name) === 'yes'
  const [documentType, country] = field('documentType').split(':')
  const reason = field('nameReason')
  return {
    step: 'hand-over' as const,
    identityCheck: {
      documentType: documentType || undefined,
      issuingCountry: country || field('issuingCountry') || undefined,
      validUntil: field('validUntil') === '' ? undefined : parseTypedDay(field('validUntil')),
      photoMatches: ticked('photoMatches'),
      nameMatches: reason === '' ? ticked('nameMatches') : { reason },
      birthDateMatches: birthDateKnown && (ticked('nameMatches') || ticked('birthDateMatches')) ? true : undefined,
    },
  }
}

/** The country is asked for only once a document from elsewhere is chosen: until then it lacks nothing. */
export function isFieldRequired (field: string, values: FormValues): boolean {
  return field !== 'identityCheck.issuingCountry' || (values['identityCheck.documentType'] ?? '') !== ''
}

/** Without a reason for another name, all that lacks about name and date of birth belongs to their one tick. */
export function mapErrorField (field: string, values: FormValues): string {
  const ofTheTick = field === 'identityCheck.nameReason' || field === 'identityCheck.birthDateMatches'
  return ofTheTick && (values['identityCheck.nameReason'] ?? '').trim() === '' && values['identityCheck.nameMatches'] !== 'yes' ? 'identityCheck.nameMatches' : field
}

/** A phone's keyboard of digits has no full stop: 31122030 is a day too. */
function parseTypedDay (typed: string): string {
  return parseDate(typed.replace(/^(\d{2})(\d{2})(\d{4})$/, '$1.$2.$3')) ?? typed
}
