import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { dumpAllTables } from '../helpers/database.js'
import { listAuditEvents } from '../helpers/issue-slips.js'
import { pick, readProblem } from '../helpers/projections.js'

const password = 'demo-slipdesk-2026'
const wrong = 'not-the-password-at-all'

const test = await buildTestApp(t)

async function attempt (payload: Record<string, unknown>, remoteAddress = '192.0.2.1') {
  return await test.api(undefined, { method: 'POST', url: '/sessions', payload, remoteAddress })
}

t.test('signs in with a token for ten hours and records it', async t => {
  const answer = await attempt({ login: ' Agent ', password })
  t.equal(answer.statusCode, 201)
  t.equal(answer.headers['cache-control'], 'no-store')
  const body = answer.json<Record<string, unknown>>()
  t.match(body['token'], /^[\w-]{43}$/)
  t.strictSame({ ...body, token: '' }, {
    token: '',
    expiresAt: '2026-11-19T19:30:00+02:00',
    staff: { login: 'agent', name: 'Aino Virtanen', roles: ['agent'] },
    servicePoint: { id: 'helpdesk-karamalmi', kind: 'helpdesk', name: 'Helpdesk, Karamalmi' },
  })
  const agent = await test.deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  const [event] = await listAuditEvents(test, 'signed-in')
  t.strictSame(pick(event, 'actor', 'account', 'service_point', 'facts', 'texts'), {
    actor: `staff:${agent.id}`, account: null, service_point: 'helpdesk-karamalmi', facts: { door: 'api' }, texts: {},
  })
  t.notOk(test.logLines.join('').includes(body['token'] as string), 'the token is in no log line')
  t.notOk(test.logLines.join('').includes(password), 'the password is in no log line')
})

t.test('ends the session at sign-out and records it', async t => {
  const token = await test.signIn('auditor')
  const answer = await test.api(token, { method: 'DELETE', url: '/sessions/current' })
  t.equal(answer.statusCode, 204)
  t.equal(answer.body, '')
  const again = await test.api(token, { method: 'DELETE', url: '/sessions/current' })
  t.equal(again.statusCode, 401)
  t.equal(again.headers['www-authenticate'], 'Bearer')
  t.strictSame(readProblem(again), { status: 401, code: 'not-signed-in' })
  t.equal((await listAuditEvents(test, 'signed-out')).length, 1)
})

t.test('gives every failed sign-in the same answer and records each', async t => {
  await test.deps.db.updateTable('staff').set({ active: false }).where('login', '=', 'hr').execute()
  const answers = [
    await attempt({ login: 'nobody', password }),
    await attempt({ login: 'agent', password: wrong }),
    await attempt({ login: 'hr', password }),
  ]
  for (const answer of answers) {
    t.equal(answer.statusCode, 401)
    t.equal(answer.headers['www-authenticate'], 'Bearer')
    t.equal(answer.body, answers[0]!.body)
  }
  t.equal(answers[0]!.json<{ code: string }>().code, 'not-signed-in')
  t.equal(answers[0]!.json<{ detail: string }>().detail, 'The login or the password is wrong. Check both and try again.')
  const failed = await listAuditEvents(test, 'sign-in-failed')
  const idOf = async (login: string) => (await test.deps.db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id
  t.strictSame(failed.map(({ actor, facts: { reason, staff }, texts }) => ({ actor, reason, staff, texts: Object.keys(texts) })), [
    { actor: 'anonymous', reason: 'unknown-login', staff: undefined, texts: ['loginHash'] },
    { actor: 'anonymous', reason: 'wrong-password', staff: await idOf('agent'), texts: [] },
    { actor: 'anonymous', reason: 'inactive', staff: await idOf('hr'), texts: [] },
  ])
  t.notMatch(JSON.stringify(failed), 'nobody')
})

t.test('stores an unknown login only as a keyed hash, the same one for each repeat', async t => {
  const before = (await listAuditEvents(test, 'sign-in-failed')).length
  for (const login of ['maija.meikalainen', 'Maija.Meikalainen ', 'correct horse battery']) {
    await test.api(undefined, { method: 'POST', url: '/sessions', payload: { login, password: 'not-the-password' } })
  }
  const hashes = (await listAuditEvents(test, 'sign-in-failed')).slice(before).map(event => event.texts['loginHash'])
  t.equal(hashes[0], hashes[1])
  t.not(hashes[0], hashes[2])
  for (const hash of hashes) t.match(hash, /^[\w-]{22}$/)
  t.notMatch(await dumpAllTables(test.deps.db), /maija\.meikalainen|correct horse/i, 'in no table')
  t.notMatch(test.logLines.join(''), /maija\.meikalainen|correct horse/i, 'in no log line')
})

t.test('asks for a service point when a member of staff has several', async t => {
  const agent = await test.deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  const second = { staff_id: agent.id, service_point_id: 'helpdesk-myllypuro' }
  await test.deps.db.insertInto('staff_service_points').values(second).execute()
  t.teardown(async () => { await test.deps.db.deleteFrom('staff_service_points').where('staff_id', '=', second.staff_id).where('service_point_id', '=', second.service_point_id).execute() })
  const sessions = async () => (await test.deps.db.selectFrom('sessions').select('id').execute()).length
  const before = await sessions()
  const unsaid = await attempt({ login: 'agent', password })
  t.equal(unsaid.statusCode, 400)
  t.matchOnlyStrict(pick(unsaid.json(), 'code', 'errors'), { code: 'validation-failed', errors: [{ path: 'servicePointId', message: /helpdesk-karamalmi or helpdesk-myllypuro/ }] })
  const foreign = await attempt({ login: 'agent', password, servicePointId: 'porter-arabia' })
  t.strictSame(readProblem(foreign), { status: 400, code: 'validation-failed', errors: ['servicePointId'] })
  const said = await attempt({ login: 'agent', password, servicePointId: 'helpdesk-myllypuro' })
  t.equal(said.statusCode, 201)
  t.equal(said.json<{ servicePoint: { id: string } }>().servicePoint.id, 'helpdesk-myllypuro')
  t.equal(await sessions(), before + 1)
})

t.test('signs auditors and administrators in without a service point', async t => {
  const answer = await attempt({ login: 'admin', password })
  t.equal(answer.json<{ servicePoint: unknown }>().servicePoint, null)
})

t.test('rejects an impossible login at its field', async t => {
  for (const [payload, path] of [
    [{ password }, 'login'], [{ login: 'agent' }, 'password'], [{ login: 'a\u0000b', password }, 'login'], [{ login: ['agent'], password }, 'login'],
    [{ login: 'x'.repeat(101), password }, 'login'], [{ login: 'agent', password: 'x'.repeat(257) }, 'password'], [{ login: '  ', password }, 'login'],
    [{ login: 'agent', password, servicePointId: '\u0000' }, 'servicePointId'],
  ] as const) {
    const answer = await attempt(payload)
    t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [path] }, JSON.stringify(payload).slice(0, 60))
  }
  t.equal((await attempt({ login: '\' or 1=1 --', password })).statusCode, 401)
})

t.test('does not accept the page cookie at the API', async t => {
  const token = await test.signIn('agent')
  const answer = await test.api(undefined, { method: 'DELETE', url: '/sessions/current', cookies: { slipdesk: token } })
  t.equal(answer.statusCode, 401)
  const basic = await test.api(undefined, { method: 'DELETE', url: '/sessions/current', headers: { authorization: 'Basic YTpi' } })
  t.equal(basic.statusCode, 401)
  t.equal((await test.api(token, { method: 'DELETE', url: '/sessions/current' })).statusCode, 204)
})
