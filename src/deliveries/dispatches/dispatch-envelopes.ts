/** Sends envelopes to a porter's desk as one batch: all of them, or none. */
import { appendEvent } from '../../audit/events.js'
import { isBusy } from '../../database/problems.js'
import { Problem } from '../../http/problems.js'
import type { SlipState } from '../../slips/life.js'
import type { Session } from '../../staff/session.js'
import { lockInOrder } from '../lock-in-order.js'
import { stateInConflict } from '../state-in-conflict.js'
import { takeStepIn, type StepDeps } from '../take-step.js'
import { listDispatchesOf } from './queries.js'

/** So many are sent in well under a second; whoever sends the same ones meanwhile waits no longer. */
export const mostInBatch = 60

export interface BatchWish {
  /** The porter's desk. */
  readonly desk: string
  /** Slip numbers, each once, at most `mostInBatch`. */
  readonly numbers: readonly string[]
}

/** The batch that took all of the envelopes: this one, or an earlier one of the same form or of somebody faster. */
export interface SentBatch {
  readonly id: string
  readonly already: boolean
}

/** An envelope that has changed meanwhile and cannot leave. */
export interface ChangedEnvelope {
  readonly number: string
  readonly state: SlipState
  /** When it left already: with whom, and when. */
  readonly sent?: { readonly by: string, readonly at: Date } | undefined
}

/** Some of the envelopes cannot leave, so none has. */
export class NothingSent extends Error {
  constructor (readonly changed: readonly ChangedEnvelope[]) {
    super(`${changed.length} of the envelopes cannot be sent`)
  }
}

/**
 * @throws {NothingSent} naming every envelope that has changed
 * @throws {Problem} `not-found`: a number is none of this desk's; `not-permitted`: this office sends no envelopes
 */
export async function dispatchEnvelopes (deps: StepDeps, by: Session, wish: BatchWish): Promise<SentBatch> {
  try {
    return { id: await sendIn(deps, by, wish), already: false }
  } catch (error) {
    if (!(error instanceof NothingSent) && !isBusy(error)) throw error
    const batches = await listDispatchesOf(deps.db, wish.numbers)
    const [first] = batches
    if (first !== undefined && batches.length === wish.numbers.length && batches.every(batch => batch.id === first.id)) return { id: first.id, already: true }
    if (!(error instanceof NothingSent)) throw error
    throw new NothingSent(error.changed.map(envelope => {
      const batch = batches.find(({ number }) => number === envelope.number)
      return { ...envelope, sent: batch && { by: batch.dispatched_by_name, at: batch.dispatched_at } }
    }))
  }
}

async function sendIn (deps: StepDeps, by: Session, { desk, numbers }: BatchWish): Promise<string> {
  return await deps.db.transaction().execute(async trx => {
    const now = deps.now()
    const envelopes = await lockInOrder(trx, numbers, { channel: 'porter', desk })
    if (by.servicePoint === null || envelopes.length < numbers.length) throw new Problem('not-found', { variant: 'slip' })
    const { id } = await trx.insertInto('dispatches')
      .values({ porter_service_point_id: desk, service_point_id: by.servicePoint.id, dispatched_at: now, dispatched_by: by.staff.id })
      .returning('id').executeTakeFirstOrThrow()
    const changed: ChangedEnvelope[] = []
    for (const number of envelopes) {
      try {
        await takeStepIn(trx, deps, by, number, { step: 'dispatch' }, now, id)
      } catch (error) {
        changed.push({ number, state: stateInConflict(error) })
      }
    }
    if (changed.length > 0) throw new NothingSent(changed)
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
