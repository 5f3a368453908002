/** What the security log says about requests and recorded events of a complete app. */
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { reportRecordedEvents } from '../../src/monitoring/recorded-events.js'
import { type SecurityEventName, securityEvents } from '../../src/monitoring/security-events.js'
import { createApiToken, revokeApiToken } from '../../src/staff/api-tokens.js'
import { appendStaffChanged } from '../../src/staff/staff-events.js'
import { appendEvent } from '../../src/audit/events.js'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'
import { postgresOnly } from '../helpers/processes.js'

const test = await buildTestApp(t)
const { app, api, deps, clock, logLines } = test
const { db } = deps
t.beforeEach(() => { logLines.length = 0 })

type Line = Readonly<Record<string, unknown>> & { readonly event: SecurityEventName }

/** Returns the security events of the log so far, without what every line of the log has. Checks their fields. */
function readSecurityLines (): Line[] {
  const lines = logLines.map(line => JSON.parse(line) as Record<string, unknown>).filter(line => String(line['event']).startsWith('security.'))
  return lines.map(({ level, time: _time, pid: _pid, hostname: _hostname, reqId: _reqId, msg, ...line }) => {
    const { event, ...fields } = line as Line
    const known = securityEvents[event]
    t.equal(level, { info: 30, warn: 40, fatal: 60 }[known.level], event)
    t.equal(msg, 'security event')
    t.strictSame(Object.keys(fields).filter(name => !(known.fields as readonly string[]).includes(name)), [], `${event} has only its fields`)
    return line as Line
  })
}

