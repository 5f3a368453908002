import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { type AttemptCount, type AttemptedSlip, countWrongAttempt, isWaiting, judgeAttempt } from '../../src/redemptions/rules.js'

const now = new Date('2026-11-19T07:30:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

t.test('pauses after every five wrong codes and locks at a hundred', async t => {
  let previous: AttemptCount = { tries: 0, waitsUntil: null }
  const waits: number[] = []
  const locks: number[] = []
  for (let i = 1; i <= 100; i++) {
    const moment = later(i * 20)
    const after = countWrongAttempt(previous, moment, metropolia.wrongTries)
    if (isWaiting(after, new Date(moment.getTime() + 15 * 60_000 - 1))) waits.push(i)
    t.notOk(isWaiting(after, new Date(moment.getTime() + 15 * 60_000)), 'no longer than fifteen minutes')
    if (after.shouldLock) locks.push(i)
    previous = after
  }
  t.strictSame(waits, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100])
  t.strictSame(locks, [100])
})

const slip: AttemptedSlip = { id: 'a', number: 'AAA-AAA-AAA', account_id: 'x', channel: 'counter', stored_state: 'handed-over', envelope_at: 'holder', expires_at: later(60), ended_at: null, tries: null, waits_until: null, confirm_by: null }
const active = { status: 'active' as const }
const outcome = (slips: AttemptedSlip[], isCodeOf: ((slip: AttemptedSlip) => boolean) | undefined, account: { status: 'active' | 'locked' | 'not-yet-entitled' } | undefined = active) => {
  const verdict = judgeAttempt({ account, slips, matchesCode: isCodeOf }, now)
  return verdict.outcome === 'refused' ? verdict.reason : verdict.outcome
}
const right = () => true
const wrong = () => false

t.test('judges an attempt', async t => {
  t.equal(outcome([slip], right), 'accepted')
  t.equal(outcome([slip], wrong), 'wrong-code')
  t.equal(outcome([slip], undefined), 'mistyped', 'a typing error does not count as a wrong code')
  t.equal(outcome([], right), 'no-slip')
  t.strictSame(judgeAttempt({ account: undefined, slips: [], matchesCode: right }, now), { outcome: 'refused', reason: 'unknown-user', slip: undefined })
  t.equal(outcome([slip], right, { status: 'locked' }), 'account-not-active')
  t.equal(outcome([slip], right, { status: 'not-yet-entitled' }), 'account-not-active')
  for (const state of ['prepared', 'dispatched', 'at-porter'] as const) t.equal(outcome([{ ...slip, stored_state: state }], right), 'dead', `${state}: inactive until the handover`)
  for (const state of ['handed-over', 'posted', 'delivered'] as const) t.equal(outcome([{ ...slip, stored_state: state }], right), 'accepted', state)
  for (const state of ['voided', 'expired', 'locked', 'returned', 'redeemed'] as const) t.equal(outcome([{ ...slip, stored_state: state, ended_at: later(-60) }], right), 'dead', state)
  t.equal(outcome([{ ...slip, expires_at: now }], right), 'dead', 'expired exactly at its end')
  t.equal(outcome([{ ...slip, expires_at: now }], wrong), 'no-slip')
})

t.test('examines no code while the slip is paused or reserved', async t => {
  const waiting = { ...slip, waits_until: later(1) }
  t.equal(outcome([waiting], right), 'waiting')
  t.equal(outcome([waiting], wrong), 'waiting')
  const old: AttemptedSlip = { ...slip, id: 'b', stored_state: 'voided', ended_at: later(-60) }
  t.equal(outcome([waiting, old], one => one.id === 'b'), 'waiting', 'an earlier slip’s code is not examined either')
  t.equal(outcome([{ ...slip, waits_until: now }], right), 'accepted', 'the pause is over exactly at its end')
  t.equal(outcome([{ ...slip, confirm_by: later(1) }], right), 'reserved')
  t.equal(outcome([{ ...slip, confirm_by: now }], right), 'accepted', 'a reservation is over exactly at its end')
})

t.test('ignores a repeated correct code within five minutes of its use', async t => {
  t.equal(outcome([{ ...slip, stored_state: 'redeemed', ended_at: later(-4.9) }], right), 'just-redeemed')
  t.equal(outcome([{ ...slip, stored_state: 'redeemed', ended_at: later(-5) }], right), 'dead')
})
