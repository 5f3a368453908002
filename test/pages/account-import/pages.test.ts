import t from 'tap'
import { findAccountByUsername } from '../../../src/accounts/queries.js'
import { deleteExpiredUploads } from '../../../src/accounts/uploads/upload-store.js'
import { addStaff, buildTestApp } from '../../helpers/app.js'
import { createPageClient, type PageClient } from '../../helpers/page-client.js'
import { pick, pickEach } from '../../helpers/projections.js'

const served = await buildTestApp(t)
const { app, deps: { db }, clock, logLines } = served
const admin = createPageClient(app)
await admin.signIn('admin')
await addStaff(served, { login: 'second', roles: ['administrator'], servicePoints: [] })

const header = 'username;display_name;affiliations;student_number'
const runOf = (body: string) => /name="run" value="([^"]*)"/.exec(body)?.[1] ?? ''
const uploads = async () => await db.selectFrom('account_imports').selectAll().execute()
const findings = async () => await db.selectFrom('account_import_findings').selectAll().execute()
const importEvents = async () => await db.selectFrom('audit_events').select(['actor', 'facts']).where('kind', '=', 'accounts-imported').orderBy('sequence').execute()

/** Uploads a file and returns the page that shows its check. */
async function upload (content: string | Buffer, client: PageClient = admin, name = 'people.csv'): Promise<string> {
  await client.get('/accounts/import')
  const answer = await client.upload('/accounts/import', { field: 'file', name, content })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/accounts/import'])
  return (await client.get('/accounts/import')).body
}

t.test('shows what would change, changes nothing, and imports after the confirmation', async t => {
  const before = (await importEvents()).length
  const checked = await upload(`${header}\nmatvi1207;Matti Virtanen-Järvi;student;2100523\npages0001;Suharti;student;0777\npages0002;-;student;\n`)
  t.match(checked, 'What the import would change')
  t.match(checked, /<del>Matti Virtanen<\/del> → <ins>Matti Virtanen-Järvi<\/ins>/)
  t.match(checked, 'display_name: Enter a value.')
  t.match(checked, 'Import 2 accounts')
  t.equal((await findAccountByUsername(db, 'pages0001')), undefined)
  t.equal((await findAccountByUsername(db, 'matvi1207'))?.display_name, 'Matti Virtanen')
  t.equal((await importEvents()).length, before)
  const answer = await admin.post('/accounts/import/start', { run: runOf(checked) })
  t.strictSame([answer.statusCode, answer.headers.location], [303, '/accounts/import'])
  const done = (await admin.get('/accounts/import')).body
  t.match(done, 'The accounts were imported')
  t.equal((await findAccountByUsername(db, 'matvi1207'))?.display_name, 'Matti Virtanen-Järvi')
  t.equal((await findAccountByUsername(db, 'pages0001'))?.student_number, '0777')
  const { id } = await db.selectFrom('staff').select('id').where('login', '=', 'admin').executeTakeFirstOrThrow()
  const [event] = (await importEvents()).slice(before)
  t.equal(event?.actor, `staff:${id}`)
  t.strictSame(pick(event?.facts, 'created', 'updated', 'unchanged', 'warned', 'rejected', 'complete'), { created: 1, updated: 1, unchanged: 0, warned: 0, rejected: 1, complete: true })
  const [stored] = await uploads()
  t.strictSame(pick(stored, 'state', 'content'), { state: 'imported', content: null }, 'the file is deleted')
  const rejected = await admin.get('/accounts/import/rejected.csv')
  t.strictSame([rejected.statusCode, rejected.headers['cache-control'], rejected.headers['content-disposition']], [200, 'no-store', 'attachment; filename="accounts.rejected.csv"'])
  t.equal(rejected.body, `\ufeffline;reason;${header}\n4;display_name: Enter a value.;pages0002;'-;student;\n`)
})

t.test('imports a corrected file of rejected rows', async t => {
  const checked = await upload(`\ufeffline;reason;${header}\n4;display_name: Enter a value.;pages0002;Suharti;student;'-\n`)
  t.notMatch(checked, 'Ignored columns')
  await admin.post('/accounts/import/start', { run: runOf(checked) })
  t.strictSame(pick(await findAccountByUsername(db, 'pages0002'), 'display_name', 'student_number'), { display_name: 'Suharti', student_number: null })
})

