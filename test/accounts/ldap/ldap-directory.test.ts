/** Tests the LDAP directory against a real OpenLDAP server. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import tls from 'node:tls'
import { Client } from 'ldapts'
import { sql } from 'kysely'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { bindAccounts } from '../../../src/accounts/bind-accounts.js'
import type { Directory, DirectoryError } from '../../../src/accounts/directory.js'
import { createLdapDirectory } from '../../../src/accounts/ldap/ldap-directory.js'
import { syncAccounts } from '../../../src/accounts/ldap/sync-accounts.js'
import { findAccountByUsername } from '../../../src/accounts/queries.js'
import { searchAccounts } from '../../../src/accounts/search.js'
import type { CliContext } from '../../../src/cli/context.js'
import { verifyAccounts } from '../../../src/proofs/verify-accounts.js'
import { TestClock } from '../../helpers/app.js'
import { startCuttableProxy } from '../../helpers/cuttable-proxy.js'
import { openTestDatabase } from '../../helpers/database.js'
import { attributeMap, buildPeopleLdif, formatPersonLdif, parseLdapSettings } from '../../helpers/ldap/fixtures.js'
import { BASE_DN, rootAccount, slapdMissingReason, startSlapd } from '../../helpers/ldap/slapd.js'
import { pick } from '../../helpers/projections.js'

if (slapdMissingReason !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(slapdMissingReason)
  t.plan(0, slapdMissingReason)
  process.exit()
}

const anna = ['displayName: Anna Öhrn', 'employeeType: STUDENT', 'employeeType: employee', 'employeeNumber: 2100123', 'preferredLanguage: sv-FI, en;q=0.5', 'schacDateOfBirth: 19990131']
const people = [
  { uid: 'anna', lines: anna }, { uid: 'holder', lines: ['employeeType: student'] }, { uid: 'closed', lines: ['employeeType: student', 'description: closed'] },
  { uid: 'coming', lines: ['employeeType: Visitor', 'description: coming'] }, { uid: 'leaver', lines: ['employeeType: student'] },
  { uid: 'twin', lines: ['employeeType: student'] }, { uid: 'twin', ou: 'alumni', lines: ['employeeType: student'] },
  { uid: 'nobody-in-particular' }, { uid: 'two-names', lines: ['employeeType: student', 'uid: second-name'] },
  { uid: 'picture', lines: ['employeeType: student', 'jpegPhoto:: /9j/4AAQ'] }, { uid: 'early', lines: ['employeeType: student', 'schacDateOfBirth: 18000101'] },
]
const slapd = await startSlapd(t, people.map(formatPersonLdif).join('') + buildPeopleLdif(20_000))
const plain = `ldap://127.0.0.1:${slapd.port}`
const { db } = await openTestDatabase(t)
const clock = new TestClock()

function directory (t: Test, urls: string, changes: Record<string, string> = {}): Directory {
  const opened = createLdapDirectory(db, parseLdapSettings(urls, changes), clock.now)
  t.teardown(async () => await opened.close())
  return opened
}

const shared = directory(t, plain)

/** Inserts an account as an import would, and binds it to the log. */
async function known (username: string): Promise<{ id: string, username: string }> {
  const row = { username, display_name: 'Some Body', folded_name: 'some body', affiliation: 'student', status: 'active', preferred_language: 'fi', updated_at: clock.now() } as const
  const account = await db.insertInto('accounts').values(row).onConflict(conflict => conflict.column('username').doUpdateSet({ status: 'active', gone_at: null })).returning(['id', 'username']).executeTakeFirstOrThrow()
  await bindAccounts(db, [account.id], clock.now())
  return account
}

async function asRoot<T> (run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ url: plain })
  await client.bind(rootAccount.dn, rootAccount.password)
  return await run(client).finally(async () => await client.unbind())
}

/** Checks whether a holder can sign in with a password, by an LDAP bind as other services do it. */
async function signsIn (uid: string, password: string): Promise<boolean> {
  const client = new Client({ url: plain })
  return await client.bind(`uid=${uid},ou=people,${BASE_DN}`, password).then(() => true, () => false).finally(async () => await client.unbind())
}

async function faultOf (asked: Promise<void>): Promise<DirectoryError> {
  return await asked.then(() => { throw new Error('no fault') }, (error: DirectoryError) => error)
}

async function describeFault (asked: Promise<void>): Promise<string> {
  const { kind, message } = await faultOf(asked)
  return `${kind}: ${message}`
}

