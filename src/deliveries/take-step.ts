/** Takes one step of custody: dispatch, receive, hand over, post, deliver, return. One transaction, or nothing. */
import type { Transaction } from 'kysely'
import { countNamesakes } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import { isConstraintViolation } from '../database/errors.js'
import type { Database } from '../database/schema.js'
import { type FieldError, Problem, Refused } from '../http/problems.js'
import type { Profile } from '../institution/profile.js'
import { type Refusal, sortRefusals } from '../institution/refusals.js'
import { isMeaningful } from '../institution/text.js'
import { type Channel, type Language, servicePointKinds, type SlipState } from '../institution/vocabulary.js'
import { recordExpiry } from '../slips/commands/end-slip.js'
import { type IssuingDeps, withRefusalsRecorded } from '../slips/commands/issue-slip.js'
import type { KnownSlip } from '../slips/commands/void-slip.js'
import { checkIdentity } from '../slips/rules/identity-check.js'
import { isOwnAccount } from '../slips/rules/issuing-rules.js'
import { calculateExpiryAfterHandover } from '../slips/rules/limits.js'
import { canRolesTakeStep, getActorRoles, getAllowedSteps, getCustodyTargetState, getRolesForStep, isOpen, placeAfterStep } from '../slips/rules/state-machine.js'
import { insertIdentityCheck, type LockedSlip, lockSlip, toIdentityTexts } from '../slips/slip-store.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import { parseReturnReason, type StepRequest } from './schemas.js'

export type StepDeps = Pick<IssuingDeps, 'db' | 'profile' | 'now'>

/**
 * Takes the step in a transaction of its own. A handover that the rules refuse is an audit event; a step that is not
 * right now, or not this person's, changes nothing and leaves none.
 * @throws {Problem} `not-found`; `not-permitted` and `conflict`, which name the slip's state and the step that is
 *   right; `validation-failed` for what the step needs and lacks; `conflict` for a tracking number of another letter
 * @throws {Refused} at a handover: the identity check does not hold, or the envelope is the porter's own
 */
export async function takeStep (deps: StepDeps, by: Session, slip: KnownSlip, request: StepRequest): Promise<void> {
  const attempt = { slip: slip.number, channel: slip.channel, accountId: slip.account_id, step: request.step }
  await withRefusalsRecorded(deps, by, attempt, async () =>
    await deps.db.transaction().execute(async trx => await takeStepWithin(trx, deps, by, slip.number, request, deps.now())))
}

/** The step in the caller's transaction. @param dispatchId the batch in which the envelope leaves */
export async function takeStepWithin (
  trx: Transaction<Database>, { profile }: Pick<StepDeps, 'profile'>, by: Session, number: string, request: StepRequest, now: Date, dispatchId?: string
): Promise<void> {
  const slip = await lockSlip(trx, number, now)
  if (slip === undefined) throw new Problem('not-found', { variant: 'slip' })
  const office = requireStepOffice(by, slip, request, profile)
  const to = getCustodyTargetState(request.step, slip)
  if (to === undefined) throw illegalTransition('conflict', slip)
  const errors = checkRequiredFields(slip, request, profile)
  if (errors.length > 0) throw new Problem('validation-failed', { errors })
  const refusals = request.step === 'hand-over' ? await checkHandover(trx, slip, by, request, profile, now) : []
  if (refusals.length > 0) throw new Refused(refusals)

  if (slip.state === 'expired' && slip.ended_at === null) await recordExpiry(trx, { ...slip, state: slip.row_state }, now)
  const checkId = request.identityCheck && await insertIdentityCheck(trx, slip.id, request.identityCheck, { by, office, at: now })
  if (to !== slip.state) await updateSlipState(trx, slip, to, request, profile, now)
  await moveEnvelope(trx, slip, request, dispatchId)
  await trx.insertInto('slip_steps').values({
    slip_id: slip.id,
    step: request.step,
    from_state: slip.state,
    to_state: to,
    at: now,
    staff_id: by.staff.id,
    service_point_id: office.id,
    identity_check_id: checkId ?? null,
    note: isMeaningful(request.note ?? '') ? request.note! : null,
  }).execute()
  await appendEvent(trx, toStepEvent(slip, to, request, by, office, now))
}

/** The service point at which the step is taken, when it is this person's to take there. */
function requireStepOffice (by: Session, slip: LockedSlip, request: StepRequest, profile: Profile): ServicePointRef {
  if (by.servicePoint === null || !canRolesTakeStep(request.step, getActorRoles(by, slip, profile))) throw illegalTransition('not-permitted', slip)
  return by.servicePoint
}

