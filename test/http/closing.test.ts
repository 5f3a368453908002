import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { endConnectionsWhenClosing } from '../../src/http/closing.js'

/** Starts a server that reads posts and streams `body` on GET, and a client that reuses its connection. */
async function startServer (t: Test) {
  const app = fastify({ forceCloseConnections: 'idle' })
  const body = new PassThrough()
  endConnectionsWhenClosing(app)
  app.post('/', async request => request.body)
  app.get('/', async (_request, reply) => await reply.send(body))
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const agent = new Agent({ keepAlive: true, timeout: 600_000 })
  t.teardown(() => agent.destroy())
  return { app, body, address, agent }
}

t.test('answers a request that has begun and ends its connection', async t => {
  const { app, address, agent } = await startServer(t)
  const begun = request(address, { agent, method: 'POST', headers: { 'content-type': 'application/json', expect: '100-continue' } })
  begun.flushHeaders()
  await once(begun, 'continue')
  const closed = app.close()
  begun.end('{"id":1}')
  const [answer] = await once(begun, 'response')
  t.strictSame([answer.statusCode, answer.headers.connection, await text(answer)], [200, 'close', '{"id":1}'])
  await closed
})

t.test('finishes an answer that has begun and ends its connection', async t => {
  const { app, body, address, agent } = await startServer(t)
  body.write('first, ')
  const [answer] = await once(request(address, { agent }).end(), 'response')
  t.equal(answer.headers.connection, 'keep-alive')
  const closed = app.close()
  while (app.server.listening) await setImmediate()
  body.end('last')
  t.equal(await text(answer), 'first, last')
  await closed
})
