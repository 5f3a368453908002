/** Takes one step of custody in one transaction: dispatch, receive, hand over, post, deliver or return. */
import type { Transaction } from 'kysely'
import { hasNamesake } from '../accounts/names/queries.js'
import { isConstraintViolation } from '../database/errors.js'
import type { Database } from '../database/schema.js'
import type { FieldError } from '../institution/base-error.js'
import { InvalidInput, NotFound, Refused } from '../institution/errors.js'
import { ChannelNotSentHere, type CustodyStatus, IllegalTransition, StepNotPermitted, TrackingNumberUsed } from '../institution/slip-errors.js'
import type { Profile } from '../institution/profile.js'
import type { Refusal } from '../institution/refusals.js'
import { isMeaningful } from '../institution/text.js'
import { type Channel, servicePointKinds } from '../institution/vocabulary.js'
import { recordExpiry } from '../slips/commands/end-slip.js'
import { type IssuingDeps, withRefusalsRecorded } from '../slips/commands/issue-slip.js'
import { recordTransition, staffActor } from '../slips/record-transition.js'
import { checkHandover } from '../slips/rules/handover.js'
import { calculateExpiryAfterHandover } from '../slips/rules/limits.js'
import { canAnyRoleTakeStep, getActorRoles, getAllowedSteps, getCustodyTargetState, getRolesForStep, placeAfterStep } from '../slips/rules/state-machine.js'
import type { Slip } from '../slips/slip.js'
import { insertIdentityCheck, type LockedSlip, lockSlip, toIdentityFacts, toIdentityTexts } from '../slips/slip-store.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import { parseReturnReason, type StepRequest } from './schemas.js'

export type StepDeps = Pick<IssuingDeps, 'db' | 'profile' | 'now'>

/**
 * Takes the step in a transaction of its own. A refused handover is an audit event. A step that is not allowed now, or
 * not for this person, changes nothing and leaves no event.
 * @throws {NotFound}
 * @throws {StepNotPermitted}
 * @throws {IllegalTransition}
 * @throws {InvalidInput} for what the step requires and the request lacks
 * @throws {TrackingNumberUsed}
 * @throws {Refused} at a handover: the identity check does not hold, or this person may not hand over the envelope
 */
export async function takeStep (deps: StepDeps, session: Session, slip: Pick<Slip, 'number' | 'channel' | 'account_id'>, request: StepRequest): Promise<void> {
  const attempt = { slip: slip.number, channel: slip.channel, accountId: slip.account_id, step: request.step }
  await withRefusalsRecorded(deps, session, attempt, async () =>
    await deps.db.transaction().execute(async trx => await takeStepWithin(trx, slip.number, request, { profile: deps.profile, session, now: deps.now() })))
}

export interface StepContext {
  readonly profile: Profile
  readonly session: Session
  readonly now: Date
  /** The batch in which the envelope leaves. */
  readonly dispatchId?: string
}

/** Takes the step in the caller's transaction. */
export async function takeStepWithin (trx: Transaction<Database>, number: string, request: StepRequest, context: StepContext): Promise<void> {
  const { profile, session, now, dispatchId } = context
  const slip = await lockSlip(trx, number, now)
  if (slip === undefined) throw new NotFound('slip')
  const office = requireStepOffice(session, slip, request, profile)
  const to = getCustodyTargetState(request.step, slip)
  if (to === undefined) throw new IllegalTransition(describeCustody(slip))
  const errors = listMissingFields(slip, request, profile)
  if (errors.length > 0) throw new InvalidInput(errors)
  const refusals = request.step === 'hand-over' ? await listHandoverRefusals(trx, slip, request, context) : []
  if (refusals.length > 0) throw new Refused(refusals)

  if (slip.state === 'expired' && slip.ended_at === null) await recordExpiry(trx, slip, now)
  const expiresAt = request.step === 'hand-over' ? calculateExpiryAfterHandover(now, slip.ceiling_at, profile) : undefined
  const identityCheckId = request.identityCheck && await insertIdentityCheck(trx, slip.id, request.identityCheck, { by: session, office, at: now })
  await moveEnvelope(trx, slip, request, dispatchId)
  await recordTransition(trx, slip, request.step, {
    actor: staffActor(session),
    at: now,
    note: isMeaningful(request.note ?? '') ? request.note : undefined,
    identityCheckId,
    facts: { ...toStepFacts(request), ...expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() } },
    texts: toStepTexts(request),
    ...expiresAt === undefined ? {} : { changes: { expires_at: expiresAt } },
  })
}