/** A step that is not right now, or not for whom: the answer names the state and what is right. */
function illegalTransition (code: 'conflict' | 'not-permitted', slip: LockedSlip): Problem {
  const steps = getAllowedSteps(slip)
  return new Problem(code, {
    variant: steps.length > 0 ? 'step' : 'step-none',
    values: { number: slip.number },
    words: {
      state: [[`slips.states.${slip.state}`]],
      steps: steps.map(step => [`slips.nextSteps.${step}`, ...getRolesForStep(step, slip).map(stepper => `slips.steppers.${stepper}`)]),
    },
    members: { state: slip.state, steps },
  })
}

function checkRequiredFields (slip: LockedSlip, request: StepRequest, profile: Profile): FieldError[] {
  switch (request.step) {
    case 'return': return isMeaningful(request.note ?? '') ? [] : [{ path: 'note', message: 'required' }]
    case 'post': return [
      ...request.trackingNumber === undefined ? [{ path: 'trackingNumber', message: 'required' }] : [],
      ...slip.country === profile.country && request.personalHandover !== true ? [{ path: 'personalHandover', message: 'needs-personal-handover' }] : [],
    ]
    default: return []
  }
}

/** Nobody hands an envelope over to themselves, nor to somebody whose document was not looked at. */
async function checkHandover (trx: Transaction<Database>, { account }: LockedSlip, by: Session, { identityCheck }: StepRequest, profile: Profile, now: Date): Promise<Refusal[]> {
  const hasNamesake = await countNamesakes(trx, account) > 0
  return sortRefusals([
    ...isOwnAccount(by.staff.login, account.username) ? [{ code: 'own-account', variant: 'handover' } as const] : [],
    ...checkIdentity(identityCheck, { birthDate: account.birth_date, hasNamesake }, profile, now),
  ])
}

async function updateSlipState (trx: Transaction<Database>, slip: LockedSlip, to: SlipState, { step }: StepRequest, profile: Profile, now: Date): Promise<void> {
  await trx.updateTable('slips').set({
    state: to,
    ...isOpen(to) ? {} : { ended_at: now },
    ...step === 'hand-over' ? { expires_at: calculateExpiryAfterHandover(now, slip.ceiling_at, profile) } : {},
  }).where('id', '=', slip.id).execute()
}

async function moveEnvelope (trx: Transaction<Database>, slip: LockedSlip, { step, trackingNumber, personalHandover = false }: StepRequest, dispatchId?: string): Promise<void> {
  try {
    await trx.updateTable('deliveries').set({
      envelope_at: placeAfterStep[step],
      ...step === 'post' ? { tracking_number: trackingNumber!, personal_handover: personalHandover } : {},
      ...dispatchId === undefined ? {} : { dispatch_id: dispatchId },
    }).where('slip_id', '=', slip.id).execute()
  } catch (error) {
    if (!isConstraintViolation(error, 'deliveries_tracking_number_key')) throw error
    throw new Problem('conflict', { variant: 'tracking-number-used', values: { trackingNumber: trackingNumber ?? '' }, errors: [{ path: 'trackingNumber', message: 'tracking-number-used' }] })
  }
}

function toStepEvent (slip: LockedSlip, to: SlipState, request: StepRequest, by: Session, office: ServicePointRef, now: Date) {
  const { step, trackingNumber, personalHandover, identityCheck, note } = request
  const reason = step === 'return' ? parseReturnReason(note ?? '') : undefined
  const texts = { note, trackingNumber, ...toIdentityTexts(identityCheck) }
  return {
    kind: 'slip-step' as const,
    at: now,
    actor: `staff:${by.staff.id}` as const,
    slip: slip.number,
    account: slip.account_id,
    servicePoint: office.id,
    facts: {
      step,
      from: slip.state,
      to,
      ...step === 'hand-over' ? { identityChecked: true } : {},
      ...step === 'post' ? { personalHandover: personalHandover === true } : {},
      ...reason === undefined ? {} : { reason },
    },
    texts: Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')),
  }
}

// Which offices send envelopes and letters: those whose channels in the profile say so. Pure.

/** The service point that somebody works at, where it sends slips by this channel. @throws {Problem} `not-permitted`, which says who does */
export function requireSendingOffice ({ servicePoint }: Session, channel: Exclude<Channel, 'counter'>, { offices }: Pick<Profile, 'offices'>, language: Language): ServicePointRef {
  const kinds = servicePointKinds.filter(kind => offices[kind]?.channels.includes(channel))
  if (servicePoint !== null && kinds.includes(servicePoint.kind)) return servicePoint
  throw new Problem('not-permitted', {
    variant: `sends-no-${channel}`,
    values: { servicePoint: servicePoint?.name[language] ?? '–' },
    words: { kinds: kinds.map(kind => [`common.kinds.${kind}`]) },
  })
}

// What a refused step says of its slip. Pure.

/** The state that a refused step names; anything else than a conflict is thrown on. */
export function requireConflictState (error: unknown): SlipState {
  if (error instanceof Problem && error.code === 'conflict' && error.members['state'] !== undefined) return error.members['state'] as SlipState
  throw error
}
