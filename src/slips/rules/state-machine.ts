/**
 * The state machine of a slip: one table of transitions, and which role may take which step. Pure.
 * Buttons, API, tests and the state diagram in the documentation are derived from this table.
 */
import type { Profile } from '../../institution/profile.js'
import { activeStates, type Channel, type CustodyStep, custodySteps, type EnvelopePlace, type OpenState, openStates, type SlipState, type StepName } from '../../institution/vocabulary.js'
import type { Session } from '../../staff/session.js'
import type { Slip } from '../slip.js'

/** Who takes a step. A helpdesk agent works at an office that sends slips by this channel; a porter at the desk that the envelope goes to. */
export type ActorRole = 'agent' | 'helpdesk-agent' | 'porter' | 'holder' | 'identity-system' | 'clock' | 'wrong-tries'

/** What a step requires. */
export type StepRequirement = 'identity-check' | 'request-reference' | 'reason' | 'tracking-number' | 'personal-handover'

export interface Transition {
  readonly step: StepName
  /** States the step starts from; empty for the issue. */
  readonly from: readonly OpenState[]
  readonly to: SlipState
  /** Channels whose slips take this step. */
  readonly channels: readonly Channel[]
  readonly roles: readonly ActorRole[]
  readonly requirements: readonly StepRequirement[]
}

const allChannels: readonly Channel[] = ['counter', 'porter', 'registered-letter']

export const transitions: readonly Transition[] = [
  { step: 'issue', from: [], to: 'handed-over', channels: ['counter'], roles: ['agent'], requirements: ['identity-check'] },
  { step: 'issue', from: [], to: 'prepared', channels: ['porter', 'registered-letter'], roles: ['helpdesk-agent'], requirements: ['request-reference'] },
  { step: 'dispatch', from: ['prepared'], to: 'dispatched', channels: ['porter'], roles: ['helpdesk-agent'], requirements: [] },
  { step: 'receive', from: ['dispatched'], to: 'at-porter', channels: ['porter'], roles: ['porter'], requirements: [] },
  { step: 'hand-over', from: ['at-porter'], to: 'handed-over', channels: ['porter'], roles: ['porter'], requirements: ['identity-check'] },
  { step: 'return', from: ['prepared', 'dispatched', 'at-porter'], to: 'returned', channels: ['porter'], roles: ['porter', 'helpdesk-agent'], requirements: ['reason'] },
  { step: 'post', from: ['prepared'], to: 'posted', channels: ['registered-letter'], roles: ['helpdesk-agent'], requirements: ['tracking-number', 'personal-handover'] },
  { step: 'deliver', from: ['posted'], to: 'delivered', channels: ['registered-letter'], roles: ['helpdesk-agent'], requirements: [] },
  { step: 'return', from: ['posted'], to: 'returned', channels: ['registered-letter'], roles: ['helpdesk-agent'], requirements: ['reason'] },
  { step: 'redeem', from: activeStates, to: 'redeemed', channels: allChannels, roles: ['holder', 'identity-system'], requirements: [] },
  { step: 'void', from: openStates, to: 'voided', channels: allChannels, roles: ['agent'], requirements: ['reason'] },
  { step: 'expire', from: openStates, to: 'expired', channels: allChannels, roles: ['clock'], requirements: [] },
  { step: 'lock', from: openStates, to: 'locked', channels: allChannels, roles: ['wrong-tries'], requirements: [] },
]

/** Where the envelope is after a step of custody. */
export const placeAfterStep: Readonly<Record<CustodyStep, EnvelopePlace>> = {
  dispatch: 'on-the-way', receive: 'desk', 'hand-over': 'holder', post: 'post', deliver: 'holder', return: 'returned',
}

/** Where the paper of a new slip is. */
export function getInitialPlace (channel: Channel): EnvelopePlace {
  return channel === 'counter' ? 'holder' : 'office'
}

/** The slip data that decides which steps it can take. */
type TransitionState = Pick<Slip, 'channel' | 'state' | 'envelope_at'>

export function isCustodyStep (step: StepName): step is CustodyStep {
  return (custodySteps as readonly StepName[]).includes(step)
}

/**
 * Finds the target state of a step of custody. An ended slip has one step that is not in the table: the envelope of a
 * voided, expired or locked slip can be recorded as returned once, and the state of the slip does not change.
 */
