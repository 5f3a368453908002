/** Sends envelopes to a porter's desk as one batch: all of them, or none. */
import { appendEvent } from '../../audit/events.js'
import { isBusyError } from '../../database/errors.js'
import { NotFound } from '../../institution/errors.js'
import { IllegalTransition } from '../../institution/slip-errors.js'
import type { SlipState } from '../../institution/vocabulary.js'
import { lockAccountsOfSlips } from '../../slips/slip-store.js'
import type { Session } from '../../staff/session.js'
import { type StepDeps, takeStepWithin } from '../take-step.js'
import { listDispatchesOfEnvelopes } from './queries.js'

/** A batch of this size takes well under a second, so a concurrent request for the same envelopes does not wait long. */
export const MAX_ENVELOPES_PER_BATCH = 60

export interface DispatchRequest {
  /** The porter's desk. */
  readonly desk: string
  /** Slip numbers, each once, at most `MAX_ENVELOPES_PER_BATCH`. */
  readonly numbers: readonly string[]
}

/** The batch with all of the envelopes. It can be an earlier one, if the form was sent twice or another agent was faster. */
export interface DispatchResult {
  readonly id: string
  readonly wasAlreadySent: boolean
}

/** An envelope that has changed in the meantime and cannot be sent. */
export interface ChangedEnvelope {
  readonly number: string
  readonly state: SlipState
  /** Who sent it and when, if it has already been sent. */
  readonly sent?: { readonly by: string, readonly at: Date } | undefined
}

/** Thrown if some of the envelopes cannot be sent. None of them is sent. */
export class DispatchRejected extends Error {
  constructor (readonly changed: readonly ChangedEnvelope[]) {
    super(`${changed.length} of the envelopes cannot be sent`)
  }
}

/**
 * Sends the envelopes, or finds the batch that already contains all of them.
 * @throws {DispatchRejected} with every envelope that has changed
 * @throws {NotFound} a slip is not for this desk
 * @throws {StepNotPermitted} this office sends no envelopes
 */
export async function dispatchEnvelopes (deps: StepDeps, by: Session, request: DispatchRequest): Promise<DispatchResult> {
  try {
    return { id: await insertDispatch(deps, by, request), wasAlreadySent: false }
  } catch (error) {
    if (!(error instanceof DispatchRejected) && !isBusyError(error)) throw error
    const batches = await listDispatchesOfEnvelopes(deps.db, request.numbers)
    const [first] = batches
    if (first !== undefined && batches.length === request.numbers.length && batches.every(batch => batch.id === first.id)) return { id: first.id, wasAlreadySent: true }
    if (!(error instanceof DispatchRejected)) throw error
    throw new DispatchRejected(error.changed.map(envelope => {
      const batch = batches.find(({ number }) => number === envelope.number)
      return { ...envelope, sent: batch && { by: batch.dispatched_by_name, at: batch.dispatched_at } }
    }))
  }
}

async function insertDispatch (deps: StepDeps, by: Session, { desk, numbers }: DispatchRequest): Promise<string> {
  return await deps.db.transaction().execute(async trx => {
    const now = deps.now()
    const envelopes = await lockAccountsOfSlips(trx, numbers, { channel: 'porter', desk })
    if (by.servicePoint === null || envelopes.length < numbers.length) throw new NotFound('slip')
    const { id } = await trx.insertInto('dispatches')
      .values({ porter_service_point_id: desk, service_point_id: by.servicePoint.id, dispatched_at: now, dispatched_by: by.staff.id })
      .returning('id').executeTakeFirstOrThrow()
    const changed: ChangedEnvelope[] = []
    for (const number of envelopes) {
      try {
        await takeStepWithin(trx, number, { step: 'dispatch' }, { profile: deps.profile, session: by, now, dispatchId: id })
      } catch (error) {
        if (!(error instanceof IllegalTransition)) throw error
        changed.push({ number, state: error.slip.state })
      }
    }
    if (changed.length > 0) throw new DispatchRejected(changed)
    await appendEvent(trx, {
      kind: 'envelopes-dispatched',
      at: now,
      actor: `staff:${by.staff.id}`,
      servicePoint: by.servicePoint.id,
      facts: { dispatch: id, porterDesk: desk, count: envelopes.length, numbers: envelopes },
    })
    return id
  })
}
