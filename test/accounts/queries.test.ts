import t from 'tap'
import { demoAccounts, loadDemoAccounts } from '../../src/demo/accounts.js'
import { countNamesakes, findAccount, findAccountByIdentifier, findAccountByTypedIdentifier, findAccountByUsername, lockAccount } from '../../src/accounts/queries.js'
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

t.test('counts namesakes, ignoring case and diacritics', async t => {
  const count = async (username: string) => await countNamesakes(db, (await findAccountByUsername(db, username))!)
  t.equal(await count('matvi1207'), 1)
  t.equal(await count('lukng2101'), 0)
})

t.test('loads sixty demo accounts of every affiliation and status once', async t => {
  await loadDemoAccounts(db, testStart)
  const rows = await db.selectFrom('accounts').selectAll().execute()
  t.equal(rows.length, 60)
  t.equal(demoAccounts.length, 60)
  t.ok(rows.filter(row => row.affiliation === 'student' && row.status === 'active').length >= 12)
  t.equal(new Set(rows.map(row => row.affiliation)).size, 6)
  t.equal(new Set(rows.map(row => row.status)).size, 3)
  t.equal(new Set(rows.map(row => row.preferred_language)).size, 3)
  t.ok(rows.every(row => row.username === 'agent' || /^[a-z]{5}\d{4}$/.test(row.username)))
  t.strictSame(pick(rows.find(row => row.username === 'agent'), 'affiliation', 'status'), { affiliation: 'staff', status: 'active' })
})