const idOf = async (login: string) => (await db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id

t.test('reports sign-ins with ids and the client’s network', async t => {
  const attempt = async (login: string, password: string, remoteAddress = '192.0.2.77') => await api(undefined, { method: 'POST', url: '/sessions', payload: { login, password }, remoteAddress })
  await attempt('agent', 'demo-slipdesk-2026')
  await attempt('agent', 'not-the-password')
  await attempt('maija.meikalainen', 'not-the-password', '2001:db8:1:2::9')
  const lines = readSecurityLines()
  const staff = await idOf('agent')
  t.strictSame(lines.slice(0, 2), [
    { event: 'security.signed-in', staff, clientType: 'api', servicePoint: 'helpdesk-karamalmi', network: '192.0.2.0/24' },
    { event: 'security.sign-in-failed', clientType: 'api', reason: 'wrong-password', staff, network: '192.0.2.0/24' },
  ])
  t.matchOnlyStrict(lines[2], { event: 'security.sign-in-failed', clientType: 'api', reason: 'unknown-login', loginHash: /^[\w-]{22}$/, network: '2001:db8:1:2::/64' })
  t.equal(lines.length, 3)
  t.notMatch(logLines.join(''), /192\.0\.2\.77|2001:db8:1:2::9|meikalainen|"agent"/)
})

t.test('reports a throttled login once in its fifteen minutes', async t => {
  for (let tries = 0; tries < 13; tries++) await api(undefined, { method: 'POST', url: '/sessions', payload: { login: 'hr', password: 'not-the-password' } })
  const lines = readSecurityLines()
  t.equal(lines.filter(({ event }) => event === 'security.sign-in-failed').length, 10)
  t.strictSame(lines.filter(({ event }) => event === 'security.throttled'), [{ event: 'security.throttled', purpose: 'login', staff: await idOf('hr'), network: '127.0.0.0/24' }])
})

t.test('reports a holder’s failed password check', async t => {
  const browser = createPageClient(app)
  await browser.get('/my-account')
  await browser.post('/my-account', { username: 'maija.meikalainen', password: 'not-the-password' })
  const lines = readSecurityLines()
  t.matchOnlyStrict(lines[0], { event: 'security.holder-sign-in-failed', reason: 'wrong', loginHash: /^[\w-]{22}$/, network: '127.0.0.0/24' })
  t.equal(lines.length, 1)
})

t.test('reports denied access and refused forms by route', async t => {
  const porter = await test.signIn('porter')
  const staff = await idOf('porter')
  const browser = createPageClient(app)
  await browser.signIn('agent')
  logLines.length = 0
  t.equal((await browser.post('/slips/K7Q-XM2-P9S/void', { _csrf: 'of-another-session', reason: 'other' })).statusCode, 403)
  t.equal((await browser.post('/sign-out', {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  const agent = await idOf('agent')
  t.strictSame(readSecurityLines(), [
    { event: 'security.form-refused', reason: 'stale', method: 'POST', route: '/slips/:number/void', staff: agent, network: '127.0.0.0/24' },
    { event: 'security.form-refused', reason: 'cross-site', method: 'POST', route: '/sign-out', network: '127.0.0.0/24' },
  ])
  logLines.length = 0
  t.equal((await api(porter, { url: '/delivery-records?agent=somebody' })).statusCode, 403)
  t.equal((await api(DEMO_IDENTITY_TOKEN, { url: '/slips/K7Q-XM2-P9S' })).statusCode, 403)
  const { id: token } = await db.selectFrom('api_tokens').select('id').executeTakeFirstOrThrow()
  t.strictSame(readSecurityLines(), [
    { event: 'security.access-denied', reason: 'detail', method: 'GET', route: '/api/v1/delivery-records', staff, network: '127.0.0.0/24' },
    { event: 'security.access-denied', reason: 'detail', method: 'GET', route: '/api/v1/slips/:number', identitySystem: token, network: '127.0.0.0/24' },
  ])
})

t.test('reports a token that is used from another network, at most once an hour', async t => {
  const { id: token } = await db.selectFrom('api_tokens').select('id').executeTakeFirstOrThrow()
  await db.deleteFrom('token_networks').execute()
  const use = async (remoteAddress: string) => {
    logLines.length = 0
    await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: 'nobody', code: '' }, remoteAddress })
    return readSecurityLines().filter(({ event }) => event === 'security.token-network-changed')
  }
  clock.advance({ minutes: 5 })
  t.strictSame(await use('192.0.2.1'), [], 'its first use')
  t.strictSame(await use('192.0.2.200'), [], 'the same network')
  t.strictSame(await use('198.51.100.7'), [{ event: 'security.token-network-changed', token, network: '198.51.100.0/24' }])
  t.strictSame(await use('192.0.2.1'), [], 'reported a moment ago')
  clock.advance({ minutes: 59 })
  t.strictSame(await use('198.51.100.7'), [])
  clock.advance({ minutes: 1 })
  t.strictSame(await use('198.51.100.8'), [], 'the network of its last use')
  await Promise.all([use('203.0.113.9'), use('203.0.113.9'), use('203.0.113.9')])
  t.equal(readSecurityLines().length, 1, 'three requests in the same moment')
  const rows = await db.selectFrom('token_networks').select(['token_id', 'network_hash']).execute()
  t.equal(rows.length, 1)
  t.match(rows[0]!.network_hash, /^[\w-]{22}$/)
})

t.test('reports recorded events once, after their commit', async t => {
  await reportRecordedEvents(db, deps.logger)
  logLines.length = 0
  const staff = await idOf('agent')
  await createApiToken(deps, 'an identity system', deps.randomBytes)
  const { id: token } = await db.selectFrom('api_tokens').select('id').where('name', '=', 'an identity system').executeTakeFirstOrThrow()
  await revokeApiToken(deps, token)
  await db.transaction().execute(async trx => await appendStaffChanged(trx, { staffId: staff, change: 'password-set', actor: 'system', at: deps.now(), texts: { name: 'Aino Agent' } }))
  await appendEvent(db, { kind: 'slip-locked', at: deps.now(), actor: 'system', slip: 'K7Q-XM2-P9S', account: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11' })
  await appendEvent(db, { kind: 'redemption-refused', at: deps.now(), actor: 'anonymous', facts: { reason: 'wrong-code' } })
  await appendEvent(db, { kind: 'redemption-refused', at: deps.now(), actor: 'anonymous', facts: { reason: 'throttled' } })
  await db.transaction().execute(async trx => {
    await appendEvent(trx, { kind: 'holder-erased', at: deps.now(), actor: 'system' })
    throw new Error('rolled back')
  }).catch(() => {})
  t.strictSame(readSecurityLines(), [], 'nothing before the run')

  await reportRecordedEvents(db, deps.logger)
  const at = deps.now().toISOString()
  t.strictSame(readSecurityLines().map(({ auditEvent, ...line }) => ({ ...line, hasId: /^[0-9a-f-]{36}$/.test(String(auditEvent)) })), [
    { event: 'security.token-created', at, actor: 'system', token, hasId: true },
    { event: 'security.token-revoked', at, actor: 'system', token, hasId: true },
    { event: 'security.staff-changed', at, actor: 'system', staff, change: 'password-set', roles: ['agent'], hasId: true },
    { event: 'security.slip-locked', at, actor: 'system', slip: 'K7Q-XM2-P9S', account: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11', hasId: true },
    { event: 'security.activation-throttled', at, actor: 'anonymous', hasId: true },
  ])
  logLines.length = 0
  t.equal(await reportRecordedEvents(db, deps.logger), 0)
  t.strictSame(readSecurityLines(), [], 'nothing twice')
})

t.test('reports the events of a thousand changes in batches', async t => {
  await reportRecordedEvents(db, deps.logger)
  logLines.length = 0
  for (let count = 0; count < 1001; count += 91) {
    await db.insertInto('audit_events').values(Array.from({ length: 91 }, () => ({ id: crypto.randomUUID(), at: deps.now(), kind: 'slip-locked', actor: 'system', slip: null, account: null, service_point: null, facts: '{}' }))).execute()
  }
  t.equal(await reportRecordedEvents(db, deps.logger), 1001)
  t.equal(new Set(logLines.map(line => (JSON.parse(line) as Line)['auditEvent'])).size, 1001)
})

t.test('leaves no event out that is committed after a later one', postgresOnly, async t => {
  await reportRecordedEvents(db, deps.logger)
  logLines.length = 0
  const lock = { kind: 'slip-locked', at: deps.now(), actor: 'system' } as const
  await db.transaction().execute(async trx => {
    await appendEvent(trx, { ...lock, slip: 'K7Q-XM2-P9S' })
    await appendEvent(db, { ...lock, slip: 'M4T-7HR-2WD' })
    t.equal(await reportRecordedEvents(db, deps.logger), 0)
  })
  t.equal(await reportRecordedEvents(db, deps.logger), 2)
  t.strictSame(readSecurityLines().map(({ slip }) => slip), ['K7Q-XM2-P9S', 'M4T-7HR-2WD'])
})
