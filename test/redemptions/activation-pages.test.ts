import { randomBytes } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { DirectoryError, type DirectoryErrorKind } from '../../src/accounts/directory.js'
import { type ActivationCode, generateActivationCode } from '../../src/slips/codes.js'
import { buildTestApp, type TestApp } from '../helpers/app.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { createPageClient } from '../helpers/page-client.js'

/** The error of the second app's directory. Without one, it sets the password. */
const directory: { fault?: DirectoryErrorKind } = {}
const test = await buildTestApp(t)
const elsewhere = await buildTestApp(t, {
  directory: {
    kind: 'ldap',
    refresh: async () => {},
    setPassword: async () => { if (directory.fault !== undefined) throw new DirectoryError(directory.fault, 'as the test wants it') },
    close: async () => {},
  },
})
const password = 'seven grey herons sing'

async function liveSlip (app: TestApp = test) {
  const [slip] = await insertSlips(app, [{ channel: 'counter', state: 'handed-over', place: 'holder' }])
  return slip!
}

function filledIn ({ username, code }: { username: string, code: ActivationCode }, changes: Record<string, string> = {}): Record<string, string> {
  return { username, code: code.reveal(), password, passwordAgain: password, rules: 'yes', ...changes }
}

async function send (form: Record<string, string>, app: TestApp = test): Promise<LightMyRequestResponse> {
  const browser = createPageClient(app.app)
  await browser.get('/activate')
  return await browser.post('/activate', form)
}

/** Returns the error message at a field. */
const errorAt = (body: string, field: string) => new RegExp(`id="${field}-error"[\\s\\S]*?</span>([^<]*)</span></p>`).exec(body)?.[1]

t.test('serves the page to anyone, uncached, in the browser’s language', async t => {
  for (const [accepted, title] of [['fi-FI,fi;q=0.9', 'Ota tunnuksesi käyttöön'], ['sv', 'Ta ditt konto i bruk'], ['de, en;q=0.5', 'Activate your account']] as const) {
    const page = await test.app.inject({ url: '/activate', headers: { 'accept-language': accepted } })
    t.equal(page.statusCode, 200)
    t.match(page.body, `<h1>${title}</h1>`)
    t.equal(page.headers['cache-control'], 'no-store')
    t.equal(page.headers['referrer-policy'], 'same-origin')
    t.strictSame(page.cookies.map(cookie => cookie.name), ['slipdesk-visitor'])
  }
  const agent = createPageClient(test.app)
  await agent.signIn('agent')
  t.notMatch((await agent.get('/activate')).body, '/accounts', 'no menu, not even for staff')
})

t.test('sets the password, and a reload of the result sends nothing again', async t => {
  const slip = await liveSlip()
  const answer = await send(filledIn(slip, { username: ` ${slip.username.toUpperCase()} `, code: slip.code.reveal().toLowerCase().replaceAll('-', ' '), language: 'sv' }))
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/activate/done?language=sv')
  const done = await test.app.inject({ url: '/activate/done?language=sv' })
  t.match(done.body, 'Lösenordet har sparats')
  t.match(done.body, 'https://oma.metropolia.fi/')
  t.match(done.body, 'VPN')
  t.match(done.body, 'href="/my-account?language=sv"')
  t.equal((await send(filledIn(slip))).statusCode, 422, 'the slip does not work a second time')
})

t.test('accepts the whole address of the QR code as the code', async t => {
  const slip = await liveSlip()
  t.equal((await send(filledIn(slip, { code: `https://slipdesk.example/activate#${slip.code.reveal()}` }))).statusCode, 303)
})

t.test('reports all faults together and keeps everything but passwords', async t => {
  const slip = await liveSlip()
  const { statusCode, body } = await send({ username: '', code: slip.code.reveal(), password: 'metropolia', passwordAgain: 'Metropolia', language: 'en' })
  t.equal(statusCode, 400)
  t.equal(errorAt(body, 'username'), 'Enter your user name. It is on the slip, above the code.')
  t.match(errorAt(body, 'password'), /The password has 10 characters and needs at least 15\. .* institution’s name, Metropolia\./)
  t.match(errorAt(body, 'passwordAgain'), /are different/)
  t.match(errorAt(body, 'rules'), /tick the box/)
  t.strictSame([...body.matchAll(/<li><a href="#(\w+)">/g)].map(match => match[1]), ['username', 'password', 'password', 'passwordAgain', 'rules'])
  t.match(body, `value="${slip.code.reveal()}"`)
  t.notMatch(body, /type="password" value="[^"]/)
  t.equal((await send(filledIn(slip))).statusCode, 303, 'the code still works')
})

