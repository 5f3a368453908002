/** Records several letters as posted: all of them, or none. */
import type { Transaction } from 'kysely'
import { isBusyError } from '../../database/errors.js'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { InvalidInput, NotFound } from '../../institution/errors.js'
import { IllegalTransition, TrackingNumberUsed } from '../../institution/slip-errors.js'
import type { SlipState } from '../../institution/vocabulary.js'
import { lockAccountsOfSlips } from '../../slips/slip-store.js'
import type { Session } from '../../staff/session.js'
import { type StepDeps, takeStepWithin } from '../take-step.js'
import type { PostingRow } from './posting-form.js'
import { listSlipsByTrackingNumber } from './queries.js'

/** A letter that can no longer be posted: voided, expired, or posted by another agent in the meantime. */
export interface ChangedLetter {
  readonly number: string
  readonly state: SlipState
}

/** Thrown if some of the rows have errors. No letter is recorded. */
export class PostingRejected extends Error {
  /** @param errors paths are `<slip number>.<field>` */
  constructor (readonly errors: readonly FieldError[], readonly changed: readonly ChangedLetter[]) {
    super(`${errors.length + changed.length} of the rows cannot be recorded`)
  }
}

/**
 * Takes the step of each letter in one transaction. Skips a letter that is already posted with the same tracking number,
 * because the form was then sent twice.
 * @throws {PostingRejected} with every error of every row
 * @throws {NotFound} when a slip is not a registered letter
 * @throws {StepNotPermitted} when this office posts no letters
 */
export async function postLetters (deps: StepDeps, by: Session, rows: readonly PostingRow[]): Promise<void> {
  const numbers = rows.map(row => row.number)
  try {
    await deps.db.transaction().execute(async trx => {
      const letters = await lockAccountsOfSlips(trx, numbers, { channel: 'registered-letter' })
      if (letters.length < numbers.length) throw new NotFound('slip')
      const used = await findRowsWithUsedNumber(trx, rows)
      const outcomes: PostingOutcome[] = []
      for (const number of letters) {
        const row = rows.find(candidate => candidate.number === number)!
        outcomes.push(await postLetter(trx, deps, by, used.has(number) ? rejectUsedTrackingNumber(row) : row))
      }
      const errors = outcomes.flatMap(outcome => outcome.errors)
      const changed = outcomes.flatMap(outcome => outcome.changed ?? [])
      if (errors.length + changed.length > 0) throw new PostingRejected(errors, changed)
    })
  } catch (error) {
    const remaining = error instanceof PostingRejected || isBusyError(error) ? await excludePostedRows(deps, rows) : rows
    if (remaining.length === rows.length) throw error
    if (remaining.length > 0) await postLetters(deps, by, remaining)
  }
}

interface PostingOutcome {
  readonly errors: readonly FieldError[]
  readonly changed?: ChangedLetter
}

/** Takes the step, or returns the errors of the row. The caller then rolls the transaction back. */
async function postLetter (trx: Transaction<Database>, deps: StepDeps, by: Session, { number, request, fieldErrors }: PostingRow): Promise<PostingOutcome> {
  try {
    await takeStepWithin(trx, number, request, { profile: deps.profile, session: by, now: deps.now() })
    return { errors: [] }
  } catch (error) {
    if (error instanceof IllegalTransition) return { errors: [], changed: { number, state: error.slip.state } }
    // A concurrent request used the tracking number: the database has rejected it and aborted the transaction.
    if (error instanceof TrackingNumberUsed) throw new PostingRejected(error.errors.map(fault => ({ ...fault, path: `${number}.${fault.path}` })), [])
    if (!(error instanceof InvalidInput)) throw error
    const others = error.errors.filter(one => !fieldErrors.some(fault => fault.path === one.path))
    return { errors: [...fieldErrors, ...others].map(fault => ({ ...fault, path: `${number}.${fault.path}` })) }
  }
}

function rejectUsedTrackingNumber ({ number, request, fieldErrors }: PostingRow): PostingRow {
  const { trackingNumber: _used, ...rest } = request
  return { number, request: rest, fieldErrors: [...fieldErrors, { path: 'trackingNumber', message: 'tracking-number-used' }] }
}

/** Finds rows whose tracking number another letter has. Checked in advance, so that all of them are reported together. */
async function findRowsWithUsedNumber (trx: Transaction<Database>, rows: readonly PostingRow[]): Promise<Set<string>> {
  const tracked = await listSlipsByTrackingNumber(trx, rows.flatMap(row => row.request.trackingNumber ?? []))
  return new Set(rows.filter(row => tracked.some(one => one.tracking_number === row.request.trackingNumber && one.number !== row.number)).map(row => row.number))
}

/** Returns the rows without those whose letter is already posted with the same tracking number. */
async function excludePostedRows ({ db }: StepDeps, rows: readonly PostingRow[]): Promise<PostingRow[]> {
  const tracked = await listSlipsByTrackingNumber(db, rows.flatMap(row => row.request.trackingNumber ?? []))
  return rows.filter(row => !tracked.some(one => one.number === row.number && one.tracking_number === row.request.trackingNumber))
}
