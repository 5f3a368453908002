import { randomBytes } from 'node:crypto'
import t from 'tap'
import { DirectoryError, type DirectoryErrorKind } from '../../src/accounts/directory.js'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { formatRfc3339 } from '../../src/i18n/formatters.js'
import { verifyCodeAlerts } from '../../src/proofs/tables/custody.js'
import { verifyCodeTries, verifyRedemptions } from '../../src/proofs/tables/redemptions.js'
import { sweepExpiredReservations } from '../../src/redemptions/end-reservation.js'
import { generateActivationCode } from '../../src/slips/codes.js'
import { listCodeAlerts } from '../../src/slips/code-alerts.js'
import { createApiToken, listApiTokens, revokeApiToken } from '../../src/staff/api-tokens.js'
import { buildTestApp } from '../helpers/app.js'
import { listAuditEvents, postSlip, passportCheck } from '../helpers/issue-slips.js'
import { insertSlips, readSlipStates, type InsertedSlip } from '../helpers/insert-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, pickEach, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock, api, signIn } = test

const live = { channel: 'counter', state: 'handed-over', place: 'holder' } as const
const oneSlip = async (situation: Parameters<typeof insertSlips>[1][number] = live): Promise<InsertedSlip> => (await insertSlips(test, [situation]))[0]!
const send = async (payload: unknown, token: string | undefined = DEMO_IDENTITY_TOKEN) =>
  await api(token, { method: 'POST', url: '/redemptions', payload: payload as Record<string, unknown> })
const pair = ({ username, code }: Pick<InsertedSlip, 'username' | 'code'>) => ({ username, code: code.reveal() })
const wrongCode = () => generateActivationCode(randomBytes).reveal()
const reserve = async (slip: InsertedSlip, token?: string) => (await send({ ...pair(slip), reserve: true }, token)).json<{ reservation: string, confirmBy: string }>()
const confirm = async (reservation: string, token = DEMO_IDENTITY_TOKEN) => await api(token, { method: 'POST', url: `/redemptions/${reservation}/confirm` })
const giveBack = async (reservation: string, token = DEMO_IDENTITY_TOKEN) => await api(token, { method: 'DELETE', url: `/redemptions/${reservation}` })
const stateOf = async (slip: InsertedSlip) => (await readSlipStates(test, [slip]))[0]!.state
const lastRefusals = async (count: number) => (await listAuditEvents(test, 'redemption-refused')).slice(-count).map(({ facts }) => facts['reason'])

t.test('redeems an active code once and records by whom', async t => {
  const slip = await oneSlip()
  const answer = await send({ username: ` ${slip.username.toUpperCase()} `, code: slip.code.reveal().toLowerCase().replaceAll('-', ' ') })
  t.equal(answer.statusCode, 200)
  t.strictSame(answer.json(), { slipNumber: slip.number, accountId: slip.accountId, redeemedAt: '2026-11-19T09:30:00+02:00' })
  t.equal(await stateOf(slip), 'redeemed')
  const [event] = (await listAuditEvents(test, 'slip-redeemed')).slice(-1)
  const { id: reservation } = await deps.db.selectFrom('redemptions').select('id').where('slip_id', '=', slip.id).executeTakeFirstOrThrow()
  t.matchOnlyStrict(pick(event, 'slip', 'account', 'actor', 'facts', 'texts'), {
    slip: slip.number,
    account: slip.accountId,
    actor: /^identity-system:/,
    texts: {},
    facts: { from: 'handed-over', reservation, reservedAt: '2026-11-19T07:30:00.000Z', confirmBy: '2026-11-19T07:35:00.000Z' },
  })
  const shown = (await api(await signIn('agent'), { url: `/slips/${slip.number}` })).json<{ steps: Array<Record<string, unknown>> }>()
  t.strictSame(pick(shown.steps.at(-1), 'step', 'from', 'to', 'by'), { step: 'redeem', from: 'handed-over', to: 'redeemed', by: 'identity-system:demo identity system' })

  const again = await send(pair(slip))
  t.strictSame(readProblem(again), { status: 422, code: 'code-not-accepted' })
  t.strictSame(await listCodeAlerts(deps.db), [], 'a repeated request shortly after raises no alert')
  clock.advance({ minutes: 6 })
  await send(pair(slip))
  t.strictSame(pickEach(await listCodeAlerts(deps.db), 'number', 'slip_state', 'tries'), [{ number: slip.number, slip_state: 'redeemed', tries: 1 }], 'a later one raises an alert')
})

t.test('reads code and user name like the activation page', async t => {
  const slip = await oneSlip()
  const typed = slip.code.reveal().replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
  t.equal((await send({ username: `METROPOLIA\\${slip.username}`, code: `\u200e${typed}.` })).statusCode, 200)
  t.equal(await stateOf(slip), 'redeemed')
})

