import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { pick, readProblem } from '../helpers/projections.js'

const problemJson = 'application/problem+json; charset=utf-8'

const { app, api, signIn, logLines } = await buildTestApp(t)

t.test('answers 404 for an address that cannot be decoded', async t => {
  for (const url of ['/api/v1/accounts/%ZZ', '/api/v1/slips/%E0%A4%A', '/api/%', '/api/v1/%C3%28']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 404, url)
    t.equal(answer.headers['content-type'], problemJson)
    t.strictSame(readProblem(answer), { status: 404, code: 'not-found' })
    t.notMatch(answer.body, /\n +at |node_modules|FST_/)
  }
  const page = await app.inject({ url: '/slips/%ZZ', headers: { 'accept-language': 'fi' } })
  t.equal(page.statusCode, 404)
  t.match(page.headers['content-type'], 'text/html')
  t.match(page.body, '<html lang="fi"')
})

t.test('answers 404 for an address with a NUL and for a very long one', async t => {
  const token = await signIn('agent')
  for (const url of ['/accounts/%00', `/accounts/${'a'.repeat(15_000)}`, '/slips/%00', `/slips/${'7'.repeat(15_000)}`]) {
    t.strictSame(readProblem(await api(token, { url })), { status: 404, code: 'not-found' }, url.slice(0, 20))
  }
  t.strictSame(readProblem(await api(token, { url: `/postcodes/${'0'.repeat(15_000)}` })), { status: 400, code: 'validation-failed', errors: ['postcode'] })
  t.equal((await api(token, { url: '/accounts?q=%ZZ' })).statusCode, 200, 'an invalid percent escape in a search is searched for as text')
})

t.test('explains invalid HTTP and an oversized header', async t => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  async function send (bytes: string): Promise<{ head: string, body: unknown }> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(bytes)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    return { head, body: JSON.parse(body) }
  }
  for (const bytes of ['GET / HTTP/1.1\r\nHost: a\r\nBad header\r\n\r\n', 'NONSENSE\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n']) {
    const { head, body } = await send(bytes)
    t.match(head, /^HTTP\/1\.1 400 /)
    t.match(head, `Content-Type: ${problemJson}`)
    t.strictSame(pick(body, 'code', 'status'), { code: 'validation-failed', status: 400 })
  }
  const { head, body } = await send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)
  t.match(head, /^HTTP\/1\.1 413 /)
  t.strictSame(pick(body, 'code', 'status'), { code: 'too-large', status: 413 })
  t.strictSame(pick((await send(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`)).body, 'code', 'status'), { code: 'too-large', status: 413 }, 'an address that is too long too')
})

t.test('leads a malformed address with a code to the activation page and logs none', async t => {
  const { port } = app.server.address() as { port: number }
  async function ask (target: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`GET ${target} HTTP/1.1\r\nHost: desk.example\r\nReferer: http://desk.example/activate/ABCEH-KMPTX-Y23ZK\r\nConnection: close\r\n\r\n`)
    return await text(socket)
  }
  for (const target of ['/activate#ABCEH-KMPTX-Y23ZK', '/activate/%ZZABCEH-KMPTX-Y23ZK', 'http://desk.example/Activate/ABCEH-KMPTX-Y23ZK', 'http://desk.example//activate%23ABCEHKMPTXY23ZK', '/activate?x=%ZZ&ABCEHKMPTXY23ZK', 'activate/ABCEH-KMPTX-Y23ZK']) {
    const answer = await ask(target)
    if (answer.startsWith('HTTP/1.1 400')) t.notMatch(answer, 'ABCEH', target)
    else t.match(answer, /^HTTP\/1\.1 303 [\s\S]*\r\nlocation: \/activate\r\n/, target)
  }
  for (const target of ['/activate£ABCEH-KMPTX-Y23ZK', '/a b/ABCEH-KMPTX-Y23ZK', `/activate/ABCEH-KMPTX-Y23ZK${'x'.repeat(20_000)}`]) t.notMatch(await ask(target), 'ABCEH', target.slice(0, 40))
  t.notOk(logLines.some(line => line.includes('ABCEH')))
})

t.test('accepts DELETE with a JSON content type and no body', async t => {
  const token = await signIn('agent')
  const answer = await api(token, { method: 'DELETE', url: '/sessions/current', headers: { 'content-type': 'application/json' } })
  t.equal(answer.statusCode, 204)
  t.equal((await api(token, { url: '/service-points' })).statusCode, 401)
})

t.test('reports a missing body', async t => {
  const answer = await api(undefined, { method: 'POST', url: '/sessions', headers: { 'content-type': 'application/json' } })
  t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [''] })
  t.equal(answer.json().errors[0].message, 'Enter a value.')
})

t.test('refuses a body that pollutes prototypes', async t => {
  const answer = await api(undefined, { method: 'POST', url: '/sessions', headers: { 'content-type': 'application/json' }, payload: '{"__proto__":{"login":"agent"}}' })
  t.equal(answer.statusCode, 400)
})
