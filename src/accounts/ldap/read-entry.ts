/** An entry of the directory becomes the draft of an account, or the reasons why not. Pure. */
import type { Entry } from 'ldapts'
import { toFieldErrors } from '../../http/forms.js'
import type { FieldError } from '../../http/problems.js'
import { languages } from '../../institution/words.js'
import { accountRowSchema } from '../account-row.js'
import type { AccountDraft } from '../upsert-accounts.js'
import type { AttributeMap } from './attribute-map.js'
import { resolveStatus } from './status-rules.js'

export type ParsedEntry =
  | { readonly ok: true, readonly draft: AccountDraft }
  | { readonly ok: false, readonly errors: readonly FieldError[] }

/** Reads entries with the institution's map; `now` bounds birth dates and decides rules of time. */
export function createEntryParser (map: AttributeMap, now: Date): (entry: Entry) => ParsedEntry {
  const schema = accountRowSchema(now.toISOString().slice(0, 10))
  return entry => {
    const { cells, errors } = extractCells(entry, map, now)
    const parsed = schema.safeParse(cells)
    if (parsed.success && errors.length === 0) return { ok: true, draft: parsed.data }
    const told = new Set(errors.map(error => error.path))
    const further = parsed.success ? [] : toFieldErrors(parsed.error.issues).filter(error => !told.has(error.path))
    return { ok: false, errors: [...errors, ...further] }
  }
}

/** The entry's user names, in lower case: what cannot be read as text is none. */
export function extractUsernames (entry: Entry, map: AttributeMap): string[] {
  return getValues(entry, map.username).filter(value => typeof value === 'string').map(value => value.trim().normalize().toLowerCase())
}

/** What the entry says, as the cells of an accounts file, and what of it is no text or more than one value. */
function extractCells (entry: Entry, map: AttributeMap, now: Date) {
  const errors: FieldError[] = []
  const texts = (attribute: string, path: string): string[] => {
    const values = getValues(entry, attribute)
    if (values.some(value => typeof value !== 'string')) errors.push({ path, message: 'not-text' })
    return values.filter(value => typeof value === 'string')
  }
  const first = (attribute: string | undefined, path: string) => attribute === undefined ? undefined : texts(attribute, path)[0] ?? ''
  const usernames = texts(map.username, 'username')
  if (usernames.length > 1) errors.push({ path: 'username', message: 'several-values' })
  const affiliations = texts(map.affiliation.attribute, 'affiliations')
  const cells = {
    username: usernames[0] ?? '',
    display_name: map.displayName.flatMap(attribute => texts(attribute, 'display_name'))[0] ?? '',
    affiliations: mapAffiliations(affiliations, map.affiliation),
    status: resolveStatus(attribute => texts(attribute, 'status'), map.status, now),
    preferred_language: parseLanguage(first(map.preferredLanguage, 'preferred_language')),
    birth_date: toIsoDate(first(map.birthDate, 'birth_date')),
    student_number: first(map.studentNumber, 'student_number'),
  }
  return { cells, errors }
}

/** Attributes are named in any case, and the server answers in its own. */
function getValues (entry: Entry, attribute: string): ReadonlyArray<string | Buffer> {
  const name = Object.keys(entry).find(one => one.toLowerCase() === attribute.toLowerCase())
  const values = name === undefined ? [] : entry[name]!
  return Array.isArray(values) ? values : [values]
}

function mapAffiliations (values: readonly string[], { values: words, otherwise }: AttributeMap['affiliation']): string {
  const known = new Map(Object.entries(words).map(([value, word]) => [value.toLowerCase(), word]))
  const found = values.flatMap(value => known.get(value.trim().toLowerCase()) ?? [])
  return found.length > 0 ? found.join(' ') : otherwise ?? ''
}

/** `sv-FI, en;q=0.5` (RFC 2798 §2.7) as `sv`; a language that is not spoken here says nothing. */
function parseLanguage (text: string | undefined): string | undefined {
  const wanted = /^[a-z]+/.exec(text?.trim().toLowerCase() ?? '')?.[0]
  return languages.find(language => language === wanted)
}

/** `19991231` and generalized times as 1999-12-31; anything else as it is. */
function toIsoDate (text: string | undefined): string | undefined {
  return text?.trim().replace(/^(\d{4})(\d{2})(\d{2})(\d{2,6}(\.\d+)?Z?)?$/, '$1-$2-$3')
}
