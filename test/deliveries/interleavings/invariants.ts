/** The invariants of slips, which must hold after any commands in any order. */
import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { type CustodyStep, custodySteps, type SlipState, type StepName } from '../../../src/institution/vocabulary.js'
import { getInitialPlace, placeAfterStep, getTargetState } from '../../../src/slips/rules/state-machine.js'
import type { Outcome } from './commands.js'
import type { World } from './world.js'

async function readSlips ({ test: { deps: { db } }, accounts }: World) {
  return await db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.number', 'slips.account_id', 'slips.channel', 'slips.state', 'slips.expires_at', 'slips.ceiling_at', 'slips.ended_at', 'slips.void_reason', 'deliveries.envelope_at', 'deliveries.tracking_number'])
    .select(eb => [
      jsonArrayFrom(eb.selectFrom('slip_steps as step').select(['step.step', 'step.from_state', 'step.to_state']).select(sql<boolean>`step.identity_check_id is not null`.as('checked'))
        .whereRef('step.slip_id', '=', 'slips.id').orderBy('step.id')).as('steps'),
      jsonArrayFrom(eb.selectFrom('audit_events as event').select(['event.kind', 'event.facts']).whereRef('event.slip', '=', 'slips.number')
        .where('event.kind', 'in', ['slip-issued', 'slip-step', 'slip-voided', 'slip-expired', 'slip-redeemed', 'slip-locked']).orderBy('event.sequence')).as('events'),
      sql<number>`(select coalesce(sum(tries), 0) from code_alerts where slip_id = slips.id)`.as('alerted'),
      sql<number>`(select count(*) from audit_events where slip = slips.number and kind = 'code-tried-while-dead')`.as('tried_dead'),
      sql<Date | null>`(select waits_until from code_tries where key = slips.id)`.as('waits_until'),
    ])
    .where('slips.account_id', 'in', accounts.map(account => account.id)).execute()
}

// Repeated here instead of imported, so that an error in the code does not hide in the test.
const isOpen = (state: SlipState) => ['prepared', 'dispatched', 'at-porter', 'handed-over', 'posted', 'delivered'].includes(state)
const isActive = (state: SlipState) => ['handed-over', 'posted', 'delivered'].includes(state)
const stateAt = ({ state, expires_at: end }: Pick<Slip, 'state' | 'expires_at'>, now: Date): SlipState => isOpen(state) && now >= end ? 'expired' : state

type Slip = Awaited<ReturnType<typeof readSlips>>[number]

/** Counts, from the audit events, the rejected codes and the expired reservations of each account. */
async function countRejectedTries ({ test: { deps: { db } }, accounts }: World) {
  const rows = await db.selectFrom('audit_events').select(['account', 'kind'])
    .where('kind', 'in', ['redemption-refused', 'code-tried-while-dead', 'redemption-unfinished']).where('account', 'in', accounts.map(account => account.id)).execute()
  return (account: string) => {
    const unfinished = rows.filter(row => row.account === account && row.kind === 'redemption-unfinished').length
    return { unfinished, rejected: rows.filter(row => row.account === account).length - unfinished }
  }
}

/** Checks that each failed code was rejected immediately or had a reservation that ran out when the clock advanced. */
function isOnRecord (inVain: number, { rejected, unfinished }: { rejected: number, unfinished: number }): boolean {
  return rejected <= inVain && inVain <= rejected + unfinished
}

/** Checks all invariants after a batch. @returns a description of each violation */
export async function findViolations (world: World, outcomes: readonly Outcome[]): Promise<string[]> {
  const now = world.test.clock.now()
  const slips = await readSlips(world)
  const before = world.states
  world.states = new Map(slips.map(slip => [slip.number, stateAt(slip, now)]))
  for (const { tried } of outcomes) {
    if (tried?.opened !== undefined || tried === undefined) continue
    const { id } = world.accounts[tried.as]!
    world.failedAttempts.set(id, (world.failedAttempts.get(id) ?? 0) + 1)
  }
  const recorded = await countRejectedTries(world)
  return [
    ...world.accounts.filter(({ id }) => slips.filter(slip => slip.account_id === id && isOpen(stateAt(slip, now))).length > 1).map(({ username }) => `${username} has two open slips`),
    ...world.accounts.filter(({ id }) => !isOnRecord(world.failedAttempts.get(id) ?? 0, recorded(id))).map(({ username }) => `a rejected code of ${username} is not on record`),
    ...slips.flatMap(slip => findSlipViolations(world, slip, now).map(rule => `${slip.number} (${slip.channel}, ${slip.state}): ${rule}`)),
    ...outcomes.flatMap(outcome => findTryViolations(outcome, before, slips, outcomes.length === 1, now)),
    ...outcomes.length === 1 ? outcomes.filter(isOfferedStepRefused).map(({ came }) => `a step that the page offers was refused: ${came}`) : [],
  ]
}