/** Returns the service point of a person who may take the step there. */
function requireStepOffice (session: Session, slip: LockedSlip, request: StepRequest, profile: Profile): ServicePointRef {
  if (session.servicePoint === null || !canAnyRoleTakeStep(request.step, getActorRoles(session, slip, profile))) throw new StepNotPermitted(describeCustody(slip))
  return session.servicePoint
}

/** The slip's state and allowed steps, for the error of a refused step. */
function describeCustody (slip: LockedSlip): CustodyStatus {
  return { number: slip.number, state: slip.state, allowedSteps: getAllowedSteps(slip).map(step => ({ step, roles: getRolesForStep(step, slip) })) }
}

/** Lists the fields that the step needs and the request does not have. */
export function listMissingFields (slip: Pick<LockedSlip, 'country'>, request: StepRequest, profile: Pick<Profile, 'country'>): FieldError[] {
  switch (request.step) {
    case 'return': return isMeaningful(request.note ?? '') ? [] : [{ path: 'note', message: 'required' }]
    case 'post': return [
      ...request.trackingNumber === undefined ? [{ path: 'trackingNumber', message: 'required' }] : [],
      ...slip.country === profile.country && request.personalHandover !== true ? [{ path: 'personalHandover', message: 'needs-personal-handover' }] : [],
    ]
    case 'dispatch': case 'receive': case 'hand-over': case 'deliver': return []
    default: return request.step satisfies never
  }
}

async function listHandoverRefusals (trx: Transaction<Database>, { account, issued_by: issuedBy }: LockedSlip, { identityCheck }: StepRequest, { session: { staff }, profile, now }: StepContext): Promise<Refusal[]> {
  const identity = { birthDate: account.birth_date, affiliation: account.affiliation, hasNamesake: await hasNamesake(trx, account) }
  return checkHandover(identityCheck, { account: identity, holderUsername: account.username, issuedBy, staff, profile, now })
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
    throw new TrackingNumberUsed(trackingNumber ?? '')
  }
}

function toStepFacts ({ step, personalHandover, note, identityCheck }: StepRequest) {
  switch (step) {
    case 'hand-over': return toIdentityFacts(identityCheck)
    case 'post': return { personalHandover: personalHandover === true }
    case 'return': return { reason: parseReturnReason(note ?? '') }
    case 'dispatch': case 'receive': case 'deliver': return {}
    default: return step satisfies never
  }
}

function toStepTexts ({ note, trackingNumber, identityCheck }: StepRequest): Record<string, string> {
  const texts = { note, trackingNumber, ...toIdentityTexts(identityCheck) }
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''))
}

// The profile defines which offices send envelopes and letters.

/** Returns the session's service point if it sends slips by this channel. @throws {ChannelNotSentHere} with the kinds that do */
export function requireSendingOffice ({ servicePoint }: Session, channel: Exclude<Channel, 'counter'>, { offices }: Pick<Profile, 'offices'>): ServicePointRef {
  const kinds = servicePointKinds.filter(kind => offices[kind]?.channels.includes(channel))
  if (servicePoint !== null && kinds.includes(servicePoint.kind)) return servicePoint
  throw new ChannelNotSentHere(channel, kinds, servicePoint?.name)
}
