import t from 'tap'
import { type Channel, channels, custodySteps, envelopePlaces, finalStates, openStates, type SlipState, slipStates, type StepName, stepNames } from '../../../src/institution/vocabulary.js'
import { type ActorRole, getAllowedSteps, getCustodyTargetState, getInitialPlace, getInitialState, getRolesForStep, getTargetState, isActive, isOpen, placeAfterStep, stateAt, type StepRequirement, transitions } from '../../../src/slips/rules/state-machine.js'

type Line = readonly [channel: Channel, step: StepName, from: SlipState | undefined, to: SlipState, by: readonly ActorRole[], needs: readonly StepRequirement[]]

/** The table in docs/domain.md, "State machine", row by row. */
const table: readonly Line[] = [
  ['counter', 'issue', undefined, 'handed-over', ['agent'], ['identity-check']],
  ['porter', 'issue', undefined, 'prepared', ['helpdesk-agent'], ['request-reference']],
  ['registered-letter', 'issue', undefined, 'prepared', ['helpdesk-agent'], ['request-reference']],
  ['porter', 'dispatch', 'prepared', 'dispatched', ['helpdesk-agent'], []],
  ['porter', 'receive', 'dispatched', 'at-porter', ['porter'], []],
  ['porter', 'hand-over', 'at-porter', 'handed-over', ['porter'], ['identity-check']],
  ['porter', 'return', 'prepared', 'returned', ['porter', 'helpdesk-agent'], ['reason']],
  ['porter', 'return', 'dispatched', 'returned', ['porter', 'helpdesk-agent'], ['reason']],
  ['porter', 'return', 'at-porter', 'returned', ['porter', 'helpdesk-agent'], ['reason']],
  ['registered-letter', 'post', 'prepared', 'posted', ['helpdesk-agent'], ['tracking-number', 'personal-handover']],
  ['registered-letter', 'deliver', 'posted', 'delivered', ['helpdesk-agent'], []],
  ['registered-letter', 'return', 'posted', 'returned', ['helpdesk-agent'], ['reason']],
  ...channels.flatMap((channel): Line[] => [
    ...(['handed-over', 'posted', 'delivered'] as const).map((from): Line => [channel, 'redeem', from, 'redeemed', ['holder', 'identity-system'], []]),
    ...(['prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered'] as const).flatMap((from): Line[] => [
      [channel, 'void', from, 'voided', ['agent'], ['reason']],
      [channel, 'expire', from, 'expired', ['clock'], []],
      [channel, 'lock', from, 'locked', ['wrong-tries'], []],
    ]),
  ]),
]

t.test('has exactly the transitions, roles and inputs of the specification', async t => {
  const lines = transitions.flatMap(({ step, from, to, channels, roles, requirements }) => channels.flatMap(channel =>
    (from.length === 0 ? [undefined] : from).map((state): Line => [channel, step, state, to, roles, requirements])))
  const inOrder = (some: readonly Line[]) => some.toSorted((a, b) => a.slice(0, 4).join().localeCompare(b.slice(0, 4).join()))
  t.strictSame(inOrder(lines), inOrder(table))
})

t.test('allows a step from a state exactly as the table says', async t => {
  for (const channel of channels) {
    for (const step of stepNames) {
      for (const from of slipStates) {
        const expected = table.find(line => line[0] === channel && line[1] === step && line[2] === from)?.[3]
        t.equal(getTargetState(step, from, channel), expected, `${channel} ${step} from ${from}`)
      }
    }
  }
})

t.test('has no step out of a final state and a way to one from every open state', async t => {
  t.strictSame(transitions.filter(line => line.from.some(state => (finalStates as readonly SlipState[]).includes(state))), [])
  for (const channel of channels) {
    for (const state of openStates) t.equal(getTargetState('expire', state, channel), 'expired', `${channel} ${state}`)
  }
})

t.test('allows custody steps by place; an ended slip’s envelope only returns', async t => {
  for (const channel of channels) {
    for (const state of slipStates) {
      for (const place of envelopePlaces) {
        const slip = { channel, state, envelope_at: place }
        const comesBack = ['voided', 'expired', 'locked'].includes(state) && ['office', 'on-the-way', 'desk', 'post'].includes(place)
        const expected = comesBack
          ? [['return', state]]
          : (['dispatch', 'receive', 'hand-over', 'post', 'deliver', 'return'] as const).flatMap(step =>
              table.filter(line => line[0] === channel && line[1] === step && line[2] === state).map(line => [step, line[3]]))
        t.strictSame(custodySteps.flatMap(step => getCustodyTargetState(step, slip) === undefined ? [] : [[step, getCustodyTargetState(step, slip)]]), expected, `${channel} ${state} ${place}`)
        t.strictSame(getAllowedSteps(slip), comesBack && place === 'office' ? [] : expected.map(([step]) => step), 'an envelope that never left the office offers no return')
      }
    }
  }
})

t.test('lets porter or helpdesk return an ended envelope, the helpdesk a letter', async t => {
  for (const state of ['voided', 'expired', 'locked'] as const) {
    t.strictSame(getRolesForStep('return', { channel: 'porter', state, envelope_at: 'desk' }), ['porter', 'helpdesk-agent'])
    t.strictSame(getRolesForStep('return', { channel: 'registered-letter', state, envelope_at: 'post' }), ['helpdesk-agent'])
    t.strictSame(getRolesForStep('return', { channel: 'porter', state, envelope_at: 'returned' }), [])
  }
})

t.test('starts each channel in its state and place', async t => {
  t.strictSame(channels.map(channel => [channel, getInitialState(channel), getInitialPlace(channel)]), [
    ['counter', 'handed-over', 'holder'], ['porter', 'prepared', 'office'], ['registered-letter', 'prepared', 'office'],
  ])
})

t.test('defines the place of the envelope after every step', async t => {
  t.strictSame(placeAfterStep, { dispatch: 'on-the-way', receive: 'desk', 'hand-over': 'holder', post: 'post', deliver: 'holder', return: 'returned' })
})

t.test('tells open slips from active ones', async t => {
  t.strictSame(slipStates.filter(isOpen), ['prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered'])
  t.strictSame(slipStates.filter(isActive), ['handed-over', 'posted', 'delivered'])
})

t.test('treats an open slip as expired from its end on', async t => {
  const end = new Date('2026-11-26T21:59:59Z')
  for (const state of slipStates) {
    const isOpenState = (openStates as readonly SlipState[]).includes(state)
    t.equal(stateAt({ stored_state: state, expires_at: end }, new Date('2026-11-26T21:59:58.999Z')), state)
    t.equal(stateAt({ stored_state: state, expires_at: end }, end), isOpenState ? 'expired' : state)
  }
})
