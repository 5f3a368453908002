import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { readProblem } from '../helpers/projections.js'

interface Item { id: string, kind: string, name: string, openNow: boolean, opensAt?: string, closesAt?: string }
interface List { items: Item[], next?: string }

t.test('lists service points over the API', async t => {
  const { api, clock, signIn } = await buildTestApp(t)
  let token = await signIn('auditor')
  const get = async (query = '', headers = {}) => await api(token, { method: 'GET', url: `/service-points${query}`, headers })
  const porter = async (headers = {}) => (await get('', headers)).json<List>().items.find(({ id }) => id === 'porter-arabia')
  const itIs = async (moment: string) => {
    clock.set(moment)
    token = await signIn('auditor')
  }

  await t.test('gives the closing time of an open one, in the institution’s time', async t => {
    await itIs('2026-11-20T13:57:00Z')
    t.strictSame(await porter(), { id: 'porter-arabia', kind: 'porter', name: 'Arabia porters', openNow: true, closesAt: '2026-11-20T18:00:00+02:00' })
  })

  await t.test('gives the next opening of a closed one', async t => {
    await itIs('2026-11-20T16:00:00Z')
    t.strictSame(await porter(), { id: 'porter-arabia', kind: 'porter', name: 'Arabia porters', openNow: false, opensAt: '2026-11-23T08:00:00+02:00' })
  })

  await t.test('gives the name in the reader’s language', async t => {
    t.equal((await porter({ 'accept-language': 'fi' }))?.name, 'Arabia, vahtimestarit')
    t.equal((await porter({ 'accept-language': 'sv' }))?.name, 'Arabia, vaktmästarna')
  })

  await t.test('pages through the list without gaps', async t => {
    const ids: string[] = []
    for (let next: string | undefined = ''; next !== undefined;) {
      const page: List = (await get(`?limit=4${next === '' ? '' : `&cursor=${next}`}`)).json<List>()
      ids.push(...page.items.map(({ id }) => id))
      next = page.next
    }
    t.strictSame(ids, (await get()).json<List>().items.map(({ id }) => id))
    t.equal(ids.length, 9)
  })

  await t.test('refuses an invalid cursor and limit by name', async t => {
    for (const [query, path] of [['?cursor=nonsense', 'cursor'], ['?limit=0', 'limit'], ['?limit=201', 'limit'], ['?limit=x', 'limit']] as const) {
      const answer = await get(query)
      t.equal(answer.statusCode, 400, query)
      t.strictSame(readProblem(answer), { status: 400, code: 'validation-failed', errors: [path] }, query)
    }
  })

  await t.test('requires signing in', async t => {
    const answer = await api(undefined, { method: 'GET', url: '/service-points' })
    t.equal(answer.statusCode, 401)
    t.strictSame(readProblem(answer), { status: 401, code: 'not-signed-in' })
  })
})
