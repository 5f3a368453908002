/** Compares the accounts with the events that bind them. Each change outside Slipdesk is named with its account and column. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import t from 'tap'
import { bindAccounts, boundAccountColumns } from '../../src/accounts/bind-accounts.js'
import { importAccountFile } from '../../src/accounts/import/import-file.js'
import { applyDirectoryAnswers } from '../../src/accounts/ldap/ldap-directory.js'
import { reindexAccounts } from '../../src/accounts/reindex-accounts.js'
import { upsertAccounts } from '../../src/accounts/upsert-accounts.js'
import type { Database } from '../../src/database/schema.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { verifyAccounts } from '../../src/proofs/verify-accounts.js'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { runRetention } from '../../src/retention/run-retention.js'
import { buildTestApp } from '../helpers/app.js'
import { createMarkedHolder, findAfterTampering } from '../helpers/full-history.js'
import { requireAccountId } from '../helpers/issue-slips.js'

const test = await buildTestApp(t)
const { clock, deps: { db } } = test
const holder = await createMarkedHolder(test, '71', 'RR473124829FI')
await db.transaction().execute(async trx => await applyDirectoryAnswers(trx, [{ id: holder.id, draft: undefined }], clock.now()))

type Tampering = (trx: Kysely<Database>) => Promise<unknown>
const after = async (tamper: Tampering) => await findAfterTampering(db, tamper, async trx => await verifyAccounts(trx))
const countBatches = async () => (await db.selectFrom('audit_events').select('id').where('kind', '=', 'accounts-bound').execute()).length

/** A value of each column that the holder's account does not have. */
const otherValues: Readonly<Record<(typeof boundAccountColumns)[number], string>> = {
  username: "'someone.else'",
  student_number: "'7654321'",
  display_name: "'Someone Else'",
  folded_name: "'someone else'",
  affiliation: "'staff'",
  status: "'not-yet-entitled'",
  preferred_language: "'en'",
  birth_date: "'1987-03-15'",
  latin_name: 'null',
  last_name: "''",
  name_keys: "'{kmnnr}'",
  index_version: '0',
  updated_at: "updated_at + interval '1 microsecond'",
  gone_at: 'null',
  erased_at: 'now()',
}

for (const column of boundAccountColumns) {
  t.test(`names the account and the column after a change of ${column}`, async t => {
    t.strictSame(await after(async trx => {
      for (const check of ['accounts_erased_know_nobody', 'accounts_gone_are_locked', 'accounts_last_name_check']) await sql`alter table accounts drop constraint ${sql.ref(check)}`.execute(trx)
      await sql`update accounts set ${sql.ref(column)} = ${sql.raw(otherValues[column])} where id = ${holder.id}`.execute(trx)
    }), { table: 'accounts', row: holder.id, column, kind: 'altered' })
  })
}