t.test('asks before it reads Windows-1252, and shows names', async t => {
  const asked = await upload(Buffer.from(`${header}\npages0003;\xc5sa \xd6berg;student;\n`, 'latin1'))
  t.match(asked, 'Are the letters in the names right?')
  t.match(asked, 'Åsa Öberg')
  t.notMatch(asked, 'action="/accounts/import/start"')
  t.equal((await admin.post('/accounts/import/start', { run: runOf(asked) })).statusCode, 409, 'an import needs the confirmation')
  await admin.get('/accounts/import')
  t.equal((await admin.post('/accounts/import/check', { run: runOf(asked), encoding: 'windows-1252' })).statusCode, 303)
  const checked = (await admin.get('/accounts/import')).body
  t.match(checked, '<ins>Åsa Öberg</ins>')
  await admin.post('/accounts/import/start', { run: runOf(checked) })
  t.equal((await findAccountByUsername(db, 'pages0003'))?.display_name, 'Åsa Öberg')
})

t.test('keeps leading zeros until the administrator decides otherwise', async t => {
  const kept = await upload(`${header}\npages0001;Suharti;student;777\n`)
  t.match(kept, 'Student numbers without their leading zeros: 1')
  t.match(kept, 'Nothing would change')
  await admin.post('/accounts/import/check', { run: runOf(kept), zeros: 'shorten' })
  const applied = (await admin.get('/accounts/import')).body
  t.match(applied, /<del>0777<\/del> → <ins>777<\/ins>/)
  t.equal((await admin.post('/accounts/import/start', { run: runOf(kept) })).statusCode, 409, 'the confirmation of the earlier check')
  t.equal((await findAccountByUsername(db, 'pages0001'))?.student_number, '0777')
  await admin.get('/accounts/import')
  await admin.post('/accounts/import/start', { run: runOf(applied) })
  t.equal((await findAccountByUsername(db, 'pages0001'))?.student_number, '777')
})

t.test('says what is wrong with a file that cannot be imported', async t => {
  for (const [content, sentence] of [
    [Buffer.from('504b03041400', 'hex'), 'This is a workbook of Excel'], ['username,name\n', 'The header line lacks affiliations'], ['username,name,affiliations\na,"b,student\n', 'A quotation mark is opened'],
  ] as const) {
    t.match(await upload(content), sentence)
    t.strictSame(pickEach(await uploads(), 'state', 'content'), [{ state: 'refused', content: null }])
  }
  for (const [name, content, sentence] of [['people.csv', '', 'The file is empty.'], ['', '', 'Choose the file to import.'], ['people.csv', Buffer.alloc(20 * 1024 * 1024 + 1, 'a'), 'The file is larger than 20 MB']] as const) {
    const answer = await admin.upload('/accounts/import', { field: 'file', name, content })
    t.equal(answer.statusCode, 400)
    t.match(answer.body, sentence)
    t.match(answer.body, 'aria-invalid="true"')
  }
  t.equal((await admin.post('/accounts/import', {})).statusCode, 400, 'a form without a file')
})

t.test('accepts a file only on its own route, with a form token', async t => {
  const file = { field: 'file', name: 'people.csv', content: `${header}\npages0009;A B;student;\n` }
  const before = await uploads()
  t.equal((await admin.upload('/accounts/import', file, { _csrf: 'of-another-site' })).statusCode, 403)
  for (const url of ['/sign-out', '/staff/new', '/service-points/porter-arabia']) t.equal((await admin.upload(url, file)).statusCode, 415, url)
  const agent = createPageClient(app)
  await agent.signIn('agent')
  t.equal((await agent.upload('/accounts/import', file)).statusCode, 403)
  t.equal((await agent.get('/accounts/import')).statusCode, 403)
  t.strictSame(await uploads(), before)
})

t.test('shows each administrator only their own file', async t => {
  await upload(`${header}\npages0010;Own File;student;\n`)
  const other = createPageClient(app)
  await other.signIn('second')
  t.notMatch((await other.get('/accounts/import')).body, 'Own File')
  t.equal((await other.get('/accounts/import/rejected.csv')).statusCode, 404)
  const theirs = await upload(`${header}\npages0011;Their File;student;\n`, other)
  t.match(theirs, 'Their File')
  t.match((await admin.get('/accounts/import')).body, 'Own File')
  t.equal((await other.post('/accounts/import/discard', {})).statusCode, 303)
  t.strictSame(pickEach(await uploads(), 'file_name'), [{ file_name: 'people.csv' }], 'only the own file is discarded')
})

