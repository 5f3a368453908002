/** The state machine in docs/domain.md, generated from the table in src/slips/rules/state-machine.ts. Pure. */
import { getInitialPlace, placeAfterStep, transitions, type StepRequirement, type ActorRole, type Transition } from '../../src/slips/rules/state-machine.js'
import { activeStates, type Channel, channels, custodySteps, type EnvelopePlace, type OpenState, openStates, type SlipState, slipStates } from '../../src/institution/vocabulary.js'

const actorRoleNames: Readonly<Record<ActorRole, string>> = {
  agent: 'agent',
  'helpdesk-agent': 'helpdesk agent',
  porter: 'porter of the desk',
  holder: 'holder',
  'identity-system': 'identity system',
  clock: 'the clock',
  'wrong-tries': 'wrong codes',
}
const requirementNames: Readonly<Record<StepRequirement, string>> = {
  'identity-check': 'identity check',
  'request-reference': 'request reference',
  reason: 'reason',
  'tracking-number': 'tracking number',
  'personal-handover': 'personal handover (abroad where it exists)',
}
const placeNames: Readonly<Record<EnvelopePlace, string>> = {
  office: 'at the office', 'on-the-way': 'on the way', desk: 'at the porter desk', post: 'with the post', holder: 'with the holder', returned: 'back at the office',
}
const channelNames: Readonly<Record<Channel, string>> = { counter: 'counter', porter: 'porter', 'registered-letter': 'letter' }

/** Renders the diagram and the tables. */
export function renderStateMachineDoc (): string {
  return `${renderDiagram()}

Active, with a code that works: ${activeStates.join(', ')}. A final state is never left.

| From | Step | To | Channel | Actor | Requires |
|---|---|---|---|---|---|
${transitions.map(renderRow).join('\n')}

Where the envelope is after each step (\`deliveries.envelope_at\`):

| Step | Envelope |
|---|---|
${channels.map(channel => `| issue (${channelNames[channel]}) | ${placeNames[getInitialPlace(channel)]} |`).join('\n')}
${custodySteps.map(step => `| ${step} | ${placeNames[placeAfterStep[step]]} |`).join('\n')}`
}

function renderRow ({ step, from, to, channels: some, roles, requirements: lacks }: Transition): string {
  const cells = [formatStates(from), step, to, formatChannels(some), roles.map(one => actorRoleNames[one]).join(' or '), lacks.map(one => requirementNames[one]).join(', ')]
  return `| ${cells.join(' | ')} |`
}

function formatStates (from: readonly OpenState[]): string {
  if (from.length === 0) return '–'
  return isAnyOpen(from) ? 'any open' : from.join(', ')
}

function formatChannels (some: readonly Channel[]): string {
  return some.length === channels.length ? 'any' : some.map(channel => channelNames[channel]).join(', ')
}

const isAnyOpen = (from: readonly OpenState[]) => openStates.every(state => from.includes(state))

function renderDiagram (): string {
  const names = slipStates.map(state => `  state "${state}${isActive(state) ? ' (active)' : ''}" as ${toDiagramId(state)}`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  state "any open state" as open', ...transitions.flatMap(renderArrows), '```'].join('\n')
}

function renderArrows ({ step, from, to, channels: some }: Transition): string[] {
  const channel = ` (${formatChannels(some)})`
  if (from.length === 0) return [`  [*] --> ${toDiagramId(to)}: ${step}${channel}`]
  if (isAnyOpen(from)) return [`  open --> ${toDiagramId(to)}: ${step}`]
  return from.map(state => `  ${toDiagramId(state)} --> ${toDiagramId(to)}: ${step}${listChannelsReaching(state).every(one => some.includes(one)) ? '' : channel}`)
}

/** Lists the channels whose slips can reach a state. */
const listChannelsReaching = (state: OpenState) => transitions.filter(line => line.to === state).flatMap(line => line.channels)
const isActive = (state: SlipState) => (activeStates as readonly SlipState[]).includes(state)
const toDiagramId = (state: string) => state.replaceAll('-', '_')
