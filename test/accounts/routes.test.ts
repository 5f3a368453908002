import t from 'tap'
import { searchAccounts } from '../../src/accounts/search.js'
import { buildTestApp } from '../helpers/app.js'
import { insertAccounts } from '../helpers/insert-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { pick, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const token = await test.signIn('agent')
const browser = createPageClient(test.app)
await browser.signIn('agent')

t.test('lists accounts over the API', async t => {
  const answer = await test.api(token, { url: '/accounts?q=lukasz' })
  t.equal(answer.statusCode, 200)
  const { items: [item], next } = answer.json<{ items: Array<Record<string, unknown>>, next?: string }>()
  t.strictSame(pick(item, 'username', 'displayName', 'affiliation', 'status', 'preferredLanguage'), { username: 'lukng2101', displayName: 'Łukasz Nguyễn-Đặng', affiliation: 'student', status: 'active', preferredLanguage: 'en' })
  t.strictSame(Object.keys(item!).sort(), ['affiliation', 'displayName', 'id', 'preferredLanguage', 'status', 'username'])
  t.equal(next, undefined)
})

t.test('pages through all accounts by name', async t => {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const answer = await test.api(token, { url: `/accounts?limit=25${cursor === undefined ? '' : `&cursor=${cursor}`}` })
    const page = answer.json<{ items: Array<{ displayName: string }>, next?: string }>()
    names.push(...page.items.map(item => item.displayName))
    cursor = page.next
  } while (cursor !== undefined)
  t.equal(names.length, 60)
  t.equal(names[0], 'Aada Koskinen')
})

t.test('answers a bad query with the field, never with 500', async t => {
  const other = (await searchAccounts(test.deps.db, { q: 'm', limit: 1 })).next!
  const bad: Array<[string, string]> = [
    [`q=${'x'.repeat(201)}`, 'q'], ['q=a&q=b', 'q'], ['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=ten', 'limit'],
    ['cursor=garbage', 'cursor'], [`q=a&cursor=${other}`, 'cursor'], [`cursor=${other}`, 'cursor'], [`cursor=${'x'.repeat(9000)}`, 'cursor'],
  ]
  for (const [query, path] of bad) {
    const answer = await test.api(token, { url: `/accounts?${query}` })
    t.equal(answer.statusCode, 400, query.slice(0, 40))
    t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [path] })
  }
  for (const q of ['%00', '%25', "'%20or%201=1", '%F0%9F%98%80', '%5C', '%ED%A0%80', '%']) {
    t.equal((await test.api(token, { url: `/accounts?q=${q}` })).statusCode, 200, q)
  }
})

t.test('lets only agents search accounts', async t => {
  t.equal((await test.api(undefined, { url: '/accounts' })).statusCode, 401)
  t.equal((await test.api(await test.signIn('auditor'), { url: '/accounts' })).statusCode, 403)
  t.equal((await test.api(await test.signIn('porter'), { url: '/accounts' })).statusCode, 403)
})

t.test('shows results, and a prompt before the first search', async t => {
  const empty = await browser.get('/accounts')
  t.equal(empty.statusCode, 200)
  t.match(empty.body, 'Search results appear here')
  const found = await browser.get('/accounts?q=virt+mat')
  t.match(found.body, '2 accounts')
  t.match(found.body, 'matvi1207')
  t.match(found.body, '2201184')
  const nobody = await browser.get(`/accounts?q=${encodeURIComponent('<script>"x"')}`)
  t.match(nobody.body, 'No accounts found')
  t.match(nobody.body, 'value="&lt;script&gt;&quot;x&quot;"')
  t.notMatch(nobody.body, '<script>"x"')
})

t.test('opens the only hit, or the exact user name or student number, on Enter', async t => {
  const lukasz = await test.deps.db.selectFrom('accounts').select('id').where('username', '=', 'lukng2101').executeTakeFirstOrThrow()
  for (const q of ['nguyen+dang', '2100417', '%20LUKNG2101%0d']) {
    const answer = await browser.get(`/accounts?q=${q}`)
    t.equal(answer.statusCode, 303, q)
    t.equal(answer.headers.location, `/accounts/${lukasz.id}`)
  }
})

t.test('reports a search that is too long at its field and keeps the text', async t => {
  const answer = await browser.get(`/accounts?q=${'y'.repeat(300)}`)
  t.equal(answer.statusCode, 400)
  t.match(answer.body, 'id="q-error"')
  t.match(answer.body, 'Too long. Enter at most 200 characters.')
  t.match(answer.body, 'y'.repeat(300))
})

t.test('answers only the results fragment while typing', async t => {
  const answer = await browser.get('/accounts/results?q=anna')
  t.equal(answer.statusCode, 200)
  t.match(answer.headers['content-type'], 'text/html')
  t.match(answer.body, 'data-outcome="2 accounts"')
  t.notMatch(answer.body, '<html')
  t.match((await browser.get('/accounts/results?q=')).body, 'Search results appear here')
})

t.test('finds a user name with the institution’s domain, in full width and with Turkish i', async t => {
  const { id } = await test.deps.db.selectFrom('accounts').select('id').where('username', '=', 'lukng2101').executeTakeFirstOrThrow()
  for (const q of ['lukng2101@metropolia.fi', 'METROPOLIA\\lukng2101', 'ｌｕｋｎｇ２１０１', 'lukng2101\u200b', '２１００４１７']) {
    t.equal((await browser.get(`/accounts?q=${encodeURIComponent(q)}`)).headers.location, `/accounts/${id}`, q)
    t.strictSame((await test.api(token, { url: `/accounts?q=${encodeURIComponent(q)}` })).json<{ items: Array<{ id: string }> }>().items.map(item => item.id), [id], q)
    t.match((await browser.get(`/tell?q=${encodeURIComponent(q)}`)).body, 'lukng2101')
  }
  t.match((await browser.get('/accounts?q=lukng2101%40example.org')).body, 'No accounts found')
})

t.test('leads to the caller card of a user name that looks like a code', async t => {
  const [id] = await insertAccounts(test, ['abcehkmptxy23zk'])
  t.match((await browser.get(`/accounts/${id}`)).body, `href="/tell?q=${id}"`)
  t.match((await browser.get(`/tell?q=${id}`)).body, 'abcehkmptxy23zk')
  const lukasz = await test.deps.db.selectFrom('accounts').select('id').where('username', '=', 'lukng2101').executeTakeFirstOrThrow()
  t.match((await browser.get(`/accounts/${lukasz.id}`)).body, 'href="/tell?q=lukng2101"')
})

t.test('removes a code from a search without a script and says so', async t => {
  const code = 'ABCEH-KMPTX-Y23ZK'
  for (const [path, q] of [['/accounts', code], ['/accounts', 'abcehkmptxy23zk'], ['/accounts/results', 'ABCEH+KMPTX+Y23ZK'], ['/tell', `https://slipdesk.example/activate£${code}`], ['/slips', 'АВСЕН – КМРТХ – У23ZK']] as const) {
    const answer = await browser.get(`${path}?${path === '/slips' ? 'from' : 'q'}=${encodeURIComponent(q)}`)
    t.equal(answer.statusCode, 303, q)
    t.equal(answer.headers.location, `${path}?removed=code`)
  }
  for (const path of ['/accounts', '/tell', '/slips']) t.match((await browser.get(`${path}?removed=code`)).body, 'It was removed and not stored.')
  t.notMatch((await browser.get('/accounts')).body, '<div class="notice warning"')
  t.notOk(test.logLines.some(line => /ABCEH/i.test(line)))
})