t.test('runs one import at a time', async t => {
  const other = createPageClient(app)
  await other.signIn('second')
  const checked = await upload(`${header}\npages0010;Own File;student;\n`)
  await upload(`${header}\npages0011;Their File;student;\n`, other)
  const { id } = await db.selectFrom('staff').select('id').where('login', '=', 'second').executeTakeFirstOrThrow()
  const lease = async (until: Date | null) => await db.updateTable('account_imports').set({ state: 'importing', lease_until: until }).where('staff_id', '=', id).execute()
  await lease(new Date(clock.now().getTime() + 30_000))
  const answer = await admin.post('/accounts/import/start', { run: runOf(checked) })
  t.equal(answer.statusCode, 409)
  t.match(answer.body, 'Accounts are being imported right now.')
  t.equal((await other.post('/accounts/import/discard', {})).statusCode, 409, 'a running import is not discarded')
  const running = (await other.get('/accounts/import')).body
  t.match(running, /<progress max="1" value="1"/)
  t.match(running, 'import-progress.js')
  t.strictSame((await other.get('/accounts/import/progress')).json(), { rows: 1, of: 1, text: '1 of 1 rows', isRunning: true })
  await lease(null)
  const stopped = (await other.get('/accounts/import')).body
  t.match(stopped, 'The work has stopped')
  await other.post('/accounts/import/start', { run: runOf(stopped) })
  t.match((await other.get('/accounts/import')).body, 'The accounts were imported', 'an interrupted import is continued')
  t.equal((await findAccountByUsername(db, 'pages0011'))?.display_name, 'Their File')
  await other.post('/accounts/import/discard', {})
})

t.test('neutralises formulas in the downloads', async t => {
  const checked = await upload(`${header}\n=HYPERLINK("x");A B;student;1\npages0012;=1+1 Testi;student;+1\n`)
  t.match(checked, 'pages0012')
  t.match((await admin.get('/accounts/import/rejected.csv')).body, /;"'=HYPERLINK\(""x""\)";A B;student;1\n/)
  t.match((await admin.get('/accounts/import/warnings.csv')).body, /\n3;pages0012;student_number;"?'\+1 is not a student number\./)
})

t.test('deletes uploads and results after an hour', async t => {
  await upload(`${header}\npages0013;A B;pupil;\n`)
  t.ok((await findings()).length > 0)
  clock.advance({ minutes: 59 })
  await deleteExpiredUploads(db, clock.now())
  t.equal((await uploads()).length, 1)
  clock.advance({ minutes: 2 })
  await admin.signIn('admin')
  t.match((await admin.get('/accounts/import')).body, 'Upload and check', 'it is not shown either')
  await deleteExpiredUploads(db, clock.now())
  t.strictSame([await uploads(), await findings()], [[], []])
})

t.test('logs neither names nor rows of the files', async t => {
  t.ok(logLines.length > 50)
  t.strictSame(logLines.filter(line => /Suharti|Öberg|pages00\d\d|Own File|people\.csv|"Buffer"/.test(line)), [])
})

t.test('leads from the addresses of its forms back to the page', async t => {
  for (const name of ['check', 'start', 'discard']) t.equal((await admin.get(`/accounts/import/${name}`)).headers.location, '/accounts/import')
})

t.test('is not offered where the accounts come from a directory', async t => {
  const { directory } = served.deps
  const browser = createPageClient(app)
  await browser.signIn('admin')
  Object.assign(directory, { kind: 'ldap' })
  t.teardown(() => Object.assign(directory, { kind: 'built-in' }))
  const answer = await browser.get('/accounts/import')
  t.equal(answer.statusCode, 403)
  t.match(answer.body, 'Accounts come from the institution’s directory')
  t.notMatch(answer.body, 'href="/accounts/import"')
  t.equal((await browser.upload('/accounts/import', { field: 'file', name: 'people.csv', content: header })).statusCode, 403)
  Object.assign(directory, { kind: 'built-in' })
  t.match((await browser.get('/staff')).body, 'href="/accounts/import"')
})
