import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import t from 'tap'
import { authenticateAccount } from '../../src/accounts/built-in-directory.js'
import { type Directory, DirectoryError, type DirectoryErrorKind } from '../../src/accounts/directory.js'
import { projectRoot } from '../helpers/project-root.js'
import { verifyCodeAlerts } from '../../src/proofs/tables/custody.js'
import { verifyCodeTries, verifyRedemptions } from '../../src/proofs/tables/redemptions.js'
import { activate, type ActivationDeps, activationLimit } from '../../src/redemptions/activate.js'
import { refuseReservation, sweepExpiredReservations } from '../../src/redemptions/end-reservation.js'
import { reserveCode } from '../../src/redemptions/reserve-code.js'
import { holderRedeemer } from '../../src/redemptions/rules.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { generateActivationCode } from '../../src/slips/codes.js'
import { buildTestApp } from '../helpers/app.js'
import { type InsertedSlip, insertSlips, readSlipStates } from '../helpers/insert-slips.js'
import { listAuditEvents, tryCode } from '../helpers/issue-slips.js'
import { postgresOnly } from '../helpers/processes.js'
import type { Fate } from './crash-while-activating.js'
import { withPoints } from './failure-points.js'
import { pick, pickEach } from '../helpers/projections.js'

const codeKey = randomBytes(32)
const test = await buildTestApp(t, { codeKeys: createKeyRing([codeKey]) })
const { clock } = test
const deps: ActivationDeps = { ...test.deps }
const password = 'words with spaces between'

const live = { channel: 'counter', state: 'handed-over', place: 'holder' } as const
const oneSlip = async (): Promise<InsertedSlip> => (await insertSlips(test, [{ ...live, expiresAt: new Date('2027-01-01') }]))[0]!
const attempt = ({ username, code }: InsertedSlip, address = '192.0.2.1') => ({ username, code, password, address })
const stateOf = async (slip: InsertedSlip) => (await readSlipStates(test, [slip]))[0]!.state
const hasPassword = async ({ username }: InsertedSlip) => await authenticateAccount(deps.db, username, password) !== undefined
const about = async (slip: InsertedSlip, kind: string) => (await listAuditEvents(test, kind)).filter(event => event.slip === slip.number)
/** The facts of the slip's newest reservation, which all its events have. */
async function reservationFacts (slip: InsertedSlip) {
  const row = await deps.db.selectFrom('redemptions').select(['id', 'reserved_at', 'confirm_by']).where('slip_id', '=', slip.id).orderBy('reserved_at', 'desc').executeTakeFirstOrThrow()
  return { reservation: row.id, reservedAt: row.reserved_at.toISOString(), confirmBy: row.confirm_by.toISOString() }
}
/** Replaces functions of the built-in directory. */
const directory = (changes: Partial<Directory>): ActivationDeps => ({ ...deps, directory: { ...deps.directory, ...changes } })

t.test('sets the password and uses up the code', async t => {
  const slip = await oneSlip()
  t.strictSame(await activate(deps, attempt(slip)), { outcome: 'done', username: slip.username })
  t.equal(await stateOf(slip), 'redeemed')
  t.equal(await hasPassword(slip), true)
  t.strictSame(pickEach(await about(slip, 'slip-redeemed'), 'actor', 'facts'), [{ actor: 'holder', facts: { from: 'handed-over', ...await reservationFacts(slip) } }])
  t.strictSame(await activate(deps, attempt(slip)), { outcome: 'not-accepted' }, 'once')
  t.strictSame(await activate(deps, { ...attempt(slip), code: generateActivationCode(randomBytes) }), { outcome: 'not-accepted' })
  t.equal((await about(slip, 'redemption-refused')).at(-1)?.actor, 'anonymous', 'the page does not know who entered the code')
})

