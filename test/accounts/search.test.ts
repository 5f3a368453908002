import t, { type Test } from 'tap'
import type { Kysely } from 'kysely'
import { encodeCursor } from '../../src/database/cursor.js'
import { loadDemoAccounts } from '../../src/demo/accounts.js'
import { searchAccounts } from '../../src/accounts/search.js'
import { upsertAccounts } from '../../src/accounts/upsert-accounts.js'
import type { Database } from '../../src/database/schema.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { pick } from '../helpers/projections.js'

async function demoDatabase (t: Test): Promise<Kysely<Database>> {
  const { db } = await openTestDatabase(t)
  await loadDemoAccounts(db, testStart)
  return db
}

async function usernames (db: Kysely<Database>, q: string, limit = 50): Promise<string[]> {
  return (await searchAccounts(db, { q, limit })).items.map(item => item.username)
}

/** Returns the results of all pages of a search. @param limit results per page */
async function allPages (db: Kysely<Database>, q: string, limit: number): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await searchAccounts(db, { q, cursor, limit })
    found.push(...page.items.map(item => item.username))
    cursor = page.next
  }
  return found
}

t.test('finds accounts', async t => {
  const db = await demoDatabase(t)

  await t.test('by the start of any name, in any order', async t => {
    t.strictSame(await usernames(db, 'virt mat'), ['matvi1207', 'matvi3318'])
    t.strictSame(await usernames(db, 'Matti Virtanen'), ['matvi1207', 'matvi3318'])
    t.strictSame(await usernames(db, 'santo'), ['joaes1073'])
    t.strictSame(await usernames(db, 'hong thi nguyen'), ['nguth9962'])
    t.strictSame(await usernames(db, 'irtanen'), [])
  })

  await t.test('ignoring case and diacritics', async t => {
    t.strictSame(await usernames(db, 'lukasz nguyen dang'), ['lukng2101'])
    t.strictSame(await usernames(db, 'ŁUKASZ NGUYỄN-ĐẶNG'), ['lukng2101'])
    t.strictSame(await usernames(db, 'asa oberg'), ['aasob1415'])
    t.strictSame(await usernames(db, 'ÅSA ÖB'), ['aasob1415'])
    t.strictSame(await usernames(db, 'obrien'), ['siopn2184'])
    t.strictSame(await usernames(db, 'O’Brien niem'), ['siopn2184'])
    t.strictSame(await usernames(db, 'ОЛЬГА куз'), ['olgka2290'])
    t.strictSame(await usernames(db, 'ismail'), ['ismde4962'])
    t.strictSame(await usernames(db, 'παπαδοπουλοσ'), ['georg5184'])
  })

  await t.test('by user name and student number, whole or from the start', async t => {
    t.strictSame(await usernames(db, 'LUKNG2101'), ['lukng2101'])
    t.strictSame(await usernames(db, ' 2100417\r'), ['lukng2101'])
    t.strictSame(await usernames(db, '21004'), ['lukng2101'])
    t.strictSame(await usernames(db, 'matvi'), ['matvi1207', 'matvi3318'])
    t.strictSame(await usernames(db, 'virtanen 22'), ['matvi3318'])
    t.strictSame(await usernames(db, 'matti matvi1207'), ['matvi1207'])
    t.strictSame(await usernames(db, 'aino agent'), ['agent'])
  })

  await t.test('by the spelling of passports, transliterated, and written together or apart', async t => {
    t.strictSame(await usernames(db, 'Olga Kuznetsova'), ['olgka2290'])
    t.strictSame(await usernames(db, 'kuzn olg'), ['olgka2290'])
    t.strictSame(await usernames(db, 'Ольга Kuznetsova'), ['olgka2290'])
    t.strictSame(await usernames(db, 'MAEKINEN'), ['eerma1983'])
    t.strictSame(await usernames(db, 'Haemaelaeinen Juhani'), ['juhha8836'])
    t.strictSame(await usernames(db, 'O Brien'), ['siopn2184'])
    t.strictSame(await usernames(db, 'o brien siobhan'), ['siopn2184'])
    t.strictSame(await usernames(db, 'obrienniemela'), ['siopn2184'])
    t.strictSame(await usernames(db, 'nguyendang lukasz'), ['lukng2101'])
    t.strictSame(await usernames(db, 'aaberg'), [])
    t.strictSame(await usernames(db, 'maekinen makinen'), [], 'two spellings are one word')
  })

  await t.test('only when every term matches a word of its own', async t => {
    t.strictSame(await usernames(db, 'matti virtanen zz'), [])
    t.strictSame(await usernames(db, 'matti m'), [])
    t.strictSame(await usernames(db, 'mohamed m'), ['mohmo6629'])
    t.strictSame(await usernames(db, 'mohamed mohamed'), ['mohmo6629'])
    t.strictSame(await usernames(db, 'anna a'), [])
  })

  await t.test('once, however many words match', async t => {
    for (const q of ['a', 'm', 'n', 'a k', 'n n', 'm m', '2', 'e e']) {
      for (const limit of [1, 2, 7]) {
        const found = await allPages(db, q, limit)
        t.strictSame(found, await usernames(db, q, 200), `${q} in pages of ${limit}`)
        t.equal(new Set(found).size, found.length, `${q}: no account twice`)
      }
    }
  })

  await t.test('all of them, by name, for an empty query', async t => {
    const all = await allPages(db, ' ', 7)
    t.equal(all.length, 60)
    t.equal(new Set(all).size, 60)
    t.strictSame(all.slice(0, 5), ['aadko3374', 'ahmal6417', 'agent', ...all.slice(3, 5)])
  })

  await t.test('never by wildcards, quotes or SQL, which are text', async t => {
    for (const q of ['%', '_', '\\', '%%%', "'", '"', "' or 1=1 --", "'; drop table accounts; --", '\0', '\0virtanen\0 x', '\ud800', ')', 'a'.repeat(200), 'a '.repeat(100)]) {
      t.strictSame(await usernames(db, q), [], JSON.stringify(q.slice(0, 30)))
    }
    t.equal((await usernames(db, '', 200)).length, 60)
  })
})

