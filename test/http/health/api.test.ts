import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { buildApp } from '../../../src/app.js'
import type { AppDeps } from '../../../src/deps.js'
import { buildTestApp } from '../../helpers/app.js'
import { insertSlips } from '../../helpers/insert-slips.js'
import { readProblem } from '../../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, api, signIn, app } = test

/** Builds another app on the same database. */
async function buildAppWith (t: Test, changes: Partial<AppDeps>): Promise<FastifyInstance> {
  const other = await buildApp({ ...deps, ...changes })
  t.teardown(async () => await other.close())
  return other
}

t.test('is healthy but not ready while a migration is missing', async t => {
  const db = deps.db.withTables<{ kysely_migration: { name: string, timestamp: string } }>()
  const migration = await db.deleteFrom('kysely_migration').where('name', 'like', '0002%').returningAll().executeTakeFirstOrThrow()
  const behind = await app.inject('/readyz')

  t.equal(behind.headers['retry-after'], '30')
  t.strictSame(readProblem(behind), { status: 503, code: 'unavailable' })
  t.equal(behind.json().detail, 'The database schema is not up to date. Run the migrations.')
  t.strictSame((await app.inject('/healthz')).json(), { status: 'ok' })
  await db.insertInto('kysely_migration').values(migration).execute()
  t.strictSame((await app.inject('/readyz')).json(), { status: 'ready' })
  await db.deleteFrom('kysely_migration').execute()
  t.equal((await app.inject('/readyz')).statusCode, 200, 'a schema is not checked again once it was current')
})

t.test('serves metrics to this machine only', async t => {
  const own = await app.inject('/metrics')
  t.equal(own.statusCode, 200)
  t.match(own.headers['content-type'], 'text/plain; version=0.0.4')
  t.match(own.body, 'process_cpu_seconds_total')
  t.equal((await app.inject({ url: '/metrics', remoteAddress: '192.0.2.7' })).statusCode, 404)
  for (const [name, value] of [['x-forwarded-for', '192.0.2.7'], ['forwarded', 'for=192.0.2.7'], ['x-real-ip', '192.0.2.7'], ['via', '1.1 desk.example']] as const) {
    t.equal((await app.inject({ url: '/metrics', headers: { [name]: value } })).statusCode, 404, `not through a local proxy that sends ${name}`)
  }
  const behindProxy = await buildAppWith(t, { trustedProxies: ['127.0.0.1'] })
  t.equal((await behindProxy.inject('/metrics')).statusCode, 404, 'not without a token when a trusted proxy is configured')
})

t.test('serves metrics to the holder of the token, if one is set', async t => {
  const guarded = await buildAppWith(t, { metricsToken: 'prometheus-reads-this' })
  const ask = async (authorization: string) => (await guarded.inject({ url: '/metrics', remoteAddress: '192.0.2.7', headers: { authorization } })).statusCode
  t.equal(await ask('Bearer prometheus-reads-this'), 200)
  t.equal(await ask('Bearer prometheus-reads-thaT'), 404)
  t.equal(await ask('Bearer '), 404)
  t.equal((await guarded.inject('/metrics')).statusCode, 404, 'not even from this machine without the token')
})

t.test('counts open code alerts and security events', async t => {
  const [slip] = await insertSlips(test, [{ channel: 'porter', state: 'prepared', place: 'office' }])
  const { id } = await deps.db.insertInto('code_alerts').values({ slip_id: slip!.id, slip_state: 'prepared', first_at: deps.now(), last_at: deps.now() }).returning('id').executeTakeFirstOrThrow()
  const before = (await app.inject('/metrics')).body
  t.match(before, /^slipdesk_open_code_alerts 1$/m)
  t.match(before, /^slipdesk_security_events_total\{event="security\.slip-locked"\} 0$/m)
  const agent = await deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  await deps.db.updateTable('code_alerts').set({ settled_at: deps.now(), settled_by: agent.id }).where('id', '=', id).execute()
  t.match((await app.inject('/metrics')).body, /^slipdesk_open_code_alerts 0$/m)
})

t.test('counts requests by route, never by address', async t => {
  const token = await signIn('agent')
  await api(token, { url: '/accounts/6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11' })
  await api(token, { url: '/slips/7KM-2QX-9TH' })
  await api(token, { url: '/accounts?q=lukng2101' })
  await app.inject('/no-such-page/matvi1207')
  const { body } = await app.inject('/metrics')
  t.match(body, 'http_request_duration_seconds_count{method="GET",route="/api/v1/accounts/:id",status="404"} 1')
  t.match(body, 'route="none",status="404"')
  for (const asked of ['6f1d2c52', '7KM', 'lukng2101', 'matvi1207', 'no-such-page', token]) t.notMatch(body, asked)
})

t.test('removes its listeners when it closes', async t => {
  const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const warnings: Error[] = []
  process.on('warning', warning => warnings.push(warning))
  const before = listeners()
  for (let count = 0; count < 12; count++) {
    const app = await buildApp(deps)
    await app.listen({ host: '127.0.0.1', port: 0 })
    await app.close()
  }
  t.equal(listeners(), before)
  t.strictSame(warnings, [])
})
