/**
 * Reads one row of an accounts file, or the same fields of a directory's entry, as an account draft. User name, name and
 * affiliation have to be right. Every other field is read on its own: one that cannot be read is left out with a warning,
 * and the person is taken. Pure.
 */
import { z } from 'zod'
import { hasText, type TextValues } from '../i18n/translate.js'
import type { FieldError } from '../institution/base-error.js'
import { parseDate } from '../institution/dates.js'
import { toFieldErrors } from '../institution/input.js'
import { foldText } from '../institution/text.js'
import { accountStatuses, affiliations, type Affiliation } from '../institution/vocabulary.js'
import { ERASED_NAME } from './erasure-markers.js'
import { hasDamagedLetters, isPlaceholder, isPlaceholderName, removeInvisible, repairDoubleDecoding, undoSpreadsheetGuard } from './import/clean-text.js'
import { readLanguage } from './import/read-language.js'
import { isLatinName } from './names/scripts.js'
import type { AccountDraft } from './upsert-accounts.js'

/** The headers of an accounts file. `first_names` and `last_name` together replace `display_name`. */
export const accountHeaders = [
  'username', 'student_number', 'display_name', 'first_names', 'last_name', 'affiliations', 'status', 'preferred_language', 'birth_date', 'latin_name',
] as const
export type AccountHeader = (typeof accountHeaders)[number]

/** The cells of a row by column; a missing column changes nothing. */
export type AccountCells = Readonly<Partial<Record<AccountHeader, string | undefined>>>

/** A remark on one field of a row that is taken. Its sentence is `accountImport.warnings.<code>` or `.notes.<code>`. */
export interface FieldRemark {
  readonly column: AccountHeader
  readonly code: string
  readonly values: TextValues
}

export type RowResult =
  /** `warnings`: something is lost or doubtful. `notes`: written in another way, with the same meaning. */
  | { readonly ok: true, readonly draft: AccountDraft, readonly warnings: readonly FieldRemark[], readonly notes: readonly FieldRemark[] }
  | { readonly ok: false, readonly errors: readonly FieldError[] }

const MAX_SHOWN_LENGTH = 60
const MAX_NAME_LENGTH = 200

