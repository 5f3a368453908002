/** docs/life-of-a-slip.md, as the table of src/slips/rules/state-machine.ts gives it. Pure. */
import { getInitialPlace, placeAfterStep, transitions, type StepRequirement, type ActorRole, type Transition } from '../../src/slips/rules/state-machine.js'
import { activeStates, type Channel, channels, custodySteps, type EnvelopePlace, type OpenState, openStates, type SlipState, slipStates } from '../../src/institution/vocabulary.js'

const actorRoleNames: Readonly<Record<ActorRole, string>> = {
  agent: 'agent',
  'helpdesk-agent': 'helpdesk agent',
  porter: 'porter of its desk',
  holder: 'holder',
  'identity-system': 'identity system',
  clock: 'the clock',
  'wrong-tries': 'wrong tries',
}
const requirementNames: Readonly<Record<StepRequirement, string>> = {
  'identity-check': 'identity check',
  'request-reference': 'request reference',
  reason: 'reason',
  'tracking-number': 'tracking number',
  'personal-handover': 'personal handover (abroad if there is one)',
}
const placeNames: Readonly<Record<EnvelopePlace, string>> = {
  office: 'at the office', 'on-the-way': 'under way', desk: 'at the porter’s desk', post: 'with the post', holder: 'with its holder', returned: 'back at the office',
}
const channelNames: Readonly<Record<Channel, string>> = { counter: 'counter', porter: 'porter', 'registered-letter': 'letter' }

/** The whole document. */
export function renderStateMachineDoc (): string {
  return `# The life of a slip
Made from the table in \`src/slips/rules/state-machine.ts\` by \`npm run docs:life\`; a test fails when the two differ. The database keeps the same table (\`slip_transitions\`) and takes no slip along another way.

${renderDiagram()}

Live, with a code that works: ${activeStates.join(', ')}. An end is for good. Expiry is by the clock: an open slip is *expired* from its end on, whether or not a sweep has written it down.

| From | Step | To | Channel | Who | Needs |
|---|---|---|---|---|---|
${transitions.map(renderRow).join('\n')}

A \`return\` of an envelope whose slip is already voided, expired or locked adds the step and leaves the state. Whoever returns that channel’s slips takes it.

## Where the envelope lies
The state of an ended slip no longer tells, so the delivery does (\`envelope_at\`).

| After | It lies |
|---|---|
${channels.map(channel => `| issue (${channelNames[channel]}) | ${placeNames[getInitialPlace(channel)]} |`).join('\n')}
${custodySteps.map(step => `| ${step} | ${placeNames[placeAfterStep[step]]} |`).join('\n')}
`
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
  const names = slipStates.map(state => `  state "${state}${isLive(state) ? ' (live)' : ''}" as ${toDiagramId(state)}`)
  return ['```mermaid', 'stateDiagram-v2', ...names, '  state "any open state" as open', ...transitions.flatMap(renderArrows), '```'].join('\n')
}

function renderArrows ({ step, from, to, channels: some }: Transition): string[] {
  const channel = ` (${formatChannels(some)})`
  if (from.length === 0) return [`  [*] --> ${toDiagramId(to)}: ${step}${channel}`]
  if (isAnyOpen(from)) return [`  open --> ${toDiagramId(to)}: ${step}`]
  return from.map(state => `  ${toDiagramId(state)} --> ${toDiagramId(to)}: ${step}${listChannelsReaching(state).every(one => some.includes(one)) ? '' : channel}`)
}

/** Channels whose slips come to this state. */
const listChannelsReaching = (state: OpenState) => transitions.filter(line => line.to === state).flatMap(line => line.channels)
const isLive = (state: SlipState) => (activeStates as readonly SlipState[]).includes(state)
const toDiagramId = (state: string) => state.replaceAll('-', '_')
