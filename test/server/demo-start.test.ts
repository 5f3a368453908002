import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { connect } from '../../src/database/connection.js'
import { embeddedOnly, startCommand, startServer, temporaryFolder } from '../helpers/processes.js'
import { databaseTamperings } from '../helpers/tamper.js'
import { runAsSuperuser } from '../helpers/transparency-log.js'

const password = 'demo-slipdesk-2026'

async function signIn (address: string, login = 'agent'): Promise<string> {
  const answer = await fetch(`${address}/api/v1/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password }),
  })
  return (await answer.json() as { token: string }).token
}

async function callApi (address: string, token: string, path: string, body?: object): Promise<Response> {
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  return await fetch(`${address}/api/v1${path}`, { ...sent, headers: { authorization: `Bearer ${token}`, ...body && { 'content-type': 'application/json' } } })
}

t.test('serves the demo institution without configuration', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  const both = [startServer(t, { DATA_DIR: folder }), startServer(t, { DATA_DIR: folder })] as const
  const started = await Promise.allSettled(both.map(async one => await one.address))
  const [first, refused] = started[0]?.status === 'fulfilled' ? both : [both[1], both[0]]
  const address = await first.address
  let number = ''

  t.test('serves from one of two concurrent starts; the other explains why', async t => {
    t.strictSame(started.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.equal(await refused.ended, 1)
    t.match(refused.output.err, `DATA_DIR: process ${first.process.pid} is using ${folder}`)
    t.match(refused.output.err, 'Stop that process first (the server?), or set DATABASE_URL')
    t.notMatch(refused.output.err, '    at ', 'no stack')
  })

  t.test('refuses a command while the server runs', async t => {
    const command = startCommand(t, ['staff', 'list'], { DATA_DIR: folder })
    t.equal(await command.ended, 1)
    t.match(command.output.err, `process ${first.process.pid} is using ${folder}`)
    t.equal((await fetch(`${address}/readyz`)).status, 200)
  })

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

  t.test('leaves no lock after a stop', async t => {
    t.strictSame((await readdir(folder)).sort(), ['checkpoints.txt', 'database', 'keys.json'])
    t.notMatch(await readFile(join(folder, 'checkpoints.txt'), 'utf8'), /^$/, 'the log was signed')
  })

  t.test('keeps the slip after a restart', async t => {
    const second = startServer(t, { DATA_DIR: folder })
    const again = await second.address
    const answer = await callApi(again, await signIn(again), `/slips/${number}`)
    t.equal(answer.status, 200)
    const slip = await answer.json() as { number: string, state: string, account: { username: string } }
    t.strictSame([slip.number, slip.state, slip.account.username], [number, 'handed-over', 'lukng2101'])
    t.equal(second.output.err, '')
    second.process.kill('SIGKILL')
    await second.ended
  })

  t.test('takes the folder over after a kill and ends on SIGINT', async t => {
    const next = startServer(t, { DATA_DIR: folder })
    t.equal((await fetch(`${await next.address}/readyz`)).status, 200)
    for (let events = 0; events < 8; events++) await signIn(await next.address)
    // Asking for the checkpoint seals the log up to this moment; the next test changes one of these events.
    const auditor = await signIn(await next.address, 'auditor')
    t.equal((await callApi(await next.address, auditor, '/audit/checkpoint')).status, 200)
    next.process.kill('SIGINT')
    t.equal(await next.ended, 0)
    t.equal(next.output.err, '')
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

  t.test('verifies its log until an event is changed', async t => {
    const good = startCommand(t, ['audit', 'verify'], { DATA_DIR: folder })
    t.equal(await good.ended, 0, good.output.err)
    t.match(good.output.out, /^The log matches what was signed\. Log entries verified: \d+, against checkpoints: \d+\.\n/)

    const { db, close } = await connect({ folder: join(folder, 'database') })
    const events = await db.selectFrom('audit_events').select(['id', 'sequence']).orderBy('sequence').execute()
    await runAsSuperuser(db, async trx => await databaseTamperings[0]!.apply(trx, events))
    await close()
    const bad = startCommand(t, ['audit', 'verify'], { DATA_DIR: folder })
    t.equal(await bad.ended, 1)
    t.equal(bad.output.out, '')
    t.match(bad.output.err, `Log entry 7 was changed: event ${events[7]!.id} differs from what was signed.`)
  })

  t.test('opens an older folder, adds missing keys and keeps existing ones', async t => {
    const { logKey, ...before } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<string, string>
    await writeFile(join(folder, 'keys.json'), JSON.stringify(before))
    const command = startCommand(t, ['staff', 'list'], { DATA_DIR: folder })
    t.equal(await command.ended, 0, command.output.err)
    t.match(command.output.out, /^admin\t/m)
    const { logKey: made, ...after } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<string, string>
    t.strictSame(after, before)
    t.equal(Buffer.from(made!, 'base64').length, 32)
    t.not(made, logKey)
  })
})

t.test('refuses a public address for the demo and reports all faults', embeddedOnly, async t => {
  const server = startServer(t, { DATA_DIR: await temporaryFolder(t), HOST: '0.0.0.0', PORT: 'many', LOG_LEVEL: 'loud' })
  t.equal(await server.ended, 1)
  for (const name of ['HOST', 'PORT', 'LOG_LEVEL']) t.match(server.output.err, new RegExp(`^ {2}${name}: `, 'm'))
})
