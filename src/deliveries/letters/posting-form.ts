/** Parses the form for posted letters, row by row, and finds its errors. Pure. */
import type { FieldError } from '../../institution/base-error.js'
import { type FormValues, parseInput } from '../../institution/input.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { stepRequestSchema, type StepRequest } from '../schemas.js'

/** The maximum number of letters on the page, on one list, and in one form. */
export const MAX_LETTERS_PER_LIST = 60

/** The fields of a row besides its slip number. */
export const postingFields = ['trackingNumber', 'personalHandover'] as const

export interface PostingRow {
  /** The slip number. */
  readonly number: string
  /** The step to take. It has no tracking number if the typed one is invalid. */
  readonly request: StepRequest
  /** The errors of the fields. */
  readonly fieldErrors: readonly FieldError[]
}

/** Parses the rows that are filled in, at most one more than `MAX_LETTERS_PER_LIST`. @param values by field name, `<slip number>.<field>` */
export function parsePostingForm (values: FormValues): PostingRow[] {
  const numbers = new Set(Object.keys(values).map(name => name.split('.')[0]!).filter(number => parseSlipNumber(number) === number))
  const rows = [...numbers].map(number => {
    const [trackingNumber, personalHandover] = postingFields.map(name => values[`${number}.${name}`])
    return { number, trackingNumber: (trackingNumber ?? '').trim(), personalHandover: personalHandover === 'yes' }
  })
  return rejectDuplicateNumbers(rows.filter(row => row.trackingNumber !== '' || row.personalHandover).slice(0, MAX_LETTERS_PER_LIST + 1).map(({ number, ...typed }) => {
    const parsed = parseInput(stepRequestSchema, { step: 'post', ...typed })
    return parsed.ok
      ? { number, request: parsed.value, fieldErrors: [] }
      : { number, request: { step: 'post', personalHandover: typed.personalHandover }, fieldErrors: parsed.errors }
  }))
}

/** If two rows have the same tracking number, the error is at the later row and names the earlier one. */
function rejectDuplicateNumbers (rows: readonly PostingRow[]): PostingRow[] {
  const earlier = new Map<string, string>()
  return rows.map(row => {
    const { trackingNumber, ...rest } = row.request
    if (trackingNumber === undefined) return row
    const number = earlier.get(trackingNumber)
    if (number !== undefined) return { ...row, request: rest, fieldErrors: [{ path: 'trackingNumber', message: 'tracking-number-twice', values: { number } }] }
    earlier.set(trackingNumber, row.number)
    return row
  })
}
