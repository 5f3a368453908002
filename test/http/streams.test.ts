import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { StreamLimiter, type StreamTimes } from '../../src/http/streams.js'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'
import { projectRoot } from '../helpers/project-root.js'

t.test('allows four streams for each user and six in all', async t => {
  const limiter = new StreamLimiter()
  const [release] = Array.from({ length: 4 }, () => limiter.acquire('a'))
  t.throws(() => limiter.acquire('a'), { name: 'TooManyExports', scope: 'own', limit: 4 })
  release!()
  release!()
  limiter.acquire('a')
  limiter.acquire('b')
  limiter.acquire('b')
  t.throws(() => limiter.acquire('c'), { name: 'TooManyExports', scope: 'all', limit: 6 })
})

const streamingRoutes = {
  api: ['/delivery-records', '/audit/checkpoints', '/audit/leaves', '/audit/leaf-hashes'],
  pages: ['/delivery-records/export?format=json', '/log/checkpoints.txt', '/log/leaf-hashes.txt', '/log/leaves.ndjson'],
}

t.test('counts every stream of a user together, and none that has ended', async t => {
  const streams = new StreamLimiter()
  const { app, api, signIn, deps } = await buildTestApp(t, { streams })
  const auditor = await signIn('auditor')
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  const { id } = await deps.db.selectFrom('staff').select('id').where('login', '=', 'auditor').executeTakeFirstOrThrow()
  for (const url of streamingRoutes.api) t.equal((await api(auditor, { url })).statusCode, 200, url)
  for (const url of streamingRoutes.pages) t.equal((await browser.get(url)).statusCode, 200, url)
  const accesses = async () => (await deps.db.selectFrom('audit_events').select('id').where('kind', 'in', ['log-read', 'delivery-records-export-started']).execute()).length
  const before = await accesses()
  const releases = Array.from({ length: 4 }, () => streams.acquire(id))
  for (const url of streamingRoutes.api) {
    const answer = await api(auditor, { url })
    t.equal(answer.statusCode, 429, url)
    t.equal(answer.json<{ code: string }>().code, 'too-many-requests')
    t.equal(answer.headers['retry-after'], '10')
  }
  for (const url of streamingRoutes.pages) {
    const answer = await browser.get(url)
    t.equal(answer.statusCode, 429, url)
    t.match(answer.headers['content-type'], 'text/html')
    t.equal(answer.headers['content-disposition'], undefined, 'a page, not a download')
  }
  t.equal(await accesses(), before, 'nothing was read')
  for (const release of releases) release()
  for (const url of streamingRoutes.api) t.equal((await api(auditor, { url })).statusCode, 200, url)
  // HEAD would read everything and send nothing.
  for (const url of streamingRoutes.api) t.equal((await api(auditor, { method: 'HEAD', url })).statusCode, 404, url)
  for (const url of streamingRoutes.pages) t.equal((await app.inject({ method: 'HEAD', url, cookies: Object.fromEntries(browser.cookies) })).statusCode, 404, url)
})

t.test('lets no route send a stream past the limits', async t => {
  const files = readdirSync(new URL('src/', projectRoot), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
  const senders = files.filter(name => /\.send\([^\n]*(Readable|[sS]tream)/.test(readFileSync(new URL(`src/${name}`, projectRoot), 'utf8')))
  t.strictSame(senders, ['http/streams.ts'])
})

/** Serves an endless stream of one user under these times. @returns opens a stream on a new connection */
async function serveEndless (t: Test, times: StreamTimes, waitForNext: () => Promise<unknown> = async () => {}) {
  const limiter = new StreamLimiter(times)
  const app = fastify()
  let ended = 0
  async function * pieces () {
    for (;;) {
      yield 'x'.repeat(64 * 1024)
      await waitForNext()
    }
  }
  app.get('/', async (_request, reply) => await limiter.send(reply, 'a', async () => ({ stream: Readable.from(pieces(), { objectMode: false }), onEnd: () => { ended++ } })))
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => await app.close())
  const { port } = app.server.address() as { port: number }
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(socket, 'readable')
    return socket
  }
  return { limiter, open, countEnded: () => ended }
}

t.test('cuts off readers that take nothing, and frees their places', async t => {
  const { limiter, open, countEnded } = await serveEndless(t, { maxPauseMs: 100, maxDurationMs: 60_000 })
  const sockets = await Promise.all(Array.from({ length: 4 }, open))
  // The server ends each connection; a client that reads on finds its end.
  while (countEnded() < 4) await new Promise(resolve => setImmediate(resolve))
  for (const socket of sockets) socket.resume()
  await Promise.all(sockets.map(async socket => await once(socket, 'close')))
  t.equal(countEnded(), 4)
  limiter.acquire('a')()
})

t.test('does not count the time in which the server itself is slow', async t => {
  let given = () => {}
  const { open, countEnded } = await serveEndless(t, { maxPauseMs: 50, maxDurationMs: 60_000 }, async () => await new Promise<void>(resolve => { given = resolve }))
  const socket = await open()
  socket.resume()
  await new Promise(resolve => setTimeout(resolve, 200))
  t.equal(countEnded(), 0)
  given()
  await once(socket, 'data')
  t.notOk(socket.destroyed)
})

t.test('ends a stream that takes too long, however it is read', async t => {
  const { open, countEnded } = await serveEndless(t, { maxPauseMs: 60_000, maxDurationMs: 150 })
  const socket = await open()
  socket.resume()
  await once(socket, 'close')
  t.equal(countEnded(), 1)
})
