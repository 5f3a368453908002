import fc from 'fast-check'
import t from 'tap'
import { verifyCodeAlerts, verifyDispatches, verifyDispatchOfEnvelopes } from '../../src/proofs/tables/custody.js'
import { verifyCodeTries, verifyRedemptions } from '../../src/proofs/tables/redemptions.js'
import { verifyRecords } from '../../src/proofs/verify-records.js'
import { buildTestApp } from '../helpers/app.js'
import { testStart } from '../helpers/database.js'
import { runCommand, scenario } from './interleavings/commands.js'
import { findViolations } from './interleavings/invariants.js'
import { createWorld, createStaffSessions } from './interleavings/world.js'

/**
 * The number of scenarios, each of many batches of commands. Set `SCENARIOS=2000` for a long run. The embedded
 * database runs one command at a time, so its default is about a third.
 */
const SCENARIO_COUNT = Number(process.env['SCENARIOS'] ?? (process.env['DATABASE_URL'] === undefined ? 20 : 64))

const test = await buildTestApp(t)
const staff = await createStaffSessions(test)

t.test('keeps every invariant under any interleaving of commands', async t => {
  const came = new Map<string, number>()
  const reached = new Set<string>()
  let interleavings = 0
  await fc.assert(fc.asyncProperty(scenario, async batches => {
    test.clock.set(testStart)
    const world = await createWorld(test, staff)
    for (const batch of batches) {
      const outcomes = await Promise.all(batch.map(async command => await runCommand(world, command)))
      interleavings++
      const broken = await findViolations(world, outcomes)
      if (broken.length > 0) throw new Error(broken.join('\n'))
      for (const outcome of outcomes) came.set(outcome.came, (came.get(outcome.came) ?? 0) + 1)
      for (const state of world.states.values()) reached.add(state)
    }
  }), { numRuns: SCENARIO_COUNT, interruptAfterTimeLimit: Math.max(210_000, SCENARIO_COUNT * 3500), markInterruptAsFailure: true })
  const count = (...names: string[]) => names.reduce((total, name) => total + (came.get(name) ?? 0), 0)
  const all = count(...came.keys()) - count('nothing')
  const accepted = count('done', 'accepted', 'redeemed', 'in vain')
  t.comment(`${SCENARIO_COUNT} scenarios, ${interleavings} batches of one to three concurrent commands, ${all} commands, ${all - accepted} of them refused; ${[...came].map(([name, times]) => `${times} × ${name}`).join(', ')}`)
  t.ok(all > 30 * SCENARIO_COUNT, `${all} commands`)
  for (const refusal of ['conflict', 'not-permitted', 'identity-not-checked', 'validation-failed', 'reissue-limit', 'office-not-authorised']) t.ok(count(refusal) > 0, `some were refused with ${refusal}`)
  t.ok(count('accepted') > 10 && count('redeemed') > 3 && count('in vain') > 60, 'codes of active and inactive slips were tried, and some were redeemed')
  t.strictSame([...reached].sort(), ['at-porter', 'delivered', 'dispatched', 'expired', 'handed-over', 'posted', 'prepared', 'redeemed', 'returned', 'voided'], 'every state was reached except locked, which takes a hundred wrong codes')
})

t.test('everything that happened agrees with the log', async t => {
  t.equal((await verifyRecords(test.deps.db)).fault, undefined)
  for (const verify of [verifyDispatches, verifyDispatchOfEnvelopes, verifyCodeAlerts, verifyRedemptions, verifyCodeTries]) t.equal(await verify(test.deps.db), undefined, verify.name)
})
