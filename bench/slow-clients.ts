/**
 * Measures a page for everyone else while clients misbehave: a thousand that send nothing, slow headers or slow bodies,
 * from one address and from five; and eight that post passwords which are expensive to examine, beside eight whose
 * passwords are too short. All medians are of one run. Creates its own database and drops it.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectSocket, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { loadReferenceData } from '../src/bootstrap.js'
import { connect } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import { metropolia } from '../src/institution/profiles/metropolia.js'
import { generateActivationCode } from '../src/slips/codes.js'
import { startServer, withTemporaryDatabase } from './environment.js'
import { percentile, reportLimit } from './measurements.js'

const MAX_RATIO = 2
const PAGE_COUNT = 50
/** Quiet and disturbed pages take turns, and the median of all rounds counts: other work on the machine disturbs both. */
const ROUNDS = 6
const SLOW_CLIENTS = 1000
const PASSWORD_CLIENTS = 8
const SERVER_PORT = 3100 + Math.floor(Math.random() * 90)
const startOfBody = 'POST /activate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername=x'
const slowRequests = ['', 'GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ', startOfBody]
/** Many substitutions and many matches: among the slowest passwords for the estimator. */
const expensivePassword = '4@8({[<63!1|0$57+2z'.repeat(4).slice(0, 64)

interface Answer { readonly status: number | undefined, readonly cookie: string, readonly body: string }

async function send (path: string, form?: Readonly<Record<string, string>>, cookie = ''): Promise<Answer> {
  const body = form === undefined ? undefined : new URLSearchParams(form).toString()
  const sent = request({
    host: '127.0.0.1',
    port: SERVER_PORT,
    path,
    agent: false,
    localAddress: '127.0.0.1',
    method: body === undefined ? 'GET' : 'POST',
    headers: { cookie, ...body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } },
  }).end(body)
  const [answer] = await once(sent, 'response')
  return { status: answer.statusCode, cookie: (answer.headers['set-cookie'] ?? []).map((one: string) => one.split(';')[0]).join('; '), body: await text(answer) }
}

async function measurePages (): Promise<number[]> {
  const times: number[] = []
  for (let left = PAGE_COUNT; left > 0; left--) {
    const from = performance.now()
    const { status } = await send('/sign-in')
    if (status !== 200) throw new Error(`/sign-in answered ${String(status)}`)
    times.push(performance.now() - from)
  }
  return times
}

async function openSlowClients (addresses: readonly string[]): Promise<Socket[]> {
  return await Promise.all(Array.from({ length: SLOW_CLIENTS }, async (_, index) => {
    const socket = connectSocket({ host: '127.0.0.1', port: SERVER_PORT, localAddress: addresses[index % addresses.length]! }).on('error', () => {})
    await once(socket, 'connect')
    socket.write(slowRequests[index % slowRequests.length]!)
    return socket.resume()
  }))
}

async function besideSlowClients (addresses: readonly string[]): Promise<number[]> {
  const sockets = await openSlowClients(addresses)
  const drip = setInterval(() => { for (const [index, socket] of sockets.entries()) if (index % slowRequests.length !== 0) socket.write('a') }, 1000)
  const times = await measurePages()
  clearInterval(drip)
  for (const socket of sockets) socket.destroy()
  return times
}

/** @param toPassword the password of the n-th form */
async function besidePasswords (toPassword: (n: number) => string): Promise<{ median: number, posted: number }> {
  const over = new AbortController()
  let posted = 0
  const clients = Array.from({ length: PASSWORD_CLIENTS }, async () => {
    const page = await send('/activate')
    const token = /name="_csrf" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
    while (!over.signal.aborted) {
      const password = toPassword(posted)
      await send('/activate', { _csrf: token, username: 'no-such-holder', code: generateActivationCode(randomBytes).reveal(), password, passwordAgain: password, rules: 'yes' }, page.cookie)
      posted++
    }
  })
  const median = percentile(await measurePages(), 50)
  over.abort()
  await Promise.all(clients)
  return { median, posted }
}

async function run (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: 1 })
  await migrate(connection.db)
  await loadReferenceData(connection.db, metropolia, new Date())
  await connection.close()
  const child = await startServer(url, SERVER_PORT)
  try {
    await measurePages()
    const isHeld: boolean[] = []
    for (const addresses of [['127.0.0.2'], ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']]) {
      const times = { quiet: [] as number[], beside: [] as number[] }
      for (let left = ROUNDS; left > 0; left--) {
        times.quiet.push(...await measurePages())
        times.beside.push(...await besideSlowClients(addresses))
      }
      const [quiet, beside] = [percentile(times.quiet, 50), percentile(times.beside, 50)]
      isHeld.push(reportLimit(`${SLOW_CLIENTS} slow clients, addresses: ${addresses.length}: median of a page, quiet ${quiet.toFixed(1)} ms`,
        `${beside.toFixed(1)} ms`, `${(MAX_RATIO * quiet).toFixed(1)} ms`, beside < MAX_RATIO * quiet))
    }
    const short = await besidePasswords(() => 'too short')
    const expensive = await besidePasswords(n => `${expensivePassword.slice(n % 8)}${expensivePassword}`.slice(0, 64))
    isHeld.push(reportLimit(`8 clients posting expensive passwords (${expensive.posted} forms): median of a page, beside short ones ${short.median.toFixed(1)} ms`,
      `${expensive.median.toFixed(1)} ms`, `${(MAX_RATIO * short.median).toFixed(1)} ms`, expensive.median < MAX_RATIO * short.median))
    return isHeld.every(Boolean)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

process.exitCode = await withTemporaryDatabase(run) ? 0 : 1