export function getCustodyTargetState (step: CustodyStep, slip: TransitionState): SlipState | undefined {
  return step === 'return' && isEnvelopeReturnable(slip) ? slip.state : getTargetState(step, slip.state, slip.channel)
}

/** Returns true if the envelope must be returned: it has left the office, and its slip is voided, expired or locked. */
export function mustBeReturned (slip: TransitionState): boolean {
  return isEnvelopeReturnable(slip) && slip.envelope_at !== 'office'
}

function isEnvelopeReturnable ({ state, envelope_at: place }: TransitionState): boolean {
  return (state === 'voided' || state === 'expired' || state === 'locked') && place !== 'holder' && place !== 'returned'
}

/** Lists the allowed steps of custody. An envelope that has not left the office needs no return. */
export function getAllowedSteps (slip: TransitionState): CustodyStep[] {
  return custodySteps.filter(step => getCustodyTargetState(step, slip) !== undefined && (isOpen(slip.state) || mustBeReturned(slip)))
}

/** Returns the first state of a slip of this channel. */
export function getInitialState (channel: Channel): OpenState {
  return channel === 'counter' ? 'handed-over' : 'prepared'
}

/** Returns true if a slip in this state has not ended. */
export function isOpen (state: SlipState): state is OpenState {
  return (openStates as readonly SlipState[]).includes(state)
}

/** Returns the state at a time. An open slip past its end is expired, even if no job has updated its row yet. */
export function stateAt (slip: Pick<Slip, 'stored_state' | 'expires_at'>, now: Date): SlipState {
  return isOpen(slip.stored_state) && slip.expires_at <= now ? 'expired' : slip.stored_state
}

/** Returns true if the code of a slip in this state works. */
export function isActive (state: SlipState): boolean {
  return (activeStates as readonly SlipState[]).includes(state)
}

/** Finds the target state of a step in the table. Returns undefined if the slip cannot take the step. */
export function getTargetState (step: StepName, from: SlipState, channel: Channel): SlipState | undefined {
  return transitions.find(line =>
    line.step === step && line.channels.includes(channel) && (line.from as readonly SlipState[]).includes(from))?.to
}

// Who may take which step of custody.

/** The person who acts: the roles and the service point of a session. */
export type StaffActor = Pick<Session, 'servicePoint'> & { readonly staff: Pick<Session['staff'], 'roles'> }

/** Returns which actor roles this person has for this slip. */
export function getActorRoles ({ staff, servicePoint }: StaffActor, slip: Pick<Slip, 'channel' | 'porter_service_point_id'>, profile: Pick<Profile, 'offices'>): ActorRole[] {
  if (servicePoint === null) return []
  const sendsThisChannel = profile.offices[servicePoint.kind]?.channels.includes(slip.channel) ?? false
  return [
    ...staff.roles.includes('agent') ? ['agent' as const] : [],
    ...staff.roles.includes('agent') && sendsThisChannel ? ['helpdesk-agent' as const] : [],
    ...staff.roles.includes('porter') && servicePoint.id === slip.porter_service_point_id ? ['porter' as const] : [],
  ]
}

/** Returns true if one of these roles may take the step in some state of a slip. */
export function canAnyRoleTakeStep (step: CustodyStep, roles: readonly ActorRole[]): boolean {
  return transitions.some(line => line.step === step && line.roles.some(role => roles.includes(role)))
}

/** Lists the allowed steps that this person may take. The pages show them as buttons. */
export function getStepsAllowedFor (actor: StaffActor, slip: TransitionState & Pick<Slip, 'porter_service_point_id'>, profile: Pick<Profile, 'offices'>): CustodyStep[] {
  const roles = getActorRoles(actor, slip, profile)
  return getAllowedSteps(slip).filter(step => getRolesForStep(step, slip).some(role => roles.includes(role)))
}

/** Returns the roles that may take the step for a slip of this channel and state. */
export function getRolesForStep (step: CustodyStep, slip: TransitionState): readonly ActorRole[] {
  return transitions.find(line => line.step === step && line.channels.includes(slip.channel) &&
    (mustBeReturned(slip) || (line.from as readonly string[]).includes(slip.state)))?.roles ?? []
}
