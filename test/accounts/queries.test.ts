import t from 'tap'
import { demoAccounts, loadDemoAccounts } from '../../src/demo/accounts.js'
import { couldNameAnother, hasNamesake } from '../../src/accounts/names/queries.js'
import { findAccount, findAccountByIdentifier, findAccountByTypedIdentifier, findAccountByUsername, lockAccount } from '../../src/accounts/queries.js'
import { upsertAccounts } from '../../src/accounts/upsert-accounts.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { pick } from '../helpers/projections.js'

const { db } = await openTestDatabase(t)
await loadDemoAccounts(db, testStart)

t.test('finds an account by id and by user name in any case', async t => {
  const lukasz = await findAccountByUsername(db, ' LukNg2101 ')
  t.equal(lukasz?.display_name, 'Łukasz Nguyễn-Đặng')
  t.equal((await findAccount(db, lukasz!.id))?.username, 'lukng2101')
  t.equal((await db.transaction().execute(async trx => await lockAccount(trx, lukasz!.id)))?.username, 'lukng2101')
})

t.test('finds no account for an id that is not one', async t => {
  for (const id of ['00000000-0000-4000-8000-000000000000', 'x', '', '1 or 1=1', '\0', 'lukng2101']) {
    t.equal(await findAccount(db, id), undefined)
    t.equal(await db.transaction().execute(async trx => await lockAccount(trx, id)), undefined)
  }
  t.equal(await findAccountByUsername(db, 'a\0'), undefined)
})

t.test('finds a student number with or without its leading zeros, if only one account has it', async t => {
  await db.transaction().execute(async trx => await upsertAccounts(trx, [
    { username: 'zeroa0001', displayName: 'Zero One', affiliation: 'student', studentNumber: '0012345' },
    { username: 'zeroa0002', displayName: 'Zero Two', affiliation: 'student', studentNumber: '67890' },
    { username: 'zeroa0003', displayName: 'Zero Three', affiliation: 'student', studentNumber: '0555' },
    { username: 'zeroa0004', displayName: 'Zero Four', affiliation: 'student', studentNumber: '00555' },
  ], testStart))
  const found = async (typed: string) => (await findAccountByTypedIdentifier(db, typed))?.username
  t.strictSame([await found('12345'), await found(' 0012345 '), await found('012345')], ['zeroa0001', 'zeroa0001', 'zeroa0001'])
  t.strictSame([await found('67890'), await found('0067890')], ['zeroa0002', 'zeroa0002'])
  t.strictSame([await found('0555'), await found('00555'), await found('555'), await found('000555')], ['zeroa0003', 'zeroa0004', undefined, undefined], 'two accounts have it')
  t.strictSame([await found('0'), await found('000'), await found('zeroa'), await found('')], [undefined, undefined, undefined, undefined])
  t.equal(await findAccountByIdentifier(db, '12345'), undefined, 'an erasure needs the whole number')
  await db.deleteFrom('accounts').where('username', 'like', 'zeroa%').execute()
})

t.test('finds namesakes, ignoring case and diacritics', async t => {
  const has = async (username: string) => await hasNamesake(db, (await findAccountByUsername(db, username))!)
  t.equal(await has('matvi1207'), true)
  t.equal(await has('lukng2101'), false)
})

t.test('finds namesakes across scripts and order', async t => {
  const people = [
    ['same01', 'Anna-Liisa Kivi'], ['same02', 'ANNA LIISA KIVI'], ['same03', 'Kivi Anna-Liisa'], ['same04', 'Kivi, Anna-Liisa'], ['same05', 'Bo Ek'], ['same06', 'Bo  Ék'], ['same07', 'Ольга Ким'], ['same08', 'Olga Kim'],
    ['alone1', 'Anna Kivi'], ['alone2', 'Bo Eklund'],
  ] as const
  await db.transaction().execute(async trx => await upsertAccounts(trx, people.map(([username, displayName]) => ({ username, displayName, affiliation: 'student' as const })), testStart))
  for (const [username] of people) t.equal(await hasNamesake(db, (await findAccountByUsername(db, username))!), username.startsWith('same'), username)
})

t.test('finds an exact namesake that is not indexed by the present rules', async t => {
  await db.transaction().execute(async trx => await upsertAccounts(trx, ['old001', 'old002'].map(username => ({ username, displayName: 'Kauko Vanha', affiliation: 'student' as const })), testStart))
  await db.updateTable('accounts').set({ name_keys: [], index_version: 0 }).where('username', '=', 'old002').execute()
  t.equal(await hasNamesake(db, (await findAccountByUsername(db, 'old001'))!), true)
})

t.test('finds whether a shortened name could be another account’s', async t => {
  const people = [['part01', 'Maria Anna Salo'], ['part02', 'Maria Liisa Salo'], ['part03', 'Anna-Liisa Maria Meri'], ['part04', 'Annaliisa Meri'], ['part05', 'Ольга Ивановна Рыбакова'], ['part06', 'Suharti'], ['part07', 'John Doe Jr'], ['part08', 'John Doe Sr']] as const
  await db.transaction().execute(async trx => await upsertAccounts(trx, people.map(([username, displayName]) => ({ username, displayName, affiliation: 'student' as const })), testStart))
  const could = async (text: string, username: string) => await couldNameAnother(db, text, (await findAccountByUsername(db, username))!.id)
  t.equal(await could('Maria Salo', 'part01'), true)
  t.equal(await could('Anna Salo', 'part01'), false)
  t.equal(await could('Anna-Liisa Meri', 'part03'), true, 'written together')
  t.equal(await could('Olga Rybakova', 'part01'), true, 'across scripts')
  t.equal(await could('Olga Rybakova', 'part05'), false, 'the account itself')
  t.equal(await could('Suharti', 'part01'), true, 'one word')
  t.equal(await could('John Doe', 'part07'), true, 'father and son')
  t.equal(await could('Salo', 'part06'), false, 'a surname alone is no name')
})

t.test('loads sixty demo accounts of every affiliation and status once', async t => {
  await loadDemoAccounts(db, testStart)
  const rows = await db.selectFrom('accounts').selectAll().where('username', 'in', demoAccounts.map(account => account.username)).execute()
  t.equal(rows.length, 60)
  t.equal(demoAccounts.length, 60)
  t.ok(rows.filter(row => row.affiliation === 'student' && row.status === 'active').length >= 12)
  t.equal(new Set(rows.map(row => row.affiliation)).size, 6)
  t.equal(new Set(rows.map(row => row.status)).size, 3)
  t.equal(new Set(rows.map(row => row.preferred_language)).size, 3)
  t.ok(rows.every(row => row.username === 'agent' || /^[a-z]{5}\d{4}$/.test(row.username)))
  t.strictSame(pick(rows.find(row => row.username === 'agent'), 'affiliation', 'status'), { affiliation: 'staff', status: 'active' })
})