t.test('recognises a mistyped code and a slip number from the input alone', async t => {
  const slip = await liveSlip()
  const code = slip.code.reveal()
  const wrong = `${code.slice(0, -1)}${code.endsWith('2') ? '3' : '2'}`
  const tries = await test.deps.db.selectFrom('code_tries').selectAll().execute()
  for (const typed of [wrong, code.slice(0, -1), `${code}2`, 'O0-1IL', '<b>"', 'x'.repeat(5_000)]) {
    const { statusCode, body } = await send(filledIn(slip, { code: typed }))
    t.equal(statusCode, 400, typed.slice(0, 30))
    t.match(errorAt(body, 'code'), /typing error/)
    t.notMatch(body, '<b>"')
  }
  t.match(errorAt((await send(filledIn(slip, { code: slip.number }))).body, 'code'), /This is the slip number/)
  t.equal(errorAt((await send(filledIn(slip, { code: '  ' }))).body, 'code'), 'Enter the code from the slip, for example 7K4MQ-XT9WB-2HNPR.')
  t.strictSame(await test.deps.db.selectFrom('code_tries').selectAll().execute(), tries, 'nothing was counted')
})

t.test('shows one page for every other wrong user name or code', async t => {
  const [live, dead, prepared] = await insertSlips(test, [
    { channel: 'counter', state: 'handed-over', place: 'holder' }, { channel: 'counter', state: 'voided', place: 'holder' }, { channel: 'porter', state: 'at-porter', place: 'desk' },
  ])
  const pages = []
  for (const form of [filledIn(live!, { username: dead!.username }), filledIn(dead!), filledIn(prepared!), filledIn(live!, { username: 'nobody' }), filledIn(live!, { username: 'käyttäjä 🐈' })]) {
    const { statusCode, headers, body } = await send(form)
    const masked = body.replace(`value="${form['username']!}"`, 'value="…"').replace(`value="${form['code']!}"`, 'value="…"').replace(/name="_csrf" value="[^"]*"/g, '')
    t.match(masked, 'The user name or code was not accepted')
    t.match(masked, 'helpdesk@metropolia.fi')
    t.notMatch(masked, form['code']!)
    pages.push(JSON.stringify([statusCode, headers['retry-after'], masked]))
  }
  t.equal(new Set(pages).size, 1)
  t.match(pages[0], /^\[422,/)
  for (const cause of ['only the newest one works', 'several wrong attempts', 'the slip is locked']) t.match(pages[0], cause)
  t.equal((await send(filledIn(live!))).statusCode, 303)
})

t.test('reports a directory error only for a correct code and keeps the code', async t => {
  const slip = await liveSlip(elsewhere)
  const faults = [['away', 503, 'Try again in a few minutes. The code is valid'], ['password-refused', 422, 'Enter another one. The code is valid'], ['account-gone', 422, 'no longer in the institution’s directory'], ['ambiguous', 422, 'several accounts with this user name']] as const
  for (const [fault, status, says] of faults) {
    directory.fault = fault
    const { statusCode, body } = await send(filledIn(slip), elsewhere)
    t.equal(statusCode, status, fault)
    t.match(body, says)
    t.match(body, 'helpdesk@metropolia.fi')
    t.equal((await send(filledIn(slip, { username: 'nobody' }), elsewhere)).statusCode, 422)
  }
  directory.fault = 'password-refused'
  t.match(errorAt((await send(filledIn(slip), elsewhere)).body, 'password'), /does not accept this password/)
  delete directory.fault
  t.equal((await send(filledIn(slip), elsewhere)).statusCode, 303)
  t.notMatch((await elsewhere.app.inject({ url: '/activate/done' })).body, '/my-account', 'the page does not offer to check passwords of another directory')
  t.equal((await elsewhere.app.inject({ url: '/my-account' })).statusCode, 404)
})

t.test('counts wrong codes before anything is examined, and no errors of typing', async t => {
  const crowd = await buildTestApp(t)
  const slip = await liveSlip(crowd)
  const browser = createPageClient(crowd.app)
  await browser.get('/activate')
  const weak = { password: 'passwordpassword', passwordAgain: 'passwordpassword' }
  for (let times = 0; times < 70; times++) {
    const { statusCode, body } = await browser.post('/activate', filledIn(slip, { ...weak, passwordAgain: 'another one' }))
    t.equal(statusCode, 400)
    t.notMatch(body, 'easy to guess')
  }
  const guessable = await browser.post('/activate', filledIn(slip, weak))
  t.equal(guessable.statusCode, 400)
  t.match(errorAt(guessable.body, 'password'), /This password is easy to guess/)
  const wrong = filledIn({ ...slip, code: generateActivationCode(randomBytes) }, weak)
  for (let times = 0; times < 60; times++) t.equal((await browser.post('/activate', wrong)).statusCode, 422)
  const refused = await browser.post('/activate', filledIn(slip, weak))
  t.equal(refused.statusCode, 429)
  t.notMatch(refused.body, 'easy to guess')
  t.equal((await browser.post('/activate', wrong)).statusCode, 429)
})

t.test('keeps the input but no password in another language, without a cookie', async t => {
  const slip = await liveSlip()
  const browser = createPageClient(test.app)
  await browser.get('/activate')
  const swedish = await browser.post('/activate', { ...filledIn(slip), language: 'en', speak: 'sv' })
  t.equal(swedish.statusCode, 200)
  t.match(swedish.body, 'Ta ditt konto i bruk')
  t.match(swedish.body, `value="${slip.code.reveal()}"`)
  t.match(swedish.body, `value="${slip.username}"`)
  t.match(swedish.body, 'value="yes" checked')
  t.match(swedish.body, 'name="language" value="sv"', 'the form keeps the chosen language')
  t.notMatch(swedish.body, password)
  t.strictSame(swedish.cookies, [])
  t.match((await browser.post('/activate', { ...filledIn(slip, { username: '' }), language: 'sv' })).body, 'Skriv ditt användarnamn.')
  t.equal((await browser.post('/activate', { ...filledIn(slip), language: 'xx', speak: '../..' })).statusCode, 200)
})

t.test('tells a throttled address how long to wait', async t => {
  const slip = await liveSlip(elsewhere)
  const wrong = filledIn(slip, { username: 'nobody' })
  const browser = createPageClient(elsewhere.app)
  await browser.get('/activate')
  let answer = await browser.post('/activate', wrong)
  for (let tries = 0; tries < 100 && answer.statusCode !== 429; tries++) answer = await browser.post('/activate', wrong)
  t.equal(answer.statusCode, 429)
  t.match(answer.body, /Try again in \d+ min/)
  t.match(answer.body, `value="${slip.code.reveal()}"`, 'the input stays in the field')
  elsewhere.clock.advance({ minutes: 16 })
  t.equal((await browser.post('/activate', filledIn(slip))).statusCode, 303)
})

t.test('refuses a forged or stale form and shows the form again without the code', async t => {
  const slip = await liveSlip()
  const answer = await test.app.inject({ method: 'POST', url: '/activate', payload: new URLSearchParams(filledIn(slip)).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  t.equal(answer.statusCode, 403)
  t.match(answer.body, '<form class="stack" action="/activate"')
  t.match(answer.body, 'helpdesk@metropolia.fi', 'the page has a contact address')
  t.notMatch(answer.body, slip.code.reveal())
  t.equal((await send(filledIn(slip))).statusCode, 303)
})

t.test('keeps codes and passwords out of log lines, headers and tables', async t => {
  const slip = await liveSlip()
  const answers = [await send(filledIn(slip, { rules: '' })), await send(filledIn(slip, { username: 'nobody' })), await send(filledIn(slip)), await send(filledIn(slip))]
  const events = await test.deps.db.selectFrom('audit_events').selectAll().execute()
  const texts = await test.deps.db.selectFrom('audit_texts').select('text').execute()
  for (const secret of [slip.code.reveal(), slip.code.reveal().replaceAll('-', ''), password, encodeURIComponent(password)]) {
    for (const text of [test.logLines.join(), JSON.stringify(answers.map(answer => answer.headers)), JSON.stringify(events), JSON.stringify(texts)]) t.notOk(text.includes(secret))
  }
})

t.test('accepts code and user name as other keyboards type them', async t => {
  const cyrillic: Record<string, string> = { A: 'А', B: 'В', C: 'С', E: 'Е', H: 'Н', K: 'К', M: 'М', P: 'Р', T: 'Т', X: 'Х', Y: 'У' }
  const fullWidth = (text: string) => text.replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
  for (const changes of [
    ({ code, username }: { code: string, username: string }) => ({ code: fullWidth(code), username: fullWidth(`${username}@metropolia.fi`) }),
    ({ code, username }: { code: string, username: string }) => ({ code: code.replace(/[A-Z]/g, letter => cyrillic[letter] ?? letter), username: `METROPOLIA\\${username}` }),
    ({ code, username }: { code: string, username: string }) => ({ code: `\u200e”${code.replaceAll('-', '−')}”.`, username: ` ${username.toUpperCase()}\u200b` }),
    ({ code, username }: { code: string, username: string }) => ({ code: `https://slipdesk.example/activate%23${code}`, username: `${username}@METROPOLIA.FI` }),
  ]) {
    const slip = await liveSlip()
    const form = changes({ code: slip.code.reveal(), username: slip.username })
    t.equal((await send(filledIn(slip, form))).statusCode, 303, JSON.stringify(form.username))
  }
  const slip = await liveSlip()
  t.equal(errorAt((await send(filledIn(slip, { username: '\u200b', code: '-\u00ad-' }))).body, 'username'), 'Enter your user name. It is on the slip, above the code.')
})

t.test('hints at a foreign domain, whether or not the account exists', async t => {
  const slip = await liveSlip()
  const pages = []
  for (const username of [`${slip.username}@example.org`, 'nobody@example.org', 'EXAMPLE\\nobody']) {
    const { statusCode, body } = await send(filledIn(slip, { username }))
    t.equal(statusCode, 422)
    t.equal(errorAt(body, 'username'), 'This has a domain that is not ours. Enter only the user name, as it is on the slip.')
    pages.push(body.replace(`value="${username}"`, '').replace(/name="_csrf" value="[^"]*"/g, ''))
  }
  t.equal(new Set(pages).size, 1)
  t.equal(errorAt((await send(filledIn(slip, { username: 'nobody@metropolia.fi' }))).body, 'username'), undefined)
  t.equal((await send(filledIn(slip))).statusCode, 303, 'no attempt was counted that locks or delays')
})

t.test('takes a code out of an address before anything logs or shows it', async t => {
  const code = (await liveSlip()).code.reveal()
  const bare = code.replaceAll('-', '')
  for (const url of [`/activate%23${code}`, `/activate/${bare}`, `/ACTIVATE;${code}`, `/activate%2523${code}`, `//activate/${code}`, `/fi/activate/${code}`, `/activate?code=${code}`, `/activate?${bare}`, `/activate%ZZ${code}`, `/activate/done?c=${code}`, `/aktivointi/${code}`, `/slips/${code}`]) {
    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, headers } = await test.app.inject({ method, url, headers: { referer: `http://127.0.0.1:3000${url}` } })
      t.equal(statusCode, 303, url)
      t.equal(headers.location, '/activate', url)
      t.equal(headers['cache-control'], 'no-store')
      t.equal(headers['referrer-policy'], 'no-referrer')
    }
  }
  t.match((await test.app.inject('/activate')).body, 'If scanning the QR code did not fill in this field, type the code or scan it with another app.')
  // A code with a typing error is in no answer and no log either, nor is what no route answers.
  const mistyped = `${code.slice(0, -1)}${code.endsWith('2') ? '3' : '2'}`
  for (const [method, url] of [['POST', `/ACTIVATE/${code}`], ['POST', `/activate/${mistyped}`], ['PUT', `/no/${code}`], ['GET', `/no/${mistyped}`], ['GET', `/no/${mistyped}?lang=sv`], ['GET', `/no/${mistyped}%ZZ`], ['GET', `/api/v1/slips/${code}`], ['GET', `/api/v1/no/${code}`], ['GET', `/api/v1/%ZZ${code}`], ['GET', `/assets/${code}`], ['GET', `/assets/shared/${code}`]] as const) {
    const { statusCode, headers, body } = await test.app.inject({ method, url, headers: { 'content-type': 'application/x-www-form-urlencoded', referer: `http://127.0.0.1:3000${url}` } })
    t.match(String(statusCode), /^40[134]$/, url)
    for (const secret of [code, mistyped]) t.notOk(`${body}${JSON.stringify(headers)}`.includes(secret), `${method} ${url}`)
  }
  const metrics = (await test.app.inject('/metrics')).body
  const events = JSON.stringify(await test.deps.db.selectFrom('audit_events').selectAll().execute())
  for (const secret of [code, bare, mistyped, encodeURIComponent(code)]) for (const text of [test.logLines.join(), metrics, events]) t.notOk(text.toUpperCase().includes(secret))
  t.ok(test.logLines.some(line => line.includes('"path":"(unknown)"')))
})
