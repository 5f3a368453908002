/** Starts the server on PostgreSQL, as an institution does. Skipped without DATABASE_URL. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import t, { type Test } from 'tap'
import { startCuttableProxy } from '../helpers/cuttable-proxy.js'
import { postgresOnly, startCommand, startServer } from '../helpers/processes.js'
import { pick } from '../helpers/projections.js'

const postgresUrl = process.env['DATABASE_URL']
const createSecret = () => randomBytes(32).toString('base64')
const secrets = { CODE_KEY: createSecret(), SESSION_KEY: createSecret(), LOG_KEY: createSecret() }
const password = 'words with spaces between 7'

/** Creates an empty database that is dropped when the test ends. */
async function createEmptyDatabase (t: Test): Promise<string> {
  const admin = new pg.Client({ connectionString: postgresUrl })
  await admin.connect()
  const name = `slipdesk_start_${randomBytes(6).toString('hex')}`
  await admin.query(`create database ${name}`)
  t.teardown(async () => {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  })
  const url = new URL(postgresUrl!)
  url.pathname = `/${name}`
  return url.href
}

async function runCommand (t: Test, commandLine: readonly string[], environment: Record<string, string>, typed = '') {
  const running = startCommand(t, commandLine, environment, typed)
  return { code: await running.ended, ...running.output }
}

