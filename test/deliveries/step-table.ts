/** The expected outcome of every step for every login, written from docs/domain.md, "State machine", not from the code. */
import { type Channel, type EnvelopePlace, openStates, type SlipState } from '../../src/institution/vocabulary.js'
import type { SlipFixture } from '../helpers/insert-slips.js'

export const logins = ['agent', 'student-affairs', 'hr', 'porter', 'porter-elsewhere', 'auditor', 'admin', 'agent-and-porter'] as const
export type Login = (typeof logins)[number]

export const steps = ['dispatch', 'receive', 'hand-over', 'post', 'deliver', 'return', 'void'] as const
export type Step = (typeof steps)[number]

/** The transitions of docs/domain.md, "State machine", that staff make. */
const expectedTransitions: ReadonlyArray<readonly [Channel, Step, SlipState, SlipState]> = [
  ['porter', 'dispatch', 'prepared', 'dispatched'],
  ['porter', 'receive', 'dispatched', 'at-porter'],
  ['porter', 'hand-over', 'at-porter', 'handed-over'],
  ['porter', 'return', 'prepared', 'returned'],
  ['porter', 'return', 'dispatched', 'returned'],
  ['porter', 'return', 'at-porter', 'returned'],
  ['registered-letter', 'post', 'prepared', 'posted'],
  ['registered-letter', 'deliver', 'posted', 'delivered'],
  ['registered-letter', 'return', 'posted', 'returned'],
]

/** Who takes the office's steps, by channel. Counter slips have no such step; their entry lists who issues them. */
const senders: Readonly<Record<Channel, readonly Login[]>> = { counter: ['agent', 'student-affairs', 'hr'], porter: ['agent'], 'registered-letter': ['agent'] }
const deskPorters: Readonly<Record<Channel, readonly Login[]>> = { counter: [], porter: ['porter', 'agent-and-porter'], 'registered-letter': [] }

/** Every state of each channel with every possible place of the paper. `byClock`: expired, but the stored state has not changed yet. */
export const situations: ReadonlyArray<SlipFixture & { readonly byClock?: SlipState }> = [
  ...slipsOf('counter', ['handed-over holder', 'redeemed holder', 'voided holder', 'expired holder', 'locked holder']),
  ...slipsOf('porter', ['prepared office', 'dispatched on-the-way', 'at-porter desk', 'handed-over holder', 'redeemed holder', 'returned returned']),
  ...slipsOf('porter', ['voided', 'expired', 'locked'].flatMap(state => ['desk', 'holder', 'returned'].map(place => `${state} ${place}`))),
  ...slipsOf('porter', ['voided office', 'locked on-the-way']),
  ...slipsOf('registered-letter', ['voided office']),
  ...slipsOf('registered-letter', ['prepared office', 'posted post', 'delivered holder', 'redeemed holder', 'returned returned']),
  ...slipsOf('registered-letter', ['voided', 'expired', 'locked'].flatMap(state => ['post', 'holder', 'returned'].map(place => `${state} ${place}`))),
  ...([['counter', 'handed-over', 'holder'], ['porter', 'dispatched', 'on-the-way'], ['porter', 'handed-over', 'holder'], ['registered-letter', 'posted', 'post']] as const)
    .map(([channel, byClock, place]) => ({ channel, state: 'expired' as const, place, byClock })),
]

function slipsOf (channel: Channel, statesAndPlaces: readonly string[]): SlipFixture[] {
  return statesAndPlaces.map(words => words.split(' ') as [SlipState, EnvelopePlace]).map(([state, place]) => ({ channel, state, place }))
}

const mustBeReturned = ({ state, place }: SlipFixture) => ['voided', 'expired', 'locked'].includes(state) && place !== 'holder' && place !== 'returned'

/** Checks whether a page offers a step. A return of an envelope that is still at the office is accepted but not offered. */
export function isOfferedStep (situation: SlipFixture, step: Step): boolean {
  return targetState(situation, step) !== undefined && !(mustBeReturned(situation) && situation.place === 'office')
}

function targetState (situation: SlipFixture, step: Step): SlipState | undefined {
  if (step === 'void') return (openStates as readonly SlipState[]).includes(situation.state) ? 'voided' : undefined
  if (step === 'return' && mustBeReturned(situation)) return situation.state
  return expectedTransitions.find(line => line[0] === situation.channel && line[1] === step && line[2] === situation.state)?.[3]
}

/** Returns the expected status, and the expected state after a successful step. */
export function expectedOutcome (situation: SlipFixture, step: Step, login: Login): { status: number, to?: SlipState } {
  const { channel } = situation
  const to = targetState(situation, step)
  const allowed = to === undefined ? { status: 409 } : { status: 200, to }
  if (login === 'auditor' || login === 'admin') return { status: 403 }
  if (step === 'void') {
    if (login === 'porter' || login === 'porter-elsewhere') return { status: 403 }
    return login === 'agent' || login === 'student-affairs' ? allowed : { status: 422 }
  }
  if (login === 'porter-elsewhere' || (login === 'porter' && channel !== 'porter')) return { status: 404 }
  const loginsByStep = { dispatch: senders, post: senders, deliver: senders, receive: deskPorters, 'hand-over': deskPorters }
  const permitted = step === 'return' ? [...senders[channel], ...deskPorters[channel]] : loginsByStep[step][channel]
  return permitted.includes(login) ? allowed : { status: 403 }
}