t.test('binds every column of an account', async t => {
  const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns where table_name = 'accounts' and column_name <> 'id' order by 1`.execute(db)
  t.strictSame(rows.map(({ name }) => name), [...boundAccountColumns].sort())
})

t.test('names an account that was added or removed', async t => {
  const added = '99999999-0000-4000-8000-000000000001'
  t.strictSame(await after(async trx => await sql`insert into accounts (id, username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    values (${added}, 'ghost', 'Ghost', 'ghost', 'staff', 'active', 'fi', now())`.execute(trx)), { table: 'accounts', row: added, kind: 'added' })
  const unused = await requireAccountId(test, 'heism7417')
  t.strictSame(await after(async trx => await trx.deleteFrom('accounts').where('id', '=', unused).execute()), { table: 'accounts', row: unused, kind: 'removed' })
})

t.test('names the digests that were written along with the account', async t => {
  const batch = async (trx: Kysely<Database>) => (await trx.selectFrom('account_digests').select('batch').where('account_id', '=', holder.id).orderBy('batch').executeTakeFirstOrThrow()).batch
  const first = await batch(db)
  t.strictSame(await after(async trx => {
    await sql`update accounts set status = 'active', gone_at = null where id = ${holder.id}`.execute(trx)
    await sql`update account_digests set digest = account_digest(salt, accounts), column_marks = account_column_marks(salt, accounts) from accounts where accounts.id = account_id and batch = ${first} and account_id = ${holder.id}`.execute(trx)
  }), { table: 'account_digests', row: first, kind: 'altered' })
  t.strictSame(await after(async trx => await sql`delete from account_digests where batch = ${first}`.execute(trx)), { table: 'account_digests', row: first, kind: 'removed' })
  const forged = '99999999-0000-4000-8000-000000000002'
  t.strictSame(await after(async trx => {
    await sql`insert into account_digests select ${forged}, account_id, salt, digest, column_marks from account_digests where batch = ${first}`.execute(trx)
  }), { table: 'account_digests', row: forged, kind: 'added' })
})

t.test('names an account whose salt was changed or removed without an erasure', async t => {
  for (const salt of ['gen_random_uuid()', 'null']) {
    t.strictSame(await after(async trx => await sql`update account_digests set salt = ${sql.raw(salt)} where account_id = ${holder.id}`.execute(trx)),
      { table: 'account_digests', row: holder.id, column: 'salt', kind: 'altered' }, salt)
  }
})

t.test('an older state of an account does not pass for the newest', async t => {
  t.strictSame(await after(async trx => await sql`update accounts set status = 'active', gone_at = null where id = ${holder.id}`.execute(trx)),
    { table: 'accounts', row: holder.id, column: 'status', kind: 'altered' })
})

t.test('agrees with imports, answers of the directory, indexing and erasure', async t => {
  t.equal(await verifyAccounts(db), undefined)
  const file = join(t.testdir(), 'people.csv')
  const context = { db, now: clock.now, printLine: () => {} }
  for (const [name, batches] of [['Uusi Nimi', 1], ['Uusi Nimi', 0], ['Toinen Nimi', 1]] as const) {
    await writeFile(file, `username,display_name,affiliations\nuusni0001,${name},student\nlukng2101,Łukasz Nguyễn-Đặng,student\n`)
    const before = await countBatches()
    await importAccountFile(context, file)
    t.equal(await countBatches() - before, batches, name)
    t.equal(await verifyAccounts(db), undefined, name)
  }
  const id = await requireAccountId(test, 'uusni0001')
  const draft = { username: 'uusni0001', displayName: 'Kolmas Nimi', affiliation: 'student' } as const
  for (const [answer, batches] of [[draft, 1], [draft, 0], [undefined, 1], [undefined, 0], [draft, 1]] as const) {
    const before = await countBatches()
    await db.transaction().execute(async trx => await applyDirectoryAnswers(trx, [{ id, draft: answer }], clock.now()))
    t.equal(await countBatches() - before, batches, 'only a change is bound')
    t.equal(await verifyAccounts(db), undefined)
  }
  await db.transaction().execute(async trx => await upsertAccounts(trx, [{ ...draft, studentNumber: '0012345' }], clock.now()))
  await eraseHolder(test.deps, { actor: 'system', login: undefined }, id, 'holder-asked')
  t.equal(await verifyAccounts(db), undefined, 'after an erasure')
  t.strictSame(await db.selectFrom('account_digests').select('salt').where('account_id', '=', id).where('salt', 'is not', null).execute().then(rows => rows.length), 1, 'only the markers have a salt')
  clock.advance({ days: 5 * 365 })
  t.ok((await runRetention({ ...test.deps, profile: metropolia })).accounts > 0)
  t.equal(await verifyAccounts(db), undefined, 'after retention')
})

t.test('indexing by newer rules is bound', async t => {
  const { db } = (await buildTestApp(t)).deps
  const id = await requireAccountId({ ...test, deps: { ...test.deps, db } }, 'lukng2101')
  await sql`update accounts set index_version = 0 where id = ${id}`.execute(db)
  t.strictSame(await verifyAccounts(db), { table: 'accounts', row: id, column: 'index_version', kind: 'altered' })
  await bindAccounts(db, [id], clock.now())
  t.equal(await verifyAccounts(db), undefined, 'as an older version left it')
  t.equal(await reindexAccounts(db, clock.now()), 1)
  t.equal(await verifyAccounts(db), undefined)
})

t.test('digests stay, and only their salts can be erased', async t => {
  for (const attempt of [
    sql`delete from account_digests`, sql`truncate account_digests`, sql`update account_digests set digest = sha256('')`, sql`update account_digests set salt = gen_random_uuid()`,
    sql`update account_digests set salt = null, batch = gen_random_uuid()`,
  ]) await t.rejects(attempt.execute(db), { code: '42501' })
})