const usernameSchema = z.string().min(1, { error: 'required', abort: true }).regex(/^[a-z0-9][a-z0-9._@+'-]{0,99}$/, 'username-shape')
const nameSchema = z.string().min(1, { error: 'required', abort: true }).max(MAX_NAME_LENGTH, 'too-long').refine(name => foldText(name) !== '' && name !== ERASED_NAME, 'name-shape')
const affiliationSchema = z.string().transform(text => text.split(/[\s,;|/&+]+/).filter(one => one !== ''))
  .pipe(z.array(z.enum(affiliations)).min(1, 'required')).transform(selectAffiliation)
const requiredFields = z.object({ username: usernameSchema, display_name: nameSchema, affiliations: affiliationSchema })

/** Day and month could be the other way round. */
const ambiguousDate = /^(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|1[0-2])\//
/** The usual way to write a day in the Nordic countries needs no remark. */
const usualDate = /^\d{1,2}\.\d{1,2}\.\d{4}$/

export interface RowContext {
  /** The institution's day, `YYYY-MM-DD`: no birth date is after it. */
  readonly today: string
  /** True where another row of the file has the month first (12/31/1999): then 01/02/1999 has two meanings. */
  readonly hasMonthFirstDates?: boolean
}

/** Reads a row. */
export function readAccountRow (cells: AccountCells, context: RowContext): RowResult {
  const row = new RowReader(cells, context)
  const parsed = requiredFields.safeParse({ username: row.readUsername(), display_name: row.readName(), affiliations: row.readAffiliations() })
  if (!parsed.success) return { ok: false, errors: toFieldErrors(parsed.error.issues).map(error => ({ ...error, path: error.path.split('.')[0]! })) }
  const status = row.readStatus()
  const draft: AccountDraft = {
    username: parsed.data.username,
    displayName: parsed.data.display_name,
    affiliation: parsed.data.affiliations,
    studentNumber: row.readStudentNumber(),
    // It is not known whether a new account with an unknown status may have a slip.
    ...status === 'unknown' ? { status: undefined, statusOfNew: 'locked' } : { status },
    preferredLanguage: row.readLanguage(),
    birthDate: row.readBirthDate(),
    latinName: row.readLatinName(),
    lastName: row.readLastName(),
  }
  return { ok: true, draft, warnings: row.warnings, notes: row.notes }
}

/** Selects one of several affiliations: staff, or else the first in the order of `affiliations`. */
function selectAffiliation (several: readonly Affiliation[]): Affiliation {
  return several.includes('staff') ? 'staff' : affiliations.find(one => several.includes(one))!
}

class RowReader {
  readonly warnings: FieldRemark[] = []
  readonly notes: FieldRemark[] = []
  readonly #cells: AccountCells
  readonly #context: RowContext

  constructor (cells: AccountCells, context: RowContext) {
    this.#cells = cells
    this.#context = context
  }

  readUsername (): string {
    const text = this.#clean('username')?.normalize('NFKC').replace(/[’‘ʼ＇]/g, "'").replace(/[İı]/g, 'i').toLowerCase() ?? ''
    return isPlaceholderName(text) || /^(?:null|0+)$/.test(text) ? '' : text
  }

  readAffiliations (): string {
    return this.#clean('affiliations')?.toLowerCase() ?? ''
  }

  /** The name in one column, or else in two, of which one may be blank: many people have a single name. */
  readName (): string {
    const whole = this.#cleanName('display_name')
    return whole !== '' ? whole : [this.#cleanName('first_names'), this.#cleanName('last_name')].filter(part => part !== '').join(' ')
  }

  /** @returns null for a blank cell, which clears the number; undefined when there is no column or the cell is dropped */
  readStudentNumber (): string | null | undefined {
    const text = this.#readOptional('student_number')
    if (text === undefined || text === '') return text === '' ? null : undefined
    // `12345.0` is a number from a table of numbers, `'0012345` a text from a spreadsheet.
    const number = this.#rewrite('student_number', text, text.normalize('NFKC').replace(/^'(?=\d)/, '').replace(/^(\d+)[.,]0+$/, '$1'))
    const isShaped = /^[a-z0-9][a-z0-9./-]{0,29}$/i.test(number) && !/^\d+(?:[.,]\d+)?e\d+$/i.test(number)
    return isShaped ? number : this.#drop('student_number', text)
  }

  readStatus (): AccountDraft['status'] | 'unknown' {
    const text = this.#readOptional('status')
    if (text === undefined || text === '') return undefined
    const word = text.toLowerCase().replace(/[\s_]+/g, '-')
    const status = accountStatuses.find(one => one === word)
    if (status !== undefined) return status
    this.#drop('status', text)
    return 'unknown'
  }

  readLanguage (): AccountDraft['preferredLanguage'] {
    const text = this.#readOptional('preferred_language')
    if (text === undefined || text === '') return undefined
    const language = readLanguage(text)
    if (language === undefined) return this.#drop('preferred_language', text)
    return text.toLowerCase() === language ? language : this.#rewrite('preferred_language', text, language)
  }

  /** @returns null for a blank cell, which clears the date; undefined when there is no column or the cell is dropped */
  readBirthDate (): string | null | undefined {
    const text = this.#readOptional('birth_date')
    if (text === undefined || text === '') return text === '' ? null : undefined
    const { today, hasMonthFirstDates } = this.#context
    const day = hasMonthFirstDates === true && ambiguousDate.test(text) ? undefined : parseDate(text, { kind: 'birth', today })
    // The first day of a spreadsheet's calendar: an empty cell that became a date.
    if (day === undefined || day === '1900-01-01') return this.#drop('birth_date', text)
    return usualDate.test(text) ? day : this.#rewrite('birth_date', text, day)
  }

  /** @returns null for a blank cell, which clears the name; undefined when there is no column or the cell is dropped */
  readLatinName (): string | null | undefined {
    const text = this.#readOptional('latin_name')?.replace(/\s+/gu, ' ')
    if (text === undefined || text === '') return text === '' ? null : undefined
    return isLatinName(text) && text.length <= MAX_NAME_LENGTH ? text : this.#drop('latin_name', text)
  }

  /** The last name, where it has a column of its own. Its remarks are those of the name. */
  readLastName (): string | null | undefined {
    const cell = this.#cells['last_name']
    if (cell === undefined) return undefined
    const { text } = removeInvisible(undoSpreadsheetGuard(cell.trim()))
    return text === '' || isPlaceholderName(text) || text.length > MAX_NAME_LENGTH ? null : text
  }

  /** Reads a cell of an optional column; words such as `NULL` are blank. */
  #readOptional (column: AccountHeader): string | undefined {
    const text = this.#clean(column)
    if (text === undefined || text === '' || !isPlaceholder(text)) return text
    this.notes.push({ column, code: 'read-as-blank', values: { value: shorten(text) } })
    return ''
  }

  #cleanName (column: AccountHeader): string {
    const text = this.#clean(column) ?? ''
    if (text !== '' && isPlaceholderName(text)) {
      this.notes.push({ column, code: 'read-as-blank', values: { value: shorten(text) } })
      return ''
    }
    const repaired = repairDoubleDecoding(this.#cells[column] ?? '')
    if (repaired !== undefined) this.#warn(column, 'decoded-twice', { value: shorten(text), likely: shorten(repaired) })
    else if (hasDamagedLetters(text)) this.#warn(column, 'letters-damaged', { value: shorten(text) })
    return text
  }

  #clean (column: AccountHeader): string | undefined {
    const cell = this.#cells[column]
    if (cell === undefined) return undefined
    const { text, lost } = removeInvisible(undoSpreadsheetGuard(cell.trim()))
    if (lost) this.#warn(column, 'characters-removed', { value: shorten(text) })
    else if (/\p{Cf}/u.test(cell) && text !== cell.normalize('NFC').trim()) this.notes.push({ column, code: 'invisible-removed', values: { value: shorten(text) } })
    return text
  }

  #drop (column: AccountHeader, text: string): undefined {
    const own = `${column}-dropped`
    this.#warn(column, hasText(`accountImport.warnings.${own}`) ? own : 'field-dropped', { value: shorten(text) })
  }

  #warn (column: AccountHeader, code: string, values: TextValues): void {
    this.warnings.push({ column, code, values })
  }

  #rewrite<Value extends string> (column: AccountHeader, text: string, value: Value): Value {
    if (text !== value) this.notes.push({ column, code: 'rewritten', values: { value: shorten(text), as: value } })
    return value
  }
}

function shorten (text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text
}
