import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'
import { readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { app } = test
const problemJson = 'application/problem+json; charset=utf-8'

t.test('keeps the menu on a missing page for a signed-in user', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  for (const path of ['/no-such-page', '/slips/7KM-2QX-9TH/nothing', '/accounts/%ZZ']) {
    const page = await browser.get(path)
    t.equal(page.statusCode, 404, path)
    t.match(page.body, 'Aino Virtanen')
    t.match(page.body, 'href="/slips"')
    t.match(page.body, '<h1>Not found</h1>')
  }
})

t.test('tells a visitor in their language that a page is missing', async t => {
  const page = await app.inject({ url: '/no-such-page', headers: { 'accept-language': 'sv' } })
  t.equal(page.statusCode, 404)
  t.match(page.headers['content-type'], 'text/html')
  t.match(page.body, '<html lang="sv"')
  t.notMatch(page.body, 'href="/slips"')
})

t.test('answers unknown API addresses with a problem, for any method or sender', async t => {
  const browser = createPageClient(app)
  await browser.signIn('agent')
  const token = await test.signIn('agent')
  for (const headers of [{}, { authorization: `Bearer ${token}` }, { cookie: `slipdesk=${browser.cookies.get('slipdesk')}` }]) {
    for (const url of ['/api/v1/nothing', '/api/v1/nothing?lang=fi', '/api/v2/slips']) {
      const answer = await app.inject({ url, headers })
      t.equal(answer.headers['content-type'], problemJson, url)
      t.strictSame(readProblem(answer), { status: 404, code: 'not-found' })
      t.notOk(answer.headers['set-cookie'])
    }
  }
  for (const [type, payload] of [['text/plain', 'x'], ['application/json', '{'], ['application/x-www-form-urlencoded', 'a=b']] as const) {
    const answer = await app.inject({ method: 'POST', url: '/api/v1/nothing', headers: { 'content-type': type }, payload })
    t.equal(answer.statusCode, 404, type)
    t.equal((await app.inject({ method: 'POST', url: '/nothing', headers: { 'content-type': type }, payload })).statusCode, 404, type)
  }
})

t.test('serves nothing outside the assets folder', async t => {
  for (const url of ['/assets/%2e%2e/layout.eta', '/assets/..%2flayout.eta', '/assets/no-such.css']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 404, url)
    t.match(answer.body, '<h1>Not found</h1>')
    t.notMatch(answer.body, 'The form was too old')
  }
})

t.test('treats an absolute request address like a relative one', async t => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  async function ask (target: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`GET ${target} HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n`)
    return await text(socket)
  }
  for (const target of ['http://desk.example/api/v1/slips', 'HTTP://desk.example:80/api/v1/slips', '/api/v1/slips']) {
    const answer = await ask(target)
    t.match(answer, /^HTTP\/1\.1 401 /, target)
    t.match(answer, `content-type: ${problemJson}`)
  }
  t.match(await ask('http://desk.example/api/v1/%ZZ'), `content-type: ${problemJson}`)
  t.match(await ask('http://desk.example'), 'location: /sign-in')
  t.match(await ask('http://desk.example?lang=sv'), 'location: /\r\n')
  t.match(await ask('http://desk.example/healthz'), '{"status":"ok"}')
})

t.test('repeats no unknown address in its page', async t => {
  const page = await app.inject('/no-such-page-5X?q=1')
  t.equal(page.statusCode, 404)
  t.notMatch(page.body, 'no-such-page-5X')
  t.match(page.body, 'href="/?lang=sv"')
  t.equal(page.headers['referrer-policy'], 'no-referrer')
  t.equal((await app.inject('/no-such-page-5X?lang=sv')).statusCode, 404)
})

t.test('serves the two files that browser and server share, and no other', async t => {
  for (const name of ['typed-symbols.js', 'keyboard-layouts.js']) {
    const { statusCode, headers } = await app.inject(`/assets/shared/${name}`)
    t.equal(statusCode, 200)
    t.match(headers['content-type'], 'javascript')
    t.equal(headers['cache-control'], 'public, max-age=0')
  }
  for (const name of ['profile.js', 'typed-symbols.js.map', '..%2fapp.js', 'profiles/metropolia.js', '']) t.equal((await app.inject(`/assets/shared/${name}`)).statusCode, 404, name)
})