t.test('gives the same answer for every wrong code or user', async t => {
  const [dead, ended, lockedOut, other] = await insertSlips(test, [
    { channel: 'porter', state: 'at-porter', place: 'desk' }, { channel: 'counter', state: 'voided', place: 'holder' }, { ...live, username: 'lockedout1' }, live,
  ]) as [InsertedSlip, InsertedSlip, InsertedSlip, InsertedSlip]
  await deps.db.updateTable('accounts').set({ status: 'locked' }).where('id', '=', lockedOut.accountId).execute()
  const tries = [
    { username: 'nobody-of-this-name', code: wrongCode() }, { username: other.username, code: wrongCode() }, { username: other.username, code: 'AAAAA-AAAAA-AAAAB' },
    { username: other.username, code: '' }, { username: '', code: wrongCode() }, { username: 'nobody\0here', code: 'K' }, { username: '\uD800', code: '\uD800' },
    { username: `${other.username}@example.org`, code: other.code.reveal() }, pair(dead), pair(ended), pair(lockedOut), { username: 'sofla2247', code: wrongCode() },
  ]
  const answers = []
  for (const one of tries) answers.push(await send(one))
  const seen = new Set(answers.map(({ statusCode, body, headers }) => JSON.stringify([statusCode, body, Object.keys(headers), headers['content-length']])))
  t.equal(seen.size, 1)
  t.strictSame(readProblem(answers[0]!), { status: 422, code: 'code-not-accepted' })
  t.strictSame(await lastRefusals(10), ['unknown-user', 'wrong-code', 'mistyped', 'mistyped', 'unknown-user', 'unknown-user', 'unknown-user', 'unknown-user', 'account-not-active', 'no-slip'])
  t.strictSame((await listAuditEvents(test, 'code-tried-while-dead')).slice(-2).map(({ slip, facts }) => [slip, facts]), [[dead.number, { state: 'at-porter' }], [ended.number, { state: 'voided' }]])
  const { tries: counted } = await deps.db.selectFrom('code_tries').select('tries').where('key', '=', other.id).executeTakeFirstOrThrow()
  t.equal(counted, 1, 'only the wrong code counts: typing errors never do')
})

t.test('rejects a malformed request before any lookup', async t => {
  const before = (await listAuditEvents(test, 'redemption-refused')).length
  for (const payload of [{}, { username: 'x' }, { username: 1, code: 'x' }, { username: 'x', code: 'x'.repeat(201) }, { username: 'x'.repeat(200_000), code: 'x' }, { username: 'x', code: 'y', extra: 1 }, []]) {
    const answer = await send(payload)
    t.ok([400, 413].includes(answer.statusCode), `${answer.statusCode}`)
  }
  t.equal((await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: '{', headers: { 'content-type': 'application/json' } })).statusCode, 400)
  t.equal((await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).statusCode, 415)
  t.equal((await listAuditEvents(test, 'redemption-refused')).length, before)
})

t.test('lets a token redeem only, and no one else redeem', async t => {
  const slip = await oneSlip()
  for (const token of [undefined, 'no-such-token', 'demo-identity-token-']) t.equal((await api(token, { method: 'POST', url: '/redemptions', payload: pair(slip) })).statusCode, 401)
  for (const login of ['agent', 'porter', 'auditor', 'admin']) t.strictSame(readProblem(await send(pair(slip), await signIn(login))), { status: 403, code: 'not-permitted' }, login)
  for (const url of ['/slips', '/accounts', '/service-points', '/delivery-records', `/slips/${slip.number}`]) t.equal((await api(DEMO_IDENTITY_TOKEN, { url })).statusCode, 403, url)
  const browser = createPageClient(test.app)
  await browser.signIn('agent')
  t.equal((await test.app.inject({ method: 'POST', url: '/api/v1/redemptions', payload: pair(slip), cookies: Object.fromEntries(browser.cookies) })).statusCode, 401, 'cookies are ignored')
})