t.test('reports directory errors only for a correct active code and keeps it', async t => {
  for (const kind of ['away', 'password-refused', 'account-gone', 'ambiguous'] as const satisfies readonly DirectoryErrorKind[]) {
    const faulty = directory({ setPassword: async () => { throw new DirectoryError(kind, 'as it happens') } })
    const slip = await oneSlip()
    t.strictSame(await activate(faulty, { ...attempt(slip), code: generateActivationCode(randomBytes) }), { outcome: 'not-accepted' })
    t.strictSame(await activate(faulty, attempt(slip)), { outcome: kind === 'away' ? 'directory-away' : kind })
    t.strictSame(await tryCode(deps, slip.username, slip.code), { number: slip.number }, `${kind}: the code works again immediately`)
    const kinds = [await about(slip, 'redemption-released'), await about(slip, 'redemption-unfinished')].map(events => events.map(({ facts }) => facts['reason']))
    // The entry `given-back` comes from trying the code above.
    t.strictSame(kinds, kind === 'away' ? [['given-back'], ['directory-away']] : [[kind, 'given-back'], []], 'a directory that does not answer may have set the password')
  }
  const slip = await oneSlip()
  t.strictSame(await activate(directory({ refresh: async () => { throw new DirectoryError('away', 'no answer') } }), attempt(slip)), { outcome: 'directory-away' })
  t.equal((await about(slip, 'redemption-unfinished')).length, 0, 'no password was requested')
})

t.test('examines a password only after a right code, and keeps the code', async t => {
  const weak = { password: 'passwordpassword', address: '192.0.2.61' }
  const slip = await oneSlip()
  t.strictSame(await activate(deps, { ...attempt(slip), ...weak, code: generateActivationCode(randomBytes) }), { outcome: 'not-accepted' })
  const countOf = async () => (await deps.db.selectFrom('sign_in_tries').select('tries').orderBy('ends_at', 'desc').executeTakeFirstOrThrow()).tries
  const before = await countOf()
  for (let times = 0; times < 3; times++) t.strictSame(await activate(deps, { ...attempt(slip), ...weak }), { outcome: 'password-guessable' })
  t.equal(await countOf(), before, 'a holder who chooses a weak password locks no one out')
  t.strictSame((await about(slip, 'redemption-released')).map(({ facts }) => facts['reason']), Array.from({ length: 3 }, () => 'password-guessable'))
  t.notOk(await hasPassword(slip))
  t.strictSame(await activate(deps, { ...attempt(slip), address: weak.address }), { outcome: 'done', username: slip.username })
})

t.test('sets no password for an account locked in the directory', async t => {
  const slip = await oneSlip()
  const locking = directory({ refresh: async ({ id }) => { await deps.db.updateTable('accounts').set({ status: 'locked' }).where('id', '=', id).execute() } })
  t.strictSame(await activate(locking, attempt(slip)), { outcome: 'not-accepted' })
  t.equal(await stateOf(slip), 'handed-over')
  t.equal((await deps.db.selectFrom('account_passwords').select('account_id').where('account_id', '=', slip.accountId).execute()).length, 0)
})

t.test('keeps the code of a rejected holder, also when unlocked at that moment', async t => {
  const slip = await oneSlip()
  const reservation = await reserveCode(deps, holderRedeemer, slip, { quietly: true })
  await refuseReservation(deps, holderRedeemer, reservation!.id)
  t.equal(await stateOf(slip), 'handed-over', 'the account is active, but no password was set')
  t.strictSame(pickEach(await about(slip, 'redemption-refused'), 'actor', 'facts'), [{ actor: 'holder', facts: { reason: 'account-not-active', state: 'handed-over', ...await reservationFacts(slip) } }])
  t.equal((await activate(deps, attempt(slip))).outcome, 'done')
})