t.test('lists the exact user name or student number first, once', async t => {
  const { db } = await openTestDatabase(t)
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'aaa', displayName: 'Virt Aaltonen', affiliation: 'student' },
    { username: 'virt', displayName: 'Zoë Zetterberg', affiliation: 'student' },
    { username: 'bbb', displayName: 'Virta Virtanen', affiliation: 'student', studentNumber: '12' },
    { username: 'ccc', displayName: 'Number Twelve', affiliation: 'student', studentNumber: '120' },
  ], testStart))
  t.strictSame(await usernames(db, 'virt'), ['virt', 'aaa', 'bbb'])
  t.strictSame(await allPages(db, 'virt', 1), ['virt', 'aaa', 'bbb'])
  t.strictSame(await usernames(db, '12'), ['bbb', 'ccc'])
})

t.test('refuses an invented cursor and one of another search', async t => {
  const db = await demoDatabase(t)
  const { next } = await searchAccounts(db, { q: 'm', limit: 1 })
  const nobody = '00000000-0000-0000-0000-000000000000'
  const cursors = [
    next!, 'garbage', '', encodeCursor('slips', ['a', nobody]), encodeCursor('accounts?a', ['b', '', nobody]), encodeCursor('accounts?a', ['a', '', 'x']),
    encodeCursor('accounts?a', ["a' --", '\0', nobody]),
  ]
  for (const cursor of cursors) {
    for (const q of ['a', '', 'a b', '%']) {
      const error = await searchAccounts(db, { q, cursor, limit: 5 }).catch((error: unknown) => error)
      t.strictSame(pick(error, 'name', 'errors'), { name: 'InvalidInput', errors: [{ path: 'cursor', message: 'cursor' }] })
    }
  }
})