t.test('creates, lists and revokes tokens', async t => {
  const slip = await oneSlip()
  const token = await createApiToken(deps, 'spare', randomBytes)
  t.match(token, /^[\w-]{43}$/)
  t.notMatch(JSON.stringify(await deps.db.selectFrom('api_tokens').selectAll().execute()), token)
  const listed = async () => (await listApiTokens(deps.db)).find(({ name }) => name === 'spare')!
  t.strictSame(pick(await listed(), 'scope', 'last_used_at', 'revoked_at'), { scope: 'redeem', last_used_at: null, revoked_at: null })
  t.equal((await send({ username: 'x', code: 'y' }, token)).statusCode, 422)
  t.strictSame((await listed()).last_used_at, clock.now())
  t.equal(await revokeApiToken(deps, (await listed()).id), true)
  t.equal(await revokeApiToken(deps, (await listed()).id), false)
  t.equal((await send(pair(slip), token)).statusCode, 401)
  t.strictSame((await listAuditEvents(test, 'token-created')).at(-1)!.texts, { name: 'spare' })
  t.equal((await listAuditEvents(test, 'token-revoked')).length, 1)
  t.equal((await send(pair(slip))).statusCode, 200, 'the other token still works')
})

t.test('pauses after five wrong codes and locks the slip after a hundred', async t => {
  const slip = await oneSlip({ ...live, expiresAt: new Date(clock.now().getTime() + 20 * 24 * 60 * 60_000) })
  const wrong = async () => (await send({ username: slip.username, code: wrongCode() })).statusCode
  for (let i = 0; i < 5; i++) await wrong()
  t.equal((await send(pair(slip))).statusCode, 422, 'not even the right code is accepted')
  clock.advance({ minutes: 14 })
  await wrong()
  t.strictSame(await lastRefusals(3), ['wrong-code', 'waiting', 'waiting'])
  clock.advance({ minutes: 1 })
  t.match((await reserve(slip)).reservation, /./, 'then it works again')
  clock.advance({ minutes: 6 })

  for (let i = 5; i < 100; i++) {
    await wrong()
    if (i % 5 === 4) clock.advance({ minutes: 15 })
  }
  t.equal(await stateOf(slip), 'locked')
  t.strictSame(pick((await listAuditEvents(test, 'slip-locked')).at(-1), 'slip', 'account', 'actor', 'facts', 'texts'), {
    slip: slip.number, account: slip.accountId, actor: 'system', facts: { from: 'handed-over' }, texts: {},
  })
  t.equal((await send(pair(slip))).statusCode, 422)
  t.strictSame(pick((await listCodeAlerts(deps.db))[0], 'number', 'slip_state'), { number: slip.number, slip_state: 'locked' })
  const { status } = await deps.db.selectFrom('accounts').select('status').where('id', '=', slip.accountId).executeTakeFirstOrThrow()
  t.equal(status, 'active')
  const agent = await signIn('agent')
  t.equal((await postSlip(test, agent, { accountId: slip.accountId, channel: 'counter', identityCheck: passportCheck })).statusCode, 201, 'the account gets a new slip')
})

t.test('reserves the code for its reserver for five minutes', async t => {
  const slip = await oneSlip()
  const other = await createApiToken(deps, 'other', randomBytes)
  const { reservation, confirmBy } = await reserve(slip)
  t.equal(new Date(confirmBy).getTime() - clock.now().getTime(), 5 * 60_000)
  t.equal((await send(pair(slip))).statusCode, 422, 'other requests for the code are refused during the reservation')
  t.strictSame(await lastRefusals(1), ['reserved'])
  for (const id of [reservation, reservation.replace(/^./, letter => letter === 'a' ? 'b' : 'a'), 'x', '%00']) t.equal((await confirm(id, other)).statusCode, 404, 'another system’s reservation does not exist')
  t.equal((await giveBack(reservation, other)).statusCode, 404)

  const agent = await signIn('agent')
  const voiding = await api(agent, { method: 'POST', url: `/slips/${slip.number}/void`, payload: { reason: 'lost' } })
  t.matchOnlyStrict(pick(voiding.json(), 'status', 'code', 'state', 'detail'), { status: 409, code: 'conflict', state: 'handed-over', detail: /is being used right now/ })
  t.equal(voiding.headers['retry-after'], '300')
  const reissue = await postSlip(test, agent, { accountId: slip.accountId, channel: 'counter', identityCheck: passportCheck })
  t.strictSame(readProblem(reissue), { status: 409, code: 'conflict' })

  const confirmed = await confirm(reservation)
  t.equal(confirmed.statusCode, 200)
  t.strictSame(confirmed.json(), { slipNumber: slip.number, accountId: slip.accountId, redeemedAt: formatRfc3339(clock.now(), 'Europe/Helsinki') })
  clock.advance({ minutes: 60 })
  t.strictSame((await confirm(reservation)).json(), confirmed.json(), 'a repeated confirmation gets the same answer')
  t.equal((await giveBack(reservation)).statusCode, 409)
  t.equal((await listAuditEvents(test, 'slip-redeemed')).filter(event => event.slip === slip.number).length, 1)
})