/** Sums up the counts of all audit events of `accounts sync`. */
async function eventTotals (): Promise<Record<string, number>> {
  const rows = await db.selectFrom('audit_events').select('facts').where('kind', '=', 'accounts-synced').execute()
  const words = ['created', 'updated', 'unchanged', 'rejected', 'gone', 'complete']
  return Object.fromEntries(words.map(word => [word, rows.reduce((sum, { facts }) => sum + Number((facts as Record<string, number | boolean>)[word]), 0)]))
}

t.test('reads what the rules and the search need from the directory', async t => {
  const account = await known('anna')
  await shared.refresh(account)
  t.strictSame(pick(await findAccountByUsername(db, 'anna'), 'id', 'display_name', 'affiliation', 'status', 'preferred_language', 'student_number', 'birth_date', 'gone_at'), {
    id: account.id, display_name: 'Anna Öhrn', affiliation: 'staff', status: 'active', preferred_language: 'sv', student_number: '2100123', birth_date: '1999-01-31', gone_at: null,
  })
  const found = await searchAccounts(db, { q: 'ohrn 2100', limit: 5 })
  t.strictSame(found.items.map(item => item.username), ['anna'])
  for (const [username, status] of [['closed', 'locked'], ['coming', 'not-yet-entitled']] as const) {
    await shared.refresh(await known(username))
    t.equal((await findAccountByUsername(db, username))?.status, status)
  }
})

t.test('locks an account that left the directory and restores it when it returns', async t => {
  const account = await known('leaver')
  await shared.refresh(account)
  const dn = `uid=leaver,ou=people,${BASE_DN}`
  await asRoot(async client => await client.del(dn))
  await shared.refresh(account)
  t.strictSame(pick(await findAccountByUsername(db, 'leaver'), 'status', 'gone_at'), { status: 'locked', gone_at: clock.now() })
  t.equal((await faultOf(shared.setPassword(account, 'a password long enough'))).kind, 'account-gone')
  await asRoot(async client => await client.add(dn, { objectClass: 'inetOrgPerson', uid: 'leaver', cn: 'Back Again', sn: 'Again', employeeType: 'student' }))
  await shared.refresh(account)
  t.strictSame(pick(await findAccountByUsername(db, 'leaver'), 'status', 'gone_at', 'display_name'), { status: 'active', gone_at: null, display_name: 'Back Again' })
})

t.test('reports ambiguous user names and incomplete entries as errors', async t => {
  const twin = await known('twin')
  t.match(await describeFault(shared.refresh(twin)), new RegExp(`^ambiguous: .*several entries with the user name of account ${twin.id}`))
  t.equal((await faultOf(shared.setPassword(twin, 'a password long enough'))).kind, 'ambiguous')
  t.equal((await findAccountByUsername(db, 'twin'))?.status, 'active', 'the row is unchanged')
  t.match(await describeFault(shared.refresh(await known('nobody-in-particular'))), /^away: .*affiliations required/s)
  t.match(await describeFault(shared.refresh(await known('two-names'))), /^away: .*username several-values/s)
  await shared.refresh(await known('early'))
  t.equal((await findAccountByUsername(db, 'early'))?.birth_date, null, 'an impossible date of birth keeps no one out')
  for (const username of ['twin', 'two-names']) {
    const logged = JSON.stringify(pino.stdSerializers.err(await faultOf(shared.refresh(await known(username)))))
    t.notOk(logged.includes(`uid=${username}`), `no log line names ${username}`)
  }
  const pictures = directory(t, plain, { LDAP_ATTRIBUTES: JSON.stringify({ ...attributeMap, displayName: 'jpegPhoto' }) })
  t.match(await describeFault(pictures.refresh(await known('picture'))), /^away: .*display_name not-text/s)
})

t.test('escapes the user name in the search filter', async t => {
  const strange = ['*', 'ann*', 'anna)(uid=*', 'anna))(|(uid=*', '*)(objectClass=*', '\\2a', 'ann\\61', 'anna\0', '(anna)', ' anna', 'ÅNNA', '&', '\ud83d', 'x'.repeat(10_000)]
  for (const username of strange) {
    const { kind } = await faultOf(shared.setPassword({ id: randomUUID(), username }, 'a password long enough'))
    t.equal(kind, 'account-gone', JSON.stringify(username.slice(0, 20)))
  }
  const account = await known('anna')
  await shared.refresh({ ...account, username: '*' })
  t.equal((await findAccountByUsername(db, 'anna'))?.status, 'locked', 'no entry has that user name, so the account is locked')
  await shared.refresh(account)
  const careless = directory(t, plain, { LDAP_FILTER: '(|(uid=*)(objectClass=*))' })
  t.equal((await faultOf(careless.setPassword({ id: randomUUID(), username: 'ann*' }, 'a password long enough'))).kind, 'account-gone')
})