t.test('lets an LDAP directory decide who is active or missing', async t => {
  const slip = await oneSlip()
  const says = (changes: { status: 'active' | 'locked', gone_at: Date | null }) => directory({
    kind: 'ldap', refresh: async ({ id }) => { await deps.db.updateTable('accounts').set(changes).where('id', '=', id).execute() },
  })
  for (const time of ['first', 'second']) {
    t.strictSame(await activate(says({ status: 'locked', gone_at: clock.now() }), attempt(slip)), { outcome: 'account-gone' }, `${time} time`)
  }
  t.strictSame(await activate(says({ status: 'locked', gone_at: null }), attempt(slip)), { outcome: 'not-accepted' })
  t.equal((await about(slip, 'redemption-refused')).at(-1)?.facts['reason'], 'account-not-active')
  t.equal((await activate(says({ status: 'active', gone_at: null }), attempt(slip))).outcome, 'done', 'an account that is active again does not wait for a sync')
})

t.test('records an activation whose slip ended while the password was set', async t => {
  const slip = await oneSlip()
  const slow = directory({
    setPassword: async (account, word) => {
      await deps.directory.setPassword(account, word)
      clock.advance({ minutes: 5 })
    },
  })
  t.equal((await activate(slow, attempt(slip))).outcome, 'done')
  t.equal(await stateOf(slip), 'handed-over')
  t.equal(await hasPassword(slip), true)
  t.strictSame(pickEach(await about(slip, 'redemption-unfinished'), 'actor', 'facts', 'texts'), [
    { actor: 'system', facts: await reservationFacts(slip), texts: {} }, { actor: 'holder', facts: { passwordSet: true }, texts: {} },
  ], 'the reservation ran out, and the password was set')
})

t.test('confirms a set password when the database fails, and records it later', async t => {
  const slip = await oneSlip()
  let isSet = false
  const { db, directory: counted } = withPoints(deps.db, deps.directory, () => { if (isSet) throw new Error('the database has gone away') })
  const setting = {
    ...counted,
    setPassword: async (...given: Parameters<Directory['setPassword']>) => {
      await deps.directory.setPassword(...given)
      isSet = true
    }
  }
  t.equal((await activate({ ...deps, db, directory: setting }, attempt(slip))).outcome, 'done')
  t.equal(await hasPassword(slip), true)
  t.equal(await stateOf(slip), 'handed-over')
  clock.advance({ minutes: 5 })
  await sweepExpiredReservations(deps.db, clock.now())
  t.equal((await about(slip, 'redemption-unfinished')).length, 1)
})

t.test('does not claim that nothing happened when the database fails midway', async t => {
  for (const [outcome, thrown] of [
    [{ outcome: 'password-refused' }, new DirectoryError('password-refused', 'too weak')],
    [{ name: 'Unavailable', reason: 'password-may-be-set' }, new Error('the connection was reset')],
  ] as const) {
    const slip = await oneSlip()
    let isAway = false
    const { db, directory: counted } = withPoints(deps.db, deps.directory, () => { if (isAway) throw new Error('the database has gone away') })
    const setting = {
      ...counted,
      setPassword: async () => {
        isAway = true
        throw thrown
      }
    }
    t.strictSame(pick(await activate({ ...deps, db, directory: setting }, attempt(slip)).catch((error: unknown) => error), ...Object.keys(outcome)), outcome)
    clock.advance({ minutes: 5 })
    await sweepExpiredReservations(deps.db, clock.now())
    t.equal((await about(slip, 'redemption-unfinished')).length, 1, 'the reservation ran out')
    t.strictSame(await tryCode(deps, slip.username, slip.code), { number: slip.number }, 'the code works again')
  }
})

