/** Sends activation codes to every place of a request that reaches the server, and searches all log lines for them. */
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { buildTestApp } from '../helpers/app.js'

const code = 'ABCEH-KMPTX-Y23ZK'
const bare = 'ABCEHKMPTXY23ZK'
/** Every third of the code, in any case, also percent-encoded: `%41%42…`. */
const remains = new RegExp(['ABCEH', 'KMPTX', 'Y23ZK'].flatMap(group => [group, [...group].map(symbol => `%(?:25)*${symbol.charCodeAt(0).toString(16)}`).join('')]).join('|'), 'i')

const test = await buildTestApp(t)
const { app, logLines } = test

const encoded = [...code].map(symbol => `%${symbol.charCodeAt(0).toString(16)}`).join('')
const spellings = [code, bare, encoded, encoded.replaceAll('%', '%25'), 'ABCE%48KMPTXY2%33ZK', 'ABCEH/KMPTX/Y23ZK', 'ABCEH%C3%28KMPTX-Y23ZK', '%EF%BC%A1BCEHKMPTXY23ZK']

t.test('logs no code from a path or a query, of pages and the API, known and unknown, signed in or not', async t => {
  const token = await test.signIn('agent')
  logLines.length = 0
  let sent = 0
  for (const spelling of spellings) {
    for (const address of [
      `/api/v1/slips/${spelling}`, `/api/v1/slips/${spelling}/void`, `/api/v1/accounts/${spelling}`, `/api/v1/accounts?q=${spelling}`, `/api/v1/slips?from=${spelling}`, `/api/v1/redemptions/${spelling}`, `/api/v1/${spelling}`,
      `/api/v1/postcodes/${spelling}`, `/api/v2/${spelling}`, `/slips/${spelling}`, `/accounts/${spelling}`, `/accounts?q=${spelling}`, `/activate/${spelling}`, `/activate?code=${spelling}`, `/${spelling}`, `/assets/${spelling}`, `/assets/${spelling}.css`,
      `/porter/envelopes/${spelling}`, `/log/${spelling}`, `/healthz/${spelling}`, `/metrics?${spelling}`, `/openapi.json?${spelling}`, `/sign-in?next=/slips/${spelling}`,
    ]) {
      for (const method of ['GET', 'POST'] as const) {
        await app.inject({ method, url: address, headers: address.startsWith('/api/') ? { authorization: `Bearer ${token}` } : {} })
        sent++
      }
    }
  }
  t.ok(logLines.length >= 2 * sent, 'each request has its lines')
  t.strictSame(logLines.filter(line => remains.test(line)), [])
})

t.test('logs no code from headers, bodies and what cannot be parsed', async t => {
  const token = await test.signIn('agent')
  logLines.length = 0
  const inHeader = (name: string) => ({ url: '/accounts', headers: { [name]: `https://desk.example/activate#${code}` } })
  for (const name of ['referer', 'user-agent', 'origin', 'host', 'x-request-id', 'request-id', 'traceparent', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'accept-language', 'cookie', 'authorization', 'content-type', 'if-none-match', 'range']) {
    await app.inject(inHeader(name))
    await app.inject({ ...inHeader(name), method: 'POST', url: '/api/v1/sessions', payload: '{}' })
  }
  const json = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  for (const payload of [`{"code": "${code}"`, `"${code}"`, code, `{"${code}": 1}`, `{"__proto__": "${code}"}`, JSON.stringify({ accountId: code, channel: code })]) {
    for (const url of ['/api/v1/slips', '/api/v1/redemptions', '/api/v1/sessions']) await app.inject({ method: 'POST', url, headers: json, payload })
  }
  await app.inject({ method: 'POST', url: '/api/v1/slips', headers: { ...json, 'idempotency-key': code }, payload: '{}' })
  for (const payload of [`code=${code}&username=x&password=${code}`, `${code}=%ZZ`, `code[${code}]=1`]) {
    for (const url of ['/activate', '/sign-in', '/my-account', `/slips/${code}/void`]) await app.inject({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload })
  }
  t.ok(logLines.length > 100)
  t.strictSame(logLines.filter(line => remains.test(line)), [])
})

t.test('logs no code from a request that is not HTTP', async t => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  logLines.length = 0
  for (const head of [`GET /activate#${code} HTTP/1.1\r\nHost: a\r\n\r\n`, `${code} / HTTP/1.1\r\n\r\n`, `GET / HTTP/1.1\r\n${code}\r\n\r\n`, `GET http://desk.example/slips/${code} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, `GET /${code} HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`]) {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('utf8').on('data', text => { answer += String(text) })
    socket.end(head)
    await once(socket, 'close')
    t.match(answer, /^HTTP\/1\.1 [1-5]/)
    t.notMatch(answer, remains)
  }
  t.strictSame(logLines.filter(line => remains.test(line)), [])
})
