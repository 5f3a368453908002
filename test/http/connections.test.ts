import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { AppDeps } from '../../src/deps.js'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'

/** Serves the application on loopback, where each 127.0.0.x is a client of its own. */
async function serve (t: Test, changes: Partial<AppDeps>) {
  const test = await buildTestApp(t, changes)
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = test.app.server.address() as { port: number }
  t.teardown(() => test.app.server.closeAllConnections())
  async function open (localAddress: string, bytes = ''): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, localAddress }).on('error', () => {})
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    socket.write(bytes)
    return socket
  }
  /** Sends a request on a new connection. @returns status, and the header Retry-After */
  async function get (path: string, localAddress = '127.0.0.1'): Promise<{ status: number | undefined, retryAfter: string | undefined, body: string }> {
    const sent = request({ host: '127.0.0.1', port, path, localAddress, agent: false }).end()
    const [answer] = await once(sent, 'response')
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], body: await text(answer) }
  }
  return { ...test, open, get }
}

const openMany = async (count: number, open: () => Promise<Socket>) => await Promise.all(Array.from({ length: count }, open))
const countOpen = async (server: Server) => await promisify<number>(callback => server.getConnections(callback))()
const slowHeaders = 'GET /sign-in HTTP/1.1\r\nHost: desk.example\r\nX-Slow: '
const slowBody = 'POST /activate HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername=x'

t.test('refuses connections above the limits and serves everyone else', async t => {
  const { app, open, get } = await serve(t, { connectionLimits: { maxPerAddress: 20, maxConnections: 40 }, trustedProxies: ['127.0.0.9'] })
  const crowd = await openMany(20, async () => await open('127.0.0.2', slowHeaders))
  const refused = await get('/sign-in', '127.0.0.2')
  t.strictSame([refused.status, refused.retryAfter, refused.body], [503, '30', ''])
  t.equal((await get('/sign-in')).status, 200, 'another address')
  await waitFor(async () => await countOpen(app.server) === 20)
  const proxied = await openMany(20, async () => await open('127.0.0.9', slowHeaders))
  t.strictSame((await get('/sign-in')).status, 503, 'the limit for all')
  t.strictSame((await get('/sign-in', '127.0.0.9')).status, 503, 'for proxies too')
  proxied[0]!.destroy()
  await waitFor(async () => (await get('/sign-in', '127.0.0.9')).status === 200)
  for (const one of [...crowd, ...proxied]) one.destroy()
  await waitFor(async () => (await get('/sign-in', '127.0.0.2')).status === 200)
})

t.test('exempts trusted proxies from the limit of one address, and shows the counts as metrics', async t => {
  const { app, open, get } = await serve(t, { connectionLimits: { maxPerAddress: 3, maxConnections: 40 }, trustedProxies: ['127.0.0.8/30'], metricsToken: 'a token of metrics' })
  await openMany(20, async () => await open('127.0.0.9', slowHeaders))
  await openMany(3, async () => await open('127.0.0.2', slowHeaders))
  t.equal((await get('/sign-in', '127.0.0.2')).status, 503)
  const metrics = (await app.inject({ url: '/metrics', headers: { authorization: 'Bearer a token of metrics' } })).body
  t.match(metrics, /^http_connections_open 23$/m)
  t.match(metrics, /^http_connections_refused_total\{reason="address"\} 1$/m)
  t.match(metrics, /^http_connections_refused_total\{reason="total"\} 0$/m)
})

const shortTimes = { headersMs: 300, requestMs: 300, longestRequestMs: 1500, idleMs: 60_000 }

/** Reads until the connection ends. @returns what was received, and after how long (milliseconds) */
async function readToEnd (socket: Socket): Promise<{ received: string, ms: number }> {
  const start = performance.now()
  const received = await text(socket)
  return { received, ms: performance.now() - start }
}

t.test('ends requests that arrive too slowly, whatever is slow', async t => {
  const { open } = await serve(t, { connectionLimits: shortTimes })
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write('a'), 50)
    socket.once('close', () => clearInterval(timer))
    return socket
  }
  const [headers, body, nothing] = await Promise.all([
    readToEnd(drip(await open('127.0.0.1', slowHeaders))), readToEnd(drip(await open('127.0.0.1', slowBody))), readToEnd(await open('127.0.0.1')),
  ])
  t.match(headers.received, /^HTTP\/1\.1 408 /)
  t.match(body.received, /^HTTP\/1\.1 408 /)
  t.equal(nothing.received, '', 'a connection that a browser opened in advance gets no answer')
  t.ok(body.ms < 1400, `${body.ms} ms: not the time of an upload`)
})

t.test('gives more time to an upload, only to those who may upload', async t => {
  const { app, open } = await serve(t, { connectionLimits: shortTimes })
  const browser = createPageClient(app)
  await browser.signIn('admin')
  const upload = (cookie: string) => `POST /accounts/import HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nCookie: ${cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\n`
  const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const [administrator, visitor] = await Promise.all([readToEnd(await open('127.0.0.1', upload(cookies))), readToEnd(await open('127.0.0.1', upload('')))])
  t.match(administrator.received, /^HTTP\/1\.1 408 /)
  t.ok(administrator.ms - visitor.ms > 500, `${administrator.ms} ms, a visitor ${visitor.ms} ms`)
})

t.test('answers pages beside a thousand slow clients', async t => {
  const { open, get } = await serve(t, {})
  const median = async () => {
    const times: number[] = []
    for (let left = 15; left > 0; left--) {
      const start = performance.now()
      t.equal((await get('/sign-in')).status, 200)
      times.push(performance.now() - start)
    }
    return times.sort((a, b) => a - b)[7]!
  }
  await median()
  const quiet = await median()
  const kinds = ['', slowHeaders, slowBody]
  const many = await Promise.all(Array.from({ length: 1000 }, async (_, index) => await open(`127.0.0.${2 + index % 4}`, kinds[index % 3])))
  const beside = await median()
  t.equal(many.filter(socket => socket.destroyed).length, 0)
  t.comment(`median of a page: ${quiet.toFixed(1)} ms quiet, ${beside.toFixed(1)} ms beside 1,000 slow clients`)
  t.ok(beside < 2 * quiet + 20, 'bench:slow-clients holds the limit of twice the quiet median')
})

async function waitFor (isTrue: () => Promise<boolean>): Promise<void> {
  while (!await isTrue());
}
