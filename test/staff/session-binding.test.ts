import { sql } from 'kysely'
import t from 'tap'
import { hashSessionToken } from '../../src/staff/tokens.js'
import { buildTestApp } from '../helpers/app.js'
import { buildIssueRequest, postSlip } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { app, api, clock, deps: { db, sessionKey }, logLines, signIn } = test

async function idOf (login: string): Promise<string> {
  return (await db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id
}

await db.insertInto('staff_service_points').values({ staff_id: await idOf('agent'), service_point_id: 'helpdesk-myllypuro' }).execute()

/** Opens two sessions; returns their tokens and the ids of their rows. */
async function openTwo (one: string, other: string) {
  await db.deleteFrom('sessions').execute()
  const sessions: Array<{ token: string, id: string }> = []
  for (const login of [one, other]) {
    const token = await signIn(login, login === 'agent' ? 'helpdesk-karamalmi' : undefined)
    const { id } = await db.selectFrom('sessions').select('id').where('staff_id', '=', await idOf(login)).executeTakeFirstOrThrow()
    sessions.push({ token, id })
  }
  return sessions as [{ token: string, id: string }, { token: string, id: string }]
}

async function countSlips (): Promise<number> {
  return (await db.selectFrom('slips').select('id').execute()).length
}

const deleteSession = async (id: string) => await db.deleteFrom('sessions').where('id', '=', id).execute()

const changes: ReadonlyArray<{ readonly name: string, apply (porter: string, agent: string): Promise<unknown> }> = [
  {
    name: 'a porter’s session that was pointed at an agent',
    apply: async porter => await db.updateTable('sessions').set({ staff_id: await idOf('agent'), service_point_id: 'helpdesk-karamalmi' }).where('id', '=', porter).execute(),
  },
  ...([['hash and binding', ['token_hash', 'binding']], ['hash', ['token_hash']]] as const).map(([what, columns]) => ({
    name: `an agent’s row that got the ${what} of a porter’s token`,
    apply: async (porter: string, agent: string) => {
      const copied = await db.selectFrom('sessions').select(columns).where('id', '=', porter).executeTakeFirstOrThrow()
      await deleteSession(porter)
      await db.updateTable('sessions').set(copied).where('id', '=', agent).execute()
    },
  })),
  {
    name: 'an inserted row for the porter’s token',
    apply: async (porter, agent) => {
      const known = await db.selectFrom('sessions').selectAll().where('id', '=', porter).executeTakeFirstOrThrow()
      const { id: _, ...agents } = await db.selectFrom('sessions').selectAll().where('id', '=', agent).executeTakeFirstOrThrow()
      await deleteSession(porter)
      await db.insertInto('sessions').values({ ...agents, token_hash: known.token_hash }).execute()
    },
  },
]

for (const { name, apply } of changes) {
  t.test(`refuses ${name}`, async t => {
    const [porter, agent] = await openTwo('porter', 'agent')
    await apply(porter.id, agent.id)
    const before = await countSlips()
    logLines.length = 0
    const answer = await postSlip(test, porter.token, await buildIssueRequest(test, 'lukng2101'))
    t.equal(answer.statusCode, 401)
    t.equal(answer.json<{ code: string }>().code, 'not-signed-in')
    t.equal(await countSlips(), before)
    const warnings = logLines.map(line => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === 'security.session-binding-mismatch')
    const session = await db.selectFrom('sessions').select('id').where('staff_id', '=', await idOf('agent')).where('token_hash', '=', hashSessionToken(sessionKey, porter.token)).executeTakeFirstOrThrow()
    t.strictSame(warnings.map(line => pick(line, 'level', 'session', 'staff', 'clientType')), [{ level: 40, session: session.id, staff: await idOf('agent'), clientType: 'api' }])
  })
}

for (const [column, value] of [
  ['staff_id', sql`(select id from staff where login = 'admin')`], ['service_point_id', sql`'helpdesk-myllypuro'`], ['id', sql`gen_random_uuid()`], ['created_at', sql`created_at - interval '1 second'`],
  ['last_used_at', sql`last_used_at + interval '1 millisecond'`], ['ends_at', sql`ends_at + interval '1 hour'`], ['binding', sql`decode(repeat('00', 32), 'hex')`],
] as const) {
  t.test(`refuses a session whose ${column} was changed`, async t => {
    const [{ token }] = await openTwo('agent', 'porter')
    t.equal((await api(token, { url: '/service-points' })).statusCode, 200)
    await sql`update sessions set ${sql.ref(column)} = ${value} where staff_id = ${await idOf('agent')}`.execute(db)
    t.equal((await api(token, { url: '/service-points' })).statusCode, 401)
  })
}

t.test('refuses an API session that was turned into a page session', async t => {
  const [{ token, id }] = await openTwo('agent', 'porter')
  await db.updateTable('sessions').set({ door: 'page' }).where('id', '=', id).execute()
  const answer = await app.inject({ url: '/accounts', cookies: { slipdesk: token } })
  t.equal(answer.statusCode, 303)
  t.match(answer.headers.location, /^\/sign-in/)
})

t.test('does not bring back an ended session when its row says that it goes on', async t => {
  const [{ token, id }] = await openTwo('agent', 'porter')
  t.equal((await api(token, { method: 'DELETE', url: '/sessions/current' })).statusCode, 204)
  await t.rejects(db.updateTable('sessions').set({ revoked_at: null }).where('id', '=', id).execute(), { code: '23514' })
  await db.updateTable('sessions').set({ revoked_at: null, binding: Buffer.alloc(32) }).where('id', '=', id).execute()
  t.equal((await api(token, { url: '/service-points' })).statusCode, 401)
})

t.test('keeps a session through recorded uses and a switch of the service point', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  for (const servicePointId of ['helpdesk-myllypuro', 'helpdesk-karamalmi']) {
    clock.advance({ minutes: 2 })
    await browser.get('/service-point')
    t.equal((await browser.post('/service-point', { servicePointId })).statusCode, 303)
    clock.advance({ minutes: 2 })
    t.equal((await browser.get('/accounts')).statusCode, 200)
  }
})
