/** What an agent fills in for letters that were posted, row by row, and what is wrong with it. Pure. */
import type { FieldError } from '../../institution/errors.js'
import { type FormValues, parseInput } from '../../institution/input.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { stepRequestSchema, type StepRequest } from '../schemas.js'

/** Letters shown at once, on one list, and recorded at once. */
export const MAX_LETTERS_PER_LIST = 60

/** The fields of a row, beside its slip number. */
export const postingFields = ['trackingNumber', 'personalHandover'] as const

export interface PostingRow {
  /** The slip number. */
  readonly number: string
  /** The step as it can be taken: without a tracking number when that has a fault. */
  readonly request: StepRequest
  /** Faults by field. */
  readonly fieldErrors: readonly FieldError[]
}

/** Reads the rows that are filled in, at most one more than `MAX_LETTERS_PER_LIST`. @param values by field name, `<slip number>.<field>` */
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

/** A tracking number that two rows share is a fault of the later one, which names the earlier. */
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