t.test('throttles an address after failures; successes do not count', async t => {
  const slip = await oneSlip()
  const from = '198.51.100.7'
  const wrong = { ...attempt(slip, from), username: 'nobody' }
  for (let i = 0; i < activationLimit.maxAttempts - 1; i++) await activate(deps, wrong)
  t.equal((await activate(deps, attempt(slip, from))).outcome, 'done')
  t.strictSame(await activate(deps, wrong), { outcome: 'not-accepted' })
  await t.rejects(activate(deps, wrong), { name: 'TooManyAttempts', seconds: 900 })
  await t.rejects(activate(deps, wrong), { name: 'TooManyAttempts', seconds: 900 })
  t.equal((await listAuditEvents(test, 'redemption-refused')).filter(({ facts }) => facts['reason'] === 'throttled').length, 1, 'repeated throttled attempts are recorded once')
  clock.advance({ minutes: 15 })
  t.strictSame(await activate(deps, wrong), { outcome: 'not-accepted' })
})

/** Checks the invariants after an interrupted activation. @returns the violated ones, in words */
async function findBrokenInvariants (slip: InsertedSlip): Promise<string[]> {
  const state = await stateOf(slip)
  const signsIn = await hasPassword(slip)
  clock.advance({ minutes: 5 })
  await sweepExpiredReservations(deps.db, clock.now())
  const opens = await tryCode(deps, slip.username, slip.code) !== undefined
  const unfinished = (await about(slip, 'redemption-unfinished')).length
  return Object.entries({
    'a used code and no password': state === 'redeemed' && !signsIn,
    'neither a password nor a code that works': !signsIn && !opens,
    'a code that works after its use': state === 'redeemed' && opens,
    'a password and an unused code, and nothing on record': signsIn && state !== 'redeemed' && unfinished === 0,
  }).filter(([, broken]) => broken).map(([what]) => what)
}

t.test('never leaves a used code without a password after a fault', async t => {
  const states = new Set<string>()
  for (let point = 0; ; point++) {
    const slip = await oneSlip()
    let points = 0
    const faulty = withPoints(deps.db, deps.directory, () => { if (points++ === point) throw new Error('as it happens') })
    const outcome = await activate({ ...deps, ...faulty }, attempt(slip, '203.0.113.9')).catch(() => undefined)
    states.add(await stateOf(slip))
    t.strictSame(await findBrokenInvariants(slip), [], `point ${point}`)
    if (points <= point) {
      t.equal(outcome?.outcome, 'done')
      t.ok(point > 12, `${point} points`)
      break
    }
  }
  t.strictSame([...states].sort(), ['handed-over', 'redeemed'])
})

t.test('never leaves a used code without a password after a crash', postgresOnly, async t => {
  const { rows: [here] } = await sql<{ name: string }>`select current_database() as name`.execute(deps.db)
  const url = new URL(process.env['DATABASE_URL']!)
  url.pathname = `/${here!.name}`
  const killed: string[] = []
  for (let point = 0; ; point += 2) {
    const slips = [await oneSlip(), await oneSlip()]
    const said = await Promise.all(slips.map(async (slip, i) => await activateThenExit({
      url: url.href, codeKey: codeKey.toString('base64'), now: clock.now().toISOString(), username: slip.username, code: slip.code.reveal(), password, point: point + i,
    })))
    for (const [i, slip] of slips.entries()) {
      t.strictSame(await findBrokenInvariants(slip), [], `killed at point ${point + i}`)
      if (said[i] === '') killed.push(await stateOf(slip))
    }
    if (said[1] !== '') break
  }
  t.ok(killed.length > 12, `killed ${killed.length} times`)
  t.ok(killed.includes('redeemed'), 'the last process was killed after the commit')
})

/** Activates in a child process and returns its output, which is empty if the process was killed. */
async function activateThenExit (fate: Fate): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('dist/test/redemptions/crash-while-activating.js', projectRoot))], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(fate))
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null, string | null]>])
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`ended with ${code}`)
  return said
}

t.test('everything that was reserved, counted and alerted agrees with the log', async t => {
  for (const verify of [verifyRedemptions, verifyCodeTries, verifyCodeAlerts]) t.equal(await verify(deps.db), undefined, verify.name)
})
