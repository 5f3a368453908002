/**
 * The state machine of a slip: one table of transitions, and which role may take which step. Pure.
 * Buttons, API, tests and the state diagram in the documentation are derived from this table.
 */
import type { Profile } from '../../institution/profile.js'
import { activeStates, type Channel, type CustodyStep, custodySteps, type EnvelopePlace, type OpenState, openStates, type SlipState, type StepName } from '../../institution/vocabulary.js'
import type { Session } from '../../staff/session.js'

/** Who takes a step. A helpdesk agent works at an office that sends slips by this channel; a porter at the desk that the envelope goes to. */
export type ActorRole = 'agent' | 'helpdesk-agent' | 'porter' | 'holder' | 'identity-system' | 'clock' | 'wrong-tries'

/** What a step cannot be taken without. */
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

/** Where a step of custody puts the envelope. */
export const placeAfterStep: Readonly<Record<CustodyStep, EnvelopePlace>> = {
  dispatch: 'on-the-way', receive: 'desk', 'hand-over': 'holder', post: 'post', deliver: 'holder', return: 'returned',
}

/** Where a fresh slip's paper lies. */
export function getInitialPlace (channel: Channel): EnvelopePlace {
  return channel === 'counter' ? 'holder' : 'office'
}

/** What a step looks at of a slip. */
export interface SteppedSlip {
  readonly channel: Channel
  /** As of the moment: `stateAt`. */
  readonly state: SlipState
  readonly envelope_at: EnvelopePlace
}

/**
 * Where the step leads: a line of the table, or the one step that an ended slip still takes. An envelope whose
 * slip was voided, has expired or is locked can be recorded as returned once, and the state stays what it is.
 */
export function getCustodyTargetState (step: CustodyStep, slip: SteppedSlip): SlipState | undefined {
  return step === 'return' && isEnvelopeReturnable(slip) ? slip.state : getTargetState(step, slip.state, slip.channel)
}

/** True for an envelope that must come back: it has left the office, and its slip was voided, has expired or is locked. */
export function mustBeReturned (slip: SteppedSlip): boolean {
  return isEnvelopeReturnable(slip) && slip.envelope_at !== 'office'
}

function isEnvelopeReturnable ({ state, envelope_at: place }: SteppedSlip): boolean {
  return (state === 'voided' || state === 'expired' || state === 'locked') && place !== 'holder' && place !== 'returned'
}

/** The steps of custody that are right now, in the order of the table. An envelope that has not left needs no return. */
export function getAllowedSteps (slip: SteppedSlip): CustodyStep[] {
  return custodySteps.filter(step => getCustodyTargetState(step, slip) !== undefined && (isOpen(slip.state) || mustBeReturned(slip)))
}

/** The state a fresh slip of this channel starts in. */
export function getInitialState (channel: Channel): OpenState {
  return channel === 'counter' ? 'handed-over' : 'prepared'
}

/** True while the state is open: not redeemed, returned, voided, expired or locked. */
export function isOpen (state: SlipState): state is OpenState {
  return (openStates as readonly SlipState[]).includes(state)
}

/**
 * The state as of a moment: expiry is by the clock, not by a job, so an open slip past its end is expired
 * whatever its row says.
 */
export function stateAt (slip: { state: SlipState, expires_at: Date }, now: Date): SlipState {
  return isOpen(slip.state) && slip.expires_at <= now ? 'expired' : slip.state
}

/** True when a code of a slip in this state works now. */
export function isActive (state: SlipState): boolean {
  return (activeStates as readonly SlipState[]).includes(state)
}

/** Where the step leads from this state, or undefined when the table has no such line. */
export function getTargetState (step: StepName, from: SlipState, channel: Channel): SlipState | undefined {
  return transitions.find(line =>
    line.step === step && line.channels.includes(channel) && (line.from as readonly SlipState[]).includes(from))?.to
}

// Who may take which step of custody: the table of the slip's life, asked for a person at a service point. Pure.

/** A slip as far as it decides whose it is to step. */
export interface CustodySlip extends SteppedSlip {
  readonly porter_service_point_id: string | null
}

/** Whoever acts: the roles and the service point of a session. */
export type StaffActor = Pick<Session, 'servicePoint'> & { readonly staff: Pick<Session['staff'], 'roles'> }

/** In which parts of the table somebody acts towards this slip. */
export function getActorRoles ({ staff, servicePoint }: StaffActor, slip: Pick<CustodySlip, 'channel' | 'porter_service_point_id'>, profile: Pick<Profile, 'offices'>): ActorRole[] {
  if (servicePoint === null) return []
  const sendsThisChannel = profile.offices[servicePoint.kind]?.channels.includes(slip.channel) ?? false
  return [
    ...staff.roles.includes('agent') ? ['agent' as const] : [],
    ...staff.roles.includes('agent') && sendsThisChannel ? ['helpdesk-agent' as const] : [],
    ...staff.roles.includes('porter') && servicePoint.id === slip.porter_service_point_id ? ['porter' as const] : [],
  ]
}

/** True when the step belongs to one of these parts at all, whatever the slip's state. */
export function canRolesTakeStep (step: CustodyStep, parts: readonly ActorRole[]): boolean {
  return transitions.some(line => line.step === step && line.roles.some(part => parts.includes(part)))
}

/** The steps that are right now and that this person may take: their buttons. */
export function getStepsAllowedFor (actor: StaffActor, slip: CustodySlip, profile: Pick<Profile, 'offices'>): CustodyStep[] {
  const parts = getActorRoles(actor, slip, profile)
  return getAllowedSteps(slip).filter(step => getRolesForStep(step, slip).some(part => parts.includes(part)))
}

/** Whose the step is at a slip of this channel and state. */
export function getRolesForStep (step: CustodyStep, slip: SteppedSlip): readonly ActorRole[] {
  return transitions.find(line => line.step === step && line.channels.includes(slip.channel) &&
    (mustBeReturned(slip) || (line.from as readonly string[]).includes(slip.state)))?.roles ?? []
}