t.test('reactivates a released or unconfirmed code and records which', async t => {
  await sweepExpiredReservations(deps.db, clock.now())
  const slip = await oneSlip()
  const first = await reserve(slip)
  for (const again of [false, true]) t.equal((await giveBack(first.reservation)).statusCode, 204, again ? 'a second release is harmless' : 'released')
  t.equal((await confirm(first.reservation)).statusCode, 422)
  const second = await reserve(slip)
  clock.advance({ minutes: 5 })
  t.equal((await confirm(second.reservation)).statusCode, 422, 'too late exactly at the end')
  const third = await reserve(slip)
  t.match(third.reservation, /./, 'the code works again')
  clock.advance({ minutes: 5 })
  t.equal(await sweepExpiredReservations(deps.db, clock.now()), 1)
  t.equal(await sweepExpiredReservations(deps.db, clock.now()), 0)
  const about = async (kind: string) => (await listAuditEvents(test, kind)).filter(event => event.slip === slip.number).map(({ facts }) => facts['reason'] ?? facts['confirmBy'])
  t.strictSame(await about('redemption-released'), ['given-back'])
  t.strictSame(await about('redemption-unfinished'), [second, third].map(({ confirmBy }) => new Date(confirmBy).toISOString()))
  t.equal((await about('redemption-reserved')).length, 3)
  t.equal((await send(pair(slip))).statusCode, 200)
})

t.test('checks slip and account again on confirmation', async t => {
  const [barred, late] = await insertSlips(test, [live, { ...live, expiresAt: new Date(clock.now().getTime() + 60_000) }]) as [InsertedSlip, InsertedSlip]
  const held = await reserve(barred)
  await deps.db.updateTable('accounts').set({ status: 'locked' }).where('id', '=', barred.accountId).execute()
  t.equal((await confirm(held.reservation)).statusCode, 422)
  t.equal(await stateOf(barred), 'handed-over')
  const short = await reserve(late)
  clock.advance({ minutes: 1 })
  t.equal((await confirm(short.reservation)).statusCode, 422)
  t.strictSame((await listAuditEvents(test, 'redemption-refused')).slice(-2).map(({ slip, facts }) => [slip, facts['reason']]), [[barred.number, 'account-not-active'], [late.number, 'no-longer-live']])
})

t.test('accepts one of many concurrent redemptions', async t => {
  const slip = await oneSlip()
  const answers = await Promise.all(Array.from({ length: 40 }, async () => await send(pair(slip))))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, ...Array<number>(39).fill(422)])
  t.equal((await listAuditEvents(test, 'slip-redeemed')).filter(event => event.slip === slip.number).length, 1)
})

t.test('reports a directory error only for a correct code, which stays valid', async t => {
  let kind: DirectoryErrorKind | undefined
  const elsewhere = await buildTestApp(t, {
    directory: {
      kind: 'ldap',
      setPassword: async () => {},
      close: async () => {},
      refresh: async () => { if (kind !== undefined) throw new DirectoryError(kind, 'as the test wants it') },
    }
  })
  const [slip] = await insertSlips(elsewhere, [live])
  const ask = async (username: string) => {
    const { statusCode, headers, body } = await elsewhere.api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { ...pair(slip!), username } })
    return [statusCode, headers['retry-after'], body]
  }
  for (const [fault, wait, says] of [['away', '30', 'does not respond'], ['ambiguous', undefined, 'several people']] as const) {
    kind = fault
    t.matchOnlyStrict(await ask(slip!.username), [503, wait, new RegExp(says)], fault)
    t.matchOnlyStrict(await ask('nobody'), [422, undefined, /code-not-accepted/], fault)
  }
  t.strictSame((await listAuditEvents(elsewhere, 'redemption-released')).map(({ facts }) => facts['reason']), ['directory-away', 'ambiguous'])
  kind = undefined
  t.matchOnlyStrict(await ask(slip!.username), [200, undefined, /"slipNumber"/])
})

t.test('keeps codes out of log lines and tables', async t => {
  const slip = await oneSlip()
  await send(pair(slip))
  await send({ username: slip.code.reveal(), code: slip.code.reveal() })
  const bare = slip.code.reveal().replaceAll('-', '')
  const stored = JSON.stringify([await deps.db.selectFrom('audit_events').selectAll().execute(), await deps.db.selectFrom('audit_texts').selectAll().execute(), await deps.db.selectFrom('redemptions').selectAll().execute(), test.logLines])
  for (const spelling of [slip.code.reveal(), bare, bare.toLowerCase()]) t.notOk(stored.includes(spelling))
})

t.test('everything that was reserved, counted and alerted agrees with the log', async t => {
  for (const verify of [verifyRedemptions, verifyCodeTries, verifyCodeAlerts]) t.equal(await verify(deps.db), undefined, verify.name)
})