t.test('signs in with the new password, whatever characters it has', async t => {
  const account = await known('holder')
  const passwords = [
    'fifteen letters', 'x'.repeat(64), 'long '.repeat(200), 'y'.repeat(100_000), '  leading spaces and trailing  ',
    'kissa 😺 ja koira 🐕 ulkona', 'pässinpää öljyssä'.normalize('NFC'), 'pässinpää öljyssä'.normalize('NFD'), 'quote " back \\ slash (*)', 'пароль из слов и пробелов',
  ]
  for (const password of passwords) {
    await shared.setPassword(account, password)
    t.ok(await signsIn('holder', password), JSON.stringify(password.slice(0, 20)))
    t.notOk(await signsIn('holder', `${password.slice(0, -1)}#`), 'another password does not work')
  }
})

t.test('keeps the old password when the directory rejects the new one', async t => {
  const account = await known('holder')
  for (const password of ['the last but two', 'the last but one', 'the last of them']) await shared.setPassword(account, password)
  const refused = async (password: string) => await describeFault(shared.setPassword(account, password))
  t.match(await refused('fourteen chars'), /^password-refused: .*quality/s)
  t.match(await refused('x'), /^password-refused: .*the message contains the password/s)
  t.match(await refused('the last but one'), /^password-refused: .*history/s)
  t.match(await refused('with a NUL \0 that would end it'), /^password-refused: /)
  t.match(await refused('half an emoji is \ud83d no character'), /^password-refused: /)
  t.match(await refused(''), /^password-refused: /)
  t.ok(await signsIn('holder', 'the last of them'))
})

t.test('requires a valid certificate from a trusted authority', async t => {
  const account = await known('holder')
  const { authority, key, expired } = slapd.certificates
  const trusting = { LDAP_CA_FILE: authority }
  await directory(t, `ldaps://localhost:${slapd.securePort}`, trusting).refresh(account)
  await directory(t, `ldap://localhost:${slapd.port}`, { ...trusting, LDAP_START_TLS: 'true' }).refresh(account)
  await directory(t, `ldap://127.0.0.1:${slapd.port}`, { ...trusting, LDAP_START_TLS: 'true' }).setPassword(account, 'set over an encrypted line')
  t.ok(await signsIn('holder', 'set over an encrypted line'))
  for (const [urls, startTls] of [[`ldaps://localhost:${slapd.securePort}`, 'false'], [plain, 'true']] as const) {
    t.match(await describeFault(directory(t, urls, { LDAP_START_TLS: startTls }).refresh(account)), /^away: .*self-signed certificate in certificate chain/s, 'this authority is not trusted')
  }
  const stale = tls.createServer({ key: readFileSync(key), cert: readFileSync(expired) }).on('tlsClientError', () => {}).listen(0, '127.0.0.1')
  await once(stale, 'listening')
  t.teardown(() => stale.close())
  const { port } = stale.address() as { port: number }
  t.match(await describeFault(directory(t, `ldaps://127.0.0.1:${port}`, trusting).refresh(account)), /^away: .*certificate has expired/s)
})

