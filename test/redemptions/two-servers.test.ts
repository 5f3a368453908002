import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { buildTestApp } from '../helpers/app.js'
import { listAuditEvents } from '../helpers/issue-slips.js'
import { postgresOnly, startServer } from '../helpers/processes.js'
import { insertSlips } from '../helpers/insert-slips.js'

t.test('accepts one of 200 concurrent redemptions over two servers', postgresOnly, async t => {
  const codeKey = randomBytes(32)
  const test = await buildTestApp(t, { codeKeys: createKeyRing([codeKey]) })
  // The servers use the real clock.
  const end = new Date(Date.now() + 24 * 60 * 60_000)
  const [slip] = await insertSlips(test, [{ channel: 'counter', state: 'handed-over', place: 'holder', expiresAt: end, ceilingAt: end }])
  const { rows: [here] } = await sql<{ name: string }>`select current_database() as name`.execute(test.deps.db)
  const url = new URL(process.env['DATABASE_URL']!)
  url.pathname = `/${here!.name}`
  const environment = { DATABASE_URL: url.href, CODE_KEY: codeKey.toString('base64'), SESSION_KEY: randomBytes(32).toString('base64'), LOG_KEY: randomBytes(32).toString('base64') }
  const addresses = await Promise.all([1, 2].map(async () => await startServer(t, environment).address))
  const redeem = async (address: string | undefined): Promise<{ status: number, body: { code?: string, slipNumber?: string } }> => {
    const answer = await fetch(`${address}/api/v1/redemptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEMO_IDENTITY_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ username: slip!.username, code: slip!.code.reveal() }),
    })
    // On a slow machine a server answers 503 rather than let requests wait. Nothing was changed, so retry.
    if (answer.status === 503) return await redeem(address)
    return { status: answer.status, body: await answer.json() as { code?: string, slipNumber?: string } }
  }
  const answers = await Promise.all(Array.from({ length: 200 }, async (_, i) => await redeem(addresses[i % 2])))
  const [accepted, ...others] = answers.toSorted((a, b) => a.status - b.status)
  t.strictSame([accepted!.status, accepted!.body.slipNumber], [200, slip!.number])
  t.strictSame(new Set(others.map(({ status, body }) => `${status} ${body.code}`)), new Set(['422 code-not-accepted']))
  t.equal((await listAuditEvents(test, 'slip-redeemed')).length, 1)
  t.equal((await listAuditEvents(test, 'redemption-refused')).length, 199, 'each other attempt is on record')
})