/** Checks whether a step that a page offers was refused for another reason than its input. */
function isOfferedStepRefused ({ command, came }: Outcome): boolean {
  return command.do === 'button' && !['done', 'nothing', 'identity-not-checked', 'validation-failed'].includes(came)
}

function findSlipViolations (world: World, slip: Slip, now: Date): string[] {
  const state = stateAt(slip, now)
  const end = [state, slip.void_reason, isOpen(state) ? '' : (slip.ended_at ?? slip.expires_at).toISOString()].join()
  if (!isOpen(state) && !world.ends.has(slip.number)) world.ends.set(slip.number, end)
  const last = slip.steps.filter(step => (custodySteps as readonly string[]).includes(step.step)).at(-1)
  const rules: ReadonlyArray<readonly [rule: string, holds: boolean]> = [
    ['its final state never changes', (world.ends.get(slip.number) ?? end) === end],
    ['its code is active only after the handover', !isActive(state) || hasBeenHandedOver(slip)],
    ['it expires at the ceiling at the latest', slip.expires_at <= slip.ceiling_at],
    ['its steps lead without a gap to its state', slip.steps.every((step, i) => step.from_state === (slip.steps[i - 1]?.to_state ?? null)) && slip.steps.at(-1)?.to_state === slip.state],
    ['each step is an allowed transition', slip.steps.every(step => isAllowedTransition(slip, step))],
    ['each step has an audit event', slip.steps.map(formatExpectedEvent).join() === slip.events.map(({ kind, facts }) => [kind, facts['step'] ?? '', facts['from'] ?? '', facts['to'] ?? ''].join(' ')).join()],
    ['its envelope is where the last step put it', slip.envelope_at === (last === undefined ? getInitialPlace(slip.channel) : placeAfterStep[last.step as CustodyStep])],
    ['every try of its code while inactive raised an alert', slip.alerted === slip.tried_dead],
    ['it is redeemed at most once', slip.steps.filter(step => step.step === 'redeem').length <= 1],
  ]
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule)
}

function hasBeenHandedOver (slip: Slip): boolean {
  switch (slip.channel) {
    case 'counter': return slip.steps[0]?.checked === true
    case 'porter': return slip.steps.some(step => step.step === 'hand-over' && step.checked)
    case 'registered-letter': return slip.steps.some(step => step.step === 'post') && slip.tracking_number !== null
  }
}

type Step = Slip['steps'][number]

function isAllowedTransition ({ channel }: Slip, { step, from_state: from, to_state: to }: Step): boolean {
  if (from === null) return step === 'issue'
  return getTargetState(step, from, channel) === to || (step === 'return' && from === to && ['voided', 'expired', 'locked'].includes(from))
}

/** Formats the audit event that a step must have. */
function formatExpectedEvent ({ step, from_state: from, to_state: to }: Step): string {
  const kinds: Partial<Record<StepName, string[]>> = { issue: ['slip-issued', '', '', to], void: ['slip-voided', '', from ?? '', ''], expire: ['slip-expired', '', from ?? '', ''], redeem: ['slip-redeemed', '', from ?? '', ''], lock: ['slip-locked', '', from ?? '', ''] }
  return (kinds[step] ?? ['slip-step', step, from ?? '', to]).join(' ')
}

/** Checks that only the right code of an active slip is accepted, and that it is, if no other command runs. */
function findTryViolations ({ tried }: Outcome, before: ReadonlyMap<string, SlipState>, slips: readonly Slip[], alone: boolean, now: Date): string[] {
  if (tried === undefined) return []
  const { paper: { number }, isOwnAccount, opened } = tried
  const { account_id: account } = slips.find(slip => slip.number === number)!
  // For fifteen minutes after every fifth wrong code, no code is examined.
  const waits = slips.some(slip => slip.account_id === account && isOpen(stateAt(slip, now)) && slip.waits_until !== null && new Date(slip.waits_until) > now)
  const was = before.get(number)
  const wasActive = (was !== undefined && isActive(was)) || (!alone && slips.find(slip => slip.number === number)!.steps.some(step => isActive(step.to_state)))
  return [
    ...opened !== undefined && !(isOwnAccount && wasActive && opened === number) ? [`the code of ${number} was accepted, as ${opened}, though it was ${was}`] : [],
    ...alone && isOwnAccount && wasActive && !waits && opened === undefined ? [`the code of ${number} was not accepted though it was ${was}`] : [],
  ]
}