t.test('moves on from a server that never answers and tries it last for a while', async t => {
  const account = await known('holder')
  let connections = 0
  const silent = createServer(() => { connections++ }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as { port: number }
  const impatient = directory(t, `ldap://127.0.0.1:${port} ${plain}`, { LDAP_TIMEOUT: '1' })
  await Promise.all([impatient.refresh(account), impatient.refresh(account)])
  await impatient.setPassword(account, 'set by the second server')
  t.ok(await signsIn('holder', 'set by the second server'))
  t.equal(connections, 2, 'one connection for each concurrent request')
  t.match(await describeFault(directory(t, `ldap://127.0.0.1:${port}`, { LDAP_TIMEOUT: '1' }).refresh(account)), /^away: .*timed out/s)
})

t.test('replaces a broken connection once; treats a refused bind as unavailable', async t => {
  const account = await known('holder')
  const wire = await startCuttableProxy(t, plain)
  const wired = directory(t, wire.url)
  await wired.refresh(account)
  await wire.cut()
  t.match(await describeFault(wired.setPassword(account, 'never comes through')), /^away: .*ECONNREFUSED/s)
  await wire.restore()
  await wired.setPassword(account, 'comes through again')
  t.ok(await signsIn('holder', 'comes through again'))
  t.match(await describeFault(directory(t, plain, { LDAP_BIND_PASSWORD: 'hunter2-wrong' }).refresh(account)), /^away: .*0x31/s)
  t.match(await describeFault(directory(t, plain, { LDAP_BASE_DN: `ou=nowhere,${BASE_DN}` }).refresh(account)), /^away: .*0x20/s, 'a wrong base DN locks no account')
  t.equal((await findAccountByUsername(db, 'holder'))?.status, 'active')
})

t.test('`accounts sync` copies 20,000 people, reports bad entries, locks missing ones', async t => {
  const lines: string[] = []
  const context: CliContext = { db, now: clock.now, printLine: line => { lines.push(line) } }
  for (const username of ['long-gone', 'twin', 'early']) await known(username)
  clock.advance({ minutes: 1 })
  t.strictSame(await syncAccounts(context, parseLdapSettings(plain), false), { created: 20_000, updated: 2, unchanged: 6, rejected: 3, gone: 1 })
  t.strictSame(lines.sort(), [
    '10000 entries read', '20000 entries read',
    `Rejected uid=nobody-in-particular,ou=people,${BASE_DN}: affiliations: Enter a value.`,
    `Rejected uid=twin,ou=alumni,${BASE_DN}: username: Another entry of the directory has the same value.`,
    `Rejected uid=two-names,ou=people,${BASE_DN}: username: There are several values. Enter one.`,
    `Warning for uid=early,ou=people,${BASE_DN}: birth_date: 1800-01-01 cannot be read as a date of birth: it is incomplete, in the future, or its day and month are not certain. It is left out; an existing account keeps the date that it has.`,
  ])
  t.strictSame(pick(await findAccountByUsername(db, 'p19999'), 'display_name', 'affiliation', 'student_number', 'status'), { display_name: 'Person 19999', affiliation: 'student', student_number: '1019999', status: 'active' })
  t.strictSame(pick(await findAccountByUsername(db, 'long-gone'), 'status', 'gone_at'), { status: 'locked', gone_at: clock.now() })
  t.strictSame(pick(await findAccountByUsername(db, 'early'), 'status', 'gone_at'), { status: 'active', gone_at: null }, 'a field that cannot be read does not keep the person out')
  t.strictSame(await eventTotals(), { created: 20_000, updated: 2, unchanged: 6, rejected: 3, gone: 1, complete: 1 })
})

t.test('locks no one after an interrupted or suspiciously small sync', async t => {
  const context: CliContext = { db, now: clock.now, printLine: () => {} }
  const rows = async () => await db.selectFrom('accounts').select(['username', 'status', 'gone_at', 'updated_at']).where('username', '<>', 'long-gone').orderBy('username').execute()
  await known('long-gone')
  const before = await rows()
  clock.advance({ minutes: 1 })
  const wire = await startCuttableProxy(t, plain)
  const cutting: CliContext = { ...context, printLine: line => { if (line === '10000 entries read') wire.cut().catch(() => {}) } }
  const interrupted = await describeFault(syncAccounts(cutting, parseLdapSettings(wire.url), false).then(() => {}))
  t.match(interrupted, /^away: .*Connection closed/s)
  const few = parseLdapSettings(plain, { LDAP_FILTER: '(uid=p0000*)' })
  await t.rejects(syncAccounts(context, few, false), { message: /but 2000\d of 2001\d accounts are not in it.*--any-number-gone/ })
  t.strictSame(pick(await findAccountByUsername(db, 'long-gone'), 'status', 'gone_at'), { status: 'active', gone_at: null })

  clock.advance({ days: 2 })
  t.strictSame(pick(await syncAccounts(context, parseLdapSettings(plain), false), 'created', 'updated', 'rejected', 'gone'), { created: 0, updated: 0, rejected: 3, gone: 1 })
  t.strictSame(pick(await findAccountByUsername(db, 'long-gone'), 'status', 'gone_at'), { status: 'locked', gone_at: clock.now() })
  t.strictSame(await rows(), before)
  t.strictSame(await db.selectFrom('directory_passes').selectAll().execute(), [], 'an interrupted run is deleted after a day')
})

t.test('binds every account that a refresh or a sync has changed', async t => {
  t.equal(await verifyAccounts(db), undefined)
  const before = await sql`select from audit_events where kind = 'accounts-bound'`.execute(db)
  await shared.refresh((await findAccountByUsername(db, 'anna'))!)
  t.equal((await sql`select from audit_events where kind = 'accounts-bound'`.execute(db)).rows.length, before.rows.length, 'a refresh that changes nothing binds nothing')
})
