import { once } from 'node:events'
import { createServer } from 'node:net'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { embeddedOnly, startServer, temporaryFolder } from '../helpers/processes.js'

const password = 'demo-slipdesk-2026'

async function signIn (address: string): Promise<string> {
  const answer = await fetch(`${address}/api/v1/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: 'agent', password }),
  })
  return (await answer.json() as { token: string }).token
}

async function callApi (address: string, token: string, path: string, body?: object): Promise<Response> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return await fetch(`${address}/api/v1${path}`, { ...sent, headers: { authorization: `Bearer ${token}`, ...body && { 'content-type': 'application/json' } } })
}

t.test('serves the demo institution without configuration', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  const first = startServer(t, { DATA_DIR: folder })
  const address = await first.address
  let number = ''

  t.test('prints its address and every demo login', async t => {
    for (const line of [address, password, 'agent ', 'student-affairs ', 'hr ', 'porter ', 'auditor ', 'admin ']) t.match(first.output.out, line)
  })

  t.test('is healthy and ready and redirects to the sign-in', async t => {
    t.strictSame(await (await fetch(`${address}/healthz`)).json(), { status: 'ok' })
    t.strictSame(await (await fetch(`${address}/readyz`)).json(), { status: 'ready' })
    t.match((await fetch(address)).url, '/sign-in')
  })

  t.test('lets an agent issue a slip', async t => {
    const token = await signIn(address)
    const { items } = await (await callApi(address, token, '/accounts?q=lukng2101')).json() as { items: Array<{ id: string }> }
    const identityCheck = { documentType: 'passport', issuingCountry: 'PL', validUntil: '2099-12-31', photoMatches: true, nameMatches: true, birthDateMatches: true }
    const answer = await callApi(address, token, '/slips', { accountId: items[0]?.id, channel: 'counter', identityCheck })
    t.equal(answer.status, 201)
    t.match(await answer.text(), /^%PDF-/)
    number = answer.headers.get('slip-number') ?? ''
  })

  t.test('finishes the running request on SIGTERM and exits with 0', async t => {
    const begun = request(`${address}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', expect: '100-continue' } })
    begun.flushHeaders()
    await once(begun, 'continue')
    const ended = first.stop()
    begun.end(JSON.stringify({ login: 'auditor', password }))
    const [answer] = await once(begun, 'response')
    t.equal(answer.statusCode, 201)
    t.equal((JSON.parse(await text(answer)) as { staff: { login: string } }).staff.login, 'auditor')
    t.equal(await ended, 0)
    t.equal(first.output.err, '')
    await t.rejects(fetch(`${address}/healthz`))
  })

  t.test('keeps the slip after a restart', async t => {
    const second = startServer(t, { DATA_DIR: folder })
    const again = await second.address
    const answer = await callApi(again, await signIn(again), `/slips/${number}`)
    t.equal(answer.status, 200)
    const slip = await answer.json() as { number: string, state: string, account: { username: string } }
    t.strictSame([slip.number, slip.state, slip.account.username], [number, 'handed-over', 'lukng2101'])
    second.process.kill('SIGINT')
    t.equal(await second.ended, 0)
    t.equal(second.output.err, '')
  })

  t.test('explains a port that is in use', async t => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.teardown(() => other.close())
    const { port } = other.address() as { port: number }
    const server = startServer(t, { DATA_DIR: folder, PORT: String(port) })
    t.equal(await server.ended, 1)
    t.match(server.output.err, `cannot listen on 127.0.0.1:${port} (EADDRINUSE)`)
    t.notMatch(server.output.err, '    at ')
  })
})

t.test('refuses a public address for the demo and reports all faults', embeddedOnly, async t => {
  const server = startServer(t, { DATA_DIR: await temporaryFolder(t), HOST: '0.0.0.0', PORT: 'many', LOG_LEVEL: 'loud' })
  t.equal(await server.ended, 1)
  for (const name of ['HOST', 'PORT', 'LOG_LEVEL']) t.match(server.output.err, new RegExp(`^ {2}${name}: `, 'm'))
})
