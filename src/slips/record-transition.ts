/** Records a transition of a slip: its new state, the step and the audit event. Nothing else writes these. */
import type { Transaction } from 'kysely'
import { type Actor, appendEvent, type AuditEvent, type EventKind } from '../audit/events.js'
import type { SlipsTable } from '../database/row-types.js'
import type { Database } from '../database/schema.js'
import type { SlipState, StepName } from '../institution/vocabulary.js'
import type { Session } from '../staff/session.js'
import { getCustodyTargetState, getInitialState, getTargetState, isCustodyStep, isOpen } from './rules/state-machine.js'
import type { Slip } from './slip.js'

export type TransitionSlip = Pick<Slip, 'id' | 'number' | 'account_id' | 'channel' | 'state' | 'stored_state' | 'envelope_at'>

/** Who takes a step, as recorded in the audit event and in the step. */
export interface TransitionActor {
  readonly actor: Actor
  readonly staffId?: string
  readonly servicePointId?: string | undefined
  /** The API token of an identity system. */
  readonly tokenId?: string | null
}

export const systemActor: TransitionActor = { actor: 'system' }

export function staffActor ({ staff, servicePoint }: Session): TransitionActor {
  return { actor: `staff:${staff.id}`, staffId: staff.id, servicePointId: servicePoint?.id }
}

export interface TransitionDetails {
  readonly actor: TransitionActor
  /** When the step takes effect. If the step ends the slip, also when the slip ended. */
  readonly at: Date
  /** When the event is recorded, if later than `at`. */
  readonly recordedAt?: Date
  /** Facts of the event besides the states and the step. */
  readonly facts?: AuditEvent['facts']
  readonly texts?: AuditEvent['texts']
  readonly note?: string | undefined
  readonly identityCheckId?: string | undefined
  /** Other columns of the slip that change with its state. */
  readonly changes?: Partial<Pick<SlipsTable, 'expires_at' | 'void_reason'>>
}

/**
 * Records one transition in the caller's transaction, which has locked the slip's row. A new slip is inserted in its
 * initial state first. Call this last, because the trigger on `slip_steps` writes the delivery record from the delivery,
 * the identity check and the event.
 * @returns the target state
 * @throws {TypeError} when the state machine has no such transition; callers check that first
 */
export async function recordTransition (trx: Transaction<Database>, slip: TransitionSlip, step: StepName, details: TransitionDetails): Promise<SlipState> {
  const { actor, at, recordedAt = at, note, identityCheckId, changes } = details
  const from = findSourceState(slip, step)
  const to = findTargetState(slip, step)
  if (to === undefined) throw new TypeError(`A slip of channel ${slip.channel} in state ${slip.state} cannot take the step ${step}.`)

  if (from !== null && to !== from) {
    await trx.updateTable('slips').set({ state: to, ...isOpen(to) ? {} : { ended_at: at }, ...changes }).where('id', '=', slip.id).execute()
  }
  await appendEvent(trx, {
    kind: getEventKind(step),
    at: recordedAt,
    actor: actor.actor,
    slip: slip.number,
    account: slip.account_id,
    servicePoint: actor.servicePointId,
    facts: { ...from === null ? { to } : { from }, ...isCustodyStep(step) ? { step, to } : {}, ...details.facts },
    ...details.texts === undefined ? {} : { texts: details.texts },
  })
  await trx.insertInto('slip_steps').values({
    slip_id: slip.id,
    step,
    from_state: from,
    to_state: to,
    at,
    staff_id: actor.staffId ?? null,
    service_point_id: actor.servicePointId ?? null,
    identity_check_id: identityCheckId ?? null,
    note: note ?? null,
    token_id: actor.tokenId ?? null,
  }).execute()
  return to
}

/** An expiry starts from the stored state, because `state` is already `expired`. An issue has no source state. */
function findSourceState (slip: TransitionSlip, step: StepName): SlipState | null {
  if (step === 'issue') return null
  return step === 'expire' ? slip.stored_state : slip.state
}

function findTargetState (slip: TransitionSlip, step: StepName): SlipState | undefined {
  if (step === 'issue') return getInitialState(slip.channel)
  if (step === 'expire') return getTargetState(step, slip.stored_state, slip.channel)
  return isCustodyStep(step) ? getCustodyTargetState(step, slip) : getTargetState(step, slip.state, slip.channel)
}

/** Returns the kind of event for a step. The kinds are stored data and must not change. */
function getEventKind (step: StepName): EventKind {
  switch (step) {
    case 'issue': return 'slip-issued'
    case 'void': return 'slip-voided'
    case 'expire': return 'slip-expired'
    case 'redeem': return 'slip-redeemed'
    case 'lock': return 'slip-locked'
    case 'dispatch': case 'receive': case 'hand-over': case 'post': case 'deliver': case 'return': return 'slip-step'
    default: return step satisfies never
  }
}