t.test('finds an account by its Latin name', async t => {
  const { db } = await openTestDatabase(t)
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'mohal1234', displayName: 'محمد علي', latinName: 'Mohammed Ali', affiliation: 'student' },
    { username: 'wanxi1234', displayName: '王小明', affiliation: 'student' },
  ], testStart))
  for (const q of ['mohammed', 'ali moh', 'محمد']) t.strictSame(await usernames(db, q), ['mohal1234'], q)
  for (const q of ['Wang Xiaoming', 'xiaoming wang', '王小明', 'xiao ming wang']) t.strictSame(await usernames(db, q), ['wanxi1234'], q)
})

t.test('finds words typed in two parts, names closed up and machine-readable lines', async t => {
  const { db } = await openTestDatabase(t)
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'abdul1', displayName: 'Abdulrahman Saleh', affiliation: 'student' },
    { username: 'abdul2', displayName: 'Abdulrahman Zaki', affiliation: 'student' },
    { username: 'fiona1', displayName: 'Fiona MacDonald', affiliation: 'student' },
    { username: 'zhawe1', displayName: '张伟', affiliation: 'student' },
    { username: 'zhawe2', displayName: 'Zhang Wei', affiliation: 'student' },
    { username: 'satyu1', displayName: '佐藤 裕子', affiliation: 'student' },
    { username: 'leese1', displayName: '이서연', latinName: 'Lee Seo-yeon', affiliation: 'student' },
    { username: 'garma1', displayName: 'María García', affiliation: 'student' },
  ], testStart))
  t.strictSame(await usernames(db, 'Abdul Rahman'), ['abdul1', 'abdul2'])
  t.strictSame(await allPages(db, 'Abdul Rahman', 1), ['abdul1', 'abdul2'])
  t.strictSame(await usernames(db, 'ZAKI<<ABDUL<RAHMAN'), ['abdul2'])
  t.strictSame(await usernames(db, 'Fiona Mac Donald'), ['fiona1'])
  t.strictSame(await usernames(db, 'Abdul Donald'), [])
  t.strictSame(new Set(await usernames(db, 'zhangwei')), new Set(['zhawe1', 'zhawe2']))
  t.strictSame(await usernames(db, '佐藤裕子'), ['satyu1'])
  t.strictSame(await usernames(db, 'leeseoyeon'), ['leese1'])
  t.strictSame(await usernames(db, 'I<ESPGARCIA<<MARIA<<<<<<<<<<<<'), ['garma1'])
  t.strictSame(new Set(await usernames(db, 'P<CHNZHANG<<WEI<<<<')), new Set(['zhawe1', 'zhawe2']))
})

t.test('finds a renamed account by its new name only', async t => {
  const { db } = await openTestDatabase(t)
  const upsert = async (displayName: string, studentNumber: string | null) => await db.transaction().execute(async trx =>
    await upsertAccounts(trx, [{ username: 'maija1234', displayName, affiliation: 'student', studentNumber }], testStart))
  t.strictSame(await upsert('Maija Meikäläinen', '77'), ['created'])
  t.strictSame(await upsert('Maija Meikäläinen', '77'), ['unchanged'])
  t.strictSame(await upsert('Maija Teikäläinen', null), ['updated'])
  t.strictSame(await usernames(db, 'meikalainen'), [])
  t.strictSame(await usernames(db, 'maija meik'), [])
  t.strictSame(await usernames(db, '77'), [])
  t.strictSame(await usernames(db, 'teik maij'), ['maija1234'])
})

t.test('continues a broad search where it stopped', { timeout: 120_000 }, async t => {
  const { db } = await openTestDatabase(t)
  const crowd = Array.from({ length: 6000 }, (_, index) => ({ username: `crowd${index}`, displayName: `Kai Kaino${index % 7}`, affiliation: 'student' as const }))
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    ...crowd, { username: 'last1', displayName: 'Kaizz Kaino Zorro', affiliation: 'student', studentNumber: '900' },
  ], testStart))
  const first = await searchAccounts(db, { q: 'kai 9', limit: 5 })
  t.strictSame(first.items, [])
  t.type(first.next, 'string')
  t.strictSame(await allPages(db, 'kai 9', 5), ['last1'])
  t.strictSame(await allPages(db, 'k k z', 5), ['last1'])
})