async function signIn (address: string, entered = password): Promise<Response> {
  return await fetch(`${address}/api/v1/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login: 'first', password: entered }),
  })
}

/** Only a right password gets this answer: the database has been asked. */
const firstPasswordAnswer = { status: 401, code: 'password-change-required' }

async function signInWithFirstPassword (address: string) {
  return pick(await (await signIn(address)).json(), 'status', 'code')
}

/** Signs in on the pages and changes the password, as the first administrator must. */
async function changeFirstPassword (address: string, chosen: string): Promise<void> {
  const cookies = new Map<string, string>()
  const open = async (path: string, form?: Record<string, string>): Promise<string> => {
    const answer = await fetch(address + path, {
      redirect: 'manual', headers: { cookie: [...cookies].map(pair => pair.join('=')).join('; ') }, ...form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) },
    })
    for (const line of answer.headers.getSetCookie()) cookies.set(line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1, line.indexOf(';')))
    return /name="_csrf" value="([^"]+)"/.exec(await answer.text())?.[1] ?? ''
  }
  await open('/sign-in', { _csrf: await open('/sign-in'), login: 'first', password })
  await open('/change-password', { _csrf: await open('/change-password'), passwordCurrent: password, password: chosen, passwordAgain: chosen })
}

/** Requests an address until the answer has the given status, at most 500 times. */
async function waitForStatus (url: string, status: number): Promise<Response> {
  for (let left = 500; ; left--) {
    const answer = await fetch(url)
    if (answer.status === status || left === 0) return answer
    await answer.arrayBuffer()
  }
}

t.test('starts an institution’s server', postgresOnly, async t => {
  const url = await createEmptyDatabase(t)
  const environment = { DATABASE_URL: url, ...secrets }

  t.test('refuses to start without its secrets, naming each', async t => {
    const server = startServer(t, { DATABASE_URL: url })
    t.equal(await server.ended, 1)
    t.match(server.output.err, /^ {2}CODE_KEY: .*missing/m)
    t.match(server.output.err, /^ {2}SESSION_KEY: .*missing/m)
    t.match(server.output.err, /^ {2}LOG_KEY: .*missing/m)
  })

  t.test('refuses an outdated schema and says what to run', async t => {
    const server = startServer(t, environment)
    t.equal(await server.ended, 1)
    t.match(server.output.err, /the schema lacks 0001-\S+.*npm run migrate/)
    t.notMatch(server.output.err, '    at ')
  })

  t.test('starts after `migrate` with service points, without accounts or staff', async t => {
    const migrated = await runCommand(t, ['migrate'], { DATABASE_URL: url })
    t.equal(migrated.code, 0, migrated.err)
    t.match(migrated.out, 'Applied 0001-')
    const again = await runCommand(t, ['migrate'], environment)
    t.strictSame([again.code, again.out], [0, 'The schema is already up to date.\n'])
    const server = startServer(t, environment)
    const address = await server.address
    t.match(server.output.out, 'Slipdesk for Metropolia University of Applied Sciences listens on')
    t.notMatch(server.output.out, 'demo')
    t.equal((await fetch(`${address}/readyz`)).status, 200)
    t.notMatch(await (await fetch(`${address}/sign-in`)).text(), 'class="demo"')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select (select count(*)::int from service_points) as points, (select count(*)::int from accounts) as accounts, (select count(*)::int from staff) as staff')
    await client.end()
    t.strictSame(rows, [{ points: 9, accounts: 0, staff: 0 }])
    t.equal(await server.stop(), 0)
  })

  t.test('creates the first administrator at the command line', async t => {
    const added = await runCommand(t, ['staff', 'add', '--login', 'first', '--name', 'First Administrator', '--roles', 'administrator'], environment, `${password}\n`)
    t.equal(added.code, 0, added.err)
    const server = startServer(t, environment)
    const address = await server.address
    t.strictSame(await signInWithFirstPassword(address), firstPasswordAnswer)
    await changeFirstPassword(address, 'words that only she knows')
    const answer = await signIn(address, 'words that only she knows')
    t.equal(answer.status, 201)
    t.strictSame(pick(await answer.json(), 'staff', 'servicePoint'), { staff: { login: 'first', name: 'First Administrator', roles: ['administrator'] }, servicePoint: null })
    t.equal(await server.stop(), 0)
    t.equal(server.output.err, '')
  })
})

t.test('answers 503 without its database and recovers by itself', postgresOnly, async t => {
  const url = await createEmptyDatabase(t)
  await runCommand(t, ['migrate'], { DATABASE_URL: url, ...secrets })
  await runCommand(t, ['staff', 'add', '--login', 'first', '--name', 'First', '--roles', 'administrator'], { DATABASE_URL: url, ...secrets }, `${password}\n`)
  const wire = await startCuttableProxy(t, url)
  const server = startServer(t, { DATABASE_URL: wire.url, ...secrets })
  const address = await server.address
  t.strictSame(await signInWithFirstPassword(address), firstPasswordAnswer)

  t.test('while the database is away', async t => {
    await wire.cut()
    const answer = await signIn(address)
    t.equal(answer.status, 503)
    t.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    t.match(answer.headers.get('retry-after'), /^\d+$/)
    t.strictSame(pick(await answer.json(), 'code', 'status'), { code: 'unavailable', status: 503 })
    const page = await fetch(`${address}/accounts`, { headers: { cookie: 'slipdesk=unknown' } })
    t.equal(page.status, 503)
    t.match(page.headers.get('content-type'), 'text/html')
    t.match(page.headers.get('retry-after'), /^\d+$/)
    t.match(await page.text(), '<h1>The service is not available at the moment</h1>')
    t.equal((await fetch(`${address}/readyz`)).status, 503)
    t.equal((await fetch(`${address}/healthz`)).status, 200)
  })

  t.test('when the database is back', async t => {
    await wire.restore()
    t.equal((await waitForStatus(`${address}/readyz`, 200)).status, 200)
    t.strictSame(await signInWithFirstPassword(address), firstPasswordAnswer)
    t.equal(await server.stop(), 0)
  })
})

t.test('starts before its database and waits for it', postgresOnly, async t => {
  const url = await createEmptyDatabase(t)
  await runCommand(t, ['migrate'], { DATABASE_URL: url, ...secrets })
  const wire = await startCuttableProxy(t, url)
  await wire.cut()
  const server = startServer(t, { DATABASE_URL: wire.url, ...secrets })
  const address = await server.address
  const away = await fetch(`${address}/readyz`)
  t.equal(away.status, 503)
  t.equal(away.headers.get('content-type'), 'application/problem+json; charset=utf-8')
  await wire.restore()
  t.equal((await waitForStatus(`${address}/readyz`, 200)).status, 200)
  t.equal(await server.stop(), 0)
  t.equal(server.output.err, '')
})
