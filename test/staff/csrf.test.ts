import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { createPageClient } from '../helpers/page-client.js'

const { app, deps } = await buildTestApp(t)
const right = { login: 'admin', password: 'demo-slipdesk-2026' }

async function sessionsOpened (): Promise<number> {
  return (await deps.db.selectFrom('sessions').select('id').execute()).length
}

t.test('refuses a form without a token or with another user’s', async t => {
  const browser = createPageClient(app)
  const stranger = createPageClient(app)
  await browser.get('/sign-in')
  const foreign = /name="_csrf" value="([^"]+)"/.exec((await stranger.get('/sign-in')).body)![1]!
  const before = await sessionsOpened()
  for (const token of ['', foreign, `${foreign}x`]) {
    const answer = await browser.post('/sign-in', { ...right, _csrf: token })
    t.equal(answer.statusCode, 403)
    t.match(answer.body, 'Not recorded: sign-in')
  }
  const listed = await browser.post('/sign-in', { ...right, _csrf: ['a', 'b'] })
  t.equal(listed.statusCode, 403)
  t.equal(await sessionsOpened(), before)
  await browser.get('/sign-in')
  t.equal((await browser.post('/sign-in', right)).statusCode, 303)
})

t.test('refuses a request without the browser’s cookies', async t => {
  const form = await createPageClient(app).get('/sign-in')
  const bare = createPageClient(app)
  const token = /name="_csrf" value="([^"]+)"/.exec(form.body)![1]!
  t.equal((await bare.post('/sign-in', { ...right, _csrf: token })).statusCode, 403)
})

t.test('refuses a cross-site form even with the right token', async t => {
  const browser = createPageClient(app)
  await browser.signIn('admin')
  await browser.get('/staff')
  t.equal((await browser.post('/sign-out', {}, { 'sec-fetch-site': 'cross-site' })).statusCode, 403)
  t.equal((await browser.post('/sign-out', {}, { 'sec-fetch-site': 'same-site' })).statusCode, 403)
  t.equal((await browser.post('/sign-out', {}, { origin: 'https://evil.example' })).statusCode, 403)
  await browser.get('/staff')
  t.equal((await browser.post('/sign-out', {}, { 'sec-fetch-site': 'same-origin' })).statusCode, 303)
})

t.test('refuses the token of an earlier session', async t => {
  const browser = createPageClient(app)
  await browser.signIn('admin')
  const old = /name="_csrf" value="([^"]+)"/.exec((await browser.get('/staff')).body)![1]!
  await browser.post('/sign-out', {})
  await browser.signIn('admin')
  t.equal((await browser.post('/sign-out', { _csrf: old })).statusCode, 403)
})

t.test('accepts a sign-in form opened before signing in elsewhere', async t => {
  const browser = createPageClient(app)
  const token = /name="_csrf" value="([^"]+)"/.exec((await browser.get('/sign-in')).body)![1]!
  await browser.signIn('admin')
  t.equal((await browser.post('/sign-in', { ...right, _csrf: token })).statusCode, 303)
  t.equal((await browser.post('/sign-out', { _csrf: token })).statusCode, 403, 'a visitor’s token is not accepted after the sign-in')
})

t.test('accepts forms from two tabs', async t => {
  const browser = createPageClient(app)
  const first = /name="_csrf" value="([^"]+)"/.exec((await browser.get('/sign-in')).body)![1]!
  await browser.get('/sign-in')
  t.equal((await browser.post('/sign-in', { ...right, _csrf: first })).statusCode, 303)
})
