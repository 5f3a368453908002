import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import t, { type Test } from 'tap'
import { fileSource, openAccountFile } from '../../src/accounts/import/account-file.js'
import { type FileImportOptions, importAccountFile, type ImportSummary } from '../../src/accounts/import/import-file.js'
import { findAccountByUsername } from '../../src/accounts/queries.js'
import { registerAccountCommands } from '../../src/cli/accounts.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { pick, pickEach } from '../helpers/projections.js'

const { db } = await openTestDatabase(t)
const lines: string[] = []
const context = { db, now: () => testStart, printLine: (line: string) => { lines.push(line) } }

async function importText (t: Test, text: string | Buffer, options: FileImportOptions = {}): Promise<ImportSummary & { file: string }> {
  const file = join(t.testdir(), 'people.csv')
  await writeFile(file, text)
  lines.splice(0)
  return { ...await importAccountFile(context, file, options), file }
}

async function rejectedRows (result: ImportSummary): Promise<string> {
  return await readFile(result.rejectedFile!, 'utf8')
}

async function countAccounts (): Promise<number> {
  return (await db.selectFrom('accounts').select(eb => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count
}

async function refusal (t: Test, text: string | Buffer): Promise<string> {
  const before = await countAccounts()
  const error = await importText(t, text).then(() => undefined, (error: Error) => error)
  t.equal(await countAccounts(), before, 'nothing was written')
  t.notOk(existsSync(join(t.testdirName, 'people.rejected.csv')))
  return error?.message ?? 'not refused'
}

t.test('creates accounts from a file and changes nothing when run again', async t => {
  const text = 'username,student_number,display_name,affiliations,status,preferred_language,birth_date\n' +
    'ABCDE1234,1234567,Łukasz Nguyễn-Đặng,student,active,en,2001-03-14\n' +
    'fghij5678,,"Virtanen, Maija",student staff,locked,sv,31.12.1990\n'
  t.strictSame(pick(await importText(t, text), 'created', 'updated', 'unchanged', 'rejected', 'rejectedFile'), { created: 2, updated: 0, unchanged: 0, rejected: 0, rejectedFile: undefined })
  t.strictSame(pick(await findAccountByUsername(db, 'abcde1234'), 'student_number', 'display_name', 'folded_name', 'affiliation', 'status', 'preferred_language', 'birth_date'), {
    student_number: '1234567', display_name: 'Łukasz Nguyễn-Đặng', folded_name: 'lukasz nguyen dang', affiliation: 'student', status: 'active', preferred_language: 'en', birth_date: '2001-03-14',
  })
  t.strictSame(pick(await findAccountByUsername(db, 'fghij5678'), 'student_number', 'display_name', 'affiliation', 'status', 'preferred_language', 'birth_date'), {
    student_number: null, display_name: 'Virtanen, Maija', affiliation: 'staff', status: 'locked', preferred_language: 'sv', birth_date: '1990-12-31',
  })
  t.strictSame(pick(await importText(t, text), 'created', 'updated', 'unchanged', 'rejected'), { created: 0, updated: 0, unchanged: 2, rejected: 0 })
})

t.test('reads a BOM, semicolons, CRLF, other header names and another column order', async t => {
  const text = '\ufeffAffiliation;Last name;First names;"userName";Shoe size\r\napplicant;Öberg;Åsa Maria;aasob0001;38\r\n\r\n;;;;\r\n'
  t.strictSame(pick(await importText(t, text), 'created', 'rejected'), { created: 1, rejected: 0 })
  t.strictSame(lines, ['Ignored columns: "Shoe size"'])
  t.strictSame(pick(await findAccountByUsername(db, 'aasob0001'), 'display_name', 'affiliation', 'status', 'preferred_language'), { display_name: 'Åsa Maria Öberg', affiliation: 'applicant', status: 'active', preferred_language: 'fi' })
})

t.test('keeps fields whose column is missing and clears fields with an empty cell', async t => {
  await importText(t, 'username,name,affiliations,status,birth_date,student_number,preferred_language\nkeepe0001,Keep Er,student,locked,2000-01-01,555,sv\n')
  t.equal((await importText(t, 'username,name,affiliations\nkeepe0001,Keep Changed,staff\n')).updated, 1)
  t.strictSame(pick(await findAccountByUsername(db, 'keepe0001'), 'display_name', 'affiliation', 'status', 'birth_date', 'student_number', 'preferred_language'), { display_name: 'Keep Changed', affiliation: 'staff', status: 'locked', birth_date: '2000-01-01', student_number: '555', preferred_language: 'sv' })
  t.equal((await importText(t, 'username,name,affiliations,birth_date,student_number\nkeepe0001,Keep Changed,staff,,\n')).updated, 1)
  t.strictSame(pick(await findAccountByUsername(db, 'keepe0001'), 'birth_date', 'student_number'), { birth_date: null, student_number: null })
})

t.test('takes staff when an account has several affiliations', async t => {
  await importText(t, 'username,name,affiliations\nsever0001,A B,"student,staff"\nsever0002,A B,external|student\nsever0003,A B,Training\n')
  t.equal((await findAccountByUsername(db, 'sever0001'))?.affiliation, 'staff')
  t.equal((await findAccountByUsername(db, 'sever0002'))?.affiliation, 'student')
  t.equal((await findAccountByUsername(db, 'sever0003'))?.affiliation, 'training')
})

t.test('rejects bad rows with line and reason and imports the others', async t => {
  const bad = [
    ',A B,student,active,fi,1,2000-01-01',
    'a b,A B,student,active,fi,2,2000-01-01',
    'badro0001,,student,active,fi,3,2000-01-01',
    'badro0002,---,student,active,fi,4,2000-01-01',
    `badro0003,${'x'.repeat(201)},student,active,fi,5,2000-01-01`,
    'badro0004,A B,professor,active,fi,6,2000-01-01',
    'badro0005,A B,student',
    '=1+1,A B,student,active,fi,7,2000-01-01',
  ]
  const result = await importText(t, ['username,name,affiliations,status,preferred_language,student_number,birth_date', ...bad, 'goodr0001,A B,student,active,fi,14,2000-01-01,,', ''].join('\n'))
  t.strictSame(pick(result, 'created', 'rejected', 'warned'), { created: 1, rejected: bad.length, warned: 0 })
  t.equal(result.rejectedFile, join(t.testdirName, 'people.rejected.csv'))
  const rejected = (await rejectedRows(result)).split('\n')
  t.equal(rejected[0], '\ufeffline,reason,username,name,affiliations,status,preferred_language,student_number,birth_date')
  t.match(rejected[1], /^2,username: Enter a value\.,,A B,student/)
  t.match(rejected[6], /^7,"affiliations: Choose one of: student, applicant, staff, partner, external or training\.",badro0004/)
  t.equal(rejected[7], '8,"This row has 3 cells, the header has 7.",badro0005,A B,student')
  t.match(rejected[8], "'=1+1", 'a formula is neutralised')
  t.equal(rejected.length, bad.length + 2)
})

t.test('takes a person whose other fields cannot be read, and says so', async t => {
  const result = await importText(t, [
    'username,name,affiliations,status,preferred_language,student_number,birth_date',
    'taker0001,Taken Person,student,alive,ru,1 1,1990', 'taker0002,Taken Person,student,locked,sv-FI,NULL,31/12/1999', '',
  ].join('\n'))
  t.strictSame(pick(result, 'created', 'rejected', 'warned', 'warningsFile'), { created: 2, rejected: 0, warned: 1, warningsFile: undefined })
  t.strictSame(lines, [
    'line 2 taker0001: status: alive is not a status. An existing account keeps its status; a new one is locked until the status is corrected.',
    'line 2 taker0001: student_number: 1 1 is not a student number. It is left out; an existing account keeps the number that it has.',
    'line 2 taker0001: preferred_language: ru is not offered. An existing account keeps its language; a new one gets the default language.',
    'line 2 taker0001: birth_date: 1990 cannot be read as a date of birth: it is incomplete, in the future, or its day and month are not certain. It is left out; an existing account keeps the date that it has.',
    'student_number: NULL is read as an empty cell (line 3)',
    'preferred_language: sv-FI is read as sv (line 3)',
    'birth_date: 31/12/1999 is read as 1999-12-31 (line 3)',
  ])
  t.strictSame(pick(await findAccountByUsername(db, 'taker0001'), 'status', 'preferred_language', 'student_number', 'birth_date'), { status: 'locked', preferred_language: 'fi', student_number: null, birth_date: null })
  t.strictSame(pick(await findAccountByUsername(db, 'taker0002'), 'status', 'preferred_language', 'student_number', 'birth_date'), { status: 'locked', preferred_language: 'sv', student_number: null, birth_date: '1999-12-31' })
  const again = await importText(t, 'username,name,affiliations,status,preferred_language,student_number,birth_date\ntaker0002,Taken Person,student,alive,ru,1 1,1990\n')
  t.strictSame(pick(again, 'unchanged', 'warned'), { unchanged: 1, warned: 1 })
})

t.test('keeps the leading zeros of a student number without --force', async t => {
  await importText(t, 'username;student_number;display_name;affiliations\nzeros0001;0012345;Anna Nollanen;student\nzeros0002;54321;Pekka Nollanen;student\n')
  const shortened = 'username;student_number;display_name;affiliations\nzeros0001;12345;Anna Uusinen;student\nzeros0002;0054321;Pekka Nollanen;student\n'
  const numbers = async () => [(await findAccountByUsername(db, 'zeros0001'))?.student_number, (await findAccountByUsername(db, 'zeros0002'))?.student_number]
  t.strictSame(pick(await importText(t, shortened), 'updated', 'warned', 'rejected'), { updated: 2, warned: 1, rejected: 0 })
  t.match(lines[0], 'line 2 zeros0001: student_number: 12345 is 0012345 without its leading zeros. The account keeps 0012345.')
  t.match(lines.at(-1), '--force')
  t.strictSame(await numbers(), ['0012345', '0054321'])
  t.equal((await findAccountByUsername(db, 'zeros0001'))?.display_name, 'Anna Uusinen', 'the rest of the row is imported')
  t.strictSame(pick(await importText(t, shortened, { shortensNumbers: true }), 'updated', 'warned'), { updated: 1, warned: 0 })
  t.strictSame(await numbers(), ['12345', '0054321'])
})

t.test('a dry run says exactly what the import does, and writes nothing', async t => {
  await importText(t, 'username,name,affiliations,student_number\ndryru0001,Dry One,student,7001\ndryru0002,Dry Two,student,7002\ndryru0003,Dry Three,student,7003\n')
  const filler = Array.from({ length: 1000 }, (_, index) => `dryfi${String(index).padStart(4, '0')},Dry Filler,student,,`)
  const text = [
    // The number of the second person is free by the second batch, that of the third one is not.
    'username,name,affiliations,student_number,birth_date', 'dryru0002,Dry Two,student,7022,', ...filler, 'dryru0001,Dry Öne,staff,7002,1990', 'dryru0004,Dry Four,student,7003,', 'dryru0005,Dry Five,pupil,,', '',
  ].join('\n')
  const state = async () => [await countAccounts(), await db.selectFrom('audit_events').select('id').execute(), await db.selectFrom('accounts').selectAll().where('username', 'like', 'dryru%').orderBy('username').execute()]
  const before = await state()
  const expected = { created: 1000, updated: 2, unchanged: 0, warned: 1, rejected: 2 }
  const dry = await importText(t, text, { isDryRun: true })
  t.strictSame(pick(dry, ...Object.keys(expected)), expected)
  t.strictSame(await state(), before)
  t.strictSame(await readdir(t.testdirName), ['people.csv'])
  t.strictSame(lines.filter(line => !line.includes('dryfi')), [
    'Dry run: nothing is changed.',
    'line 2 dryru0002 (Dry Two): would be updated. student_number 7002 → 7022',
    'line 1003 dryru0001 (Dry Öne): would be updated. display_name Dry One → Dry Öne, student_number 7001 → 7002, affiliations student → staff',
    'line 1003 dryru0001: birth_date: 1990 cannot be read as a date of birth: it is incomplete, in the future, or its day and month are not certain. It is left out; an existing account keeps the date that it has.',
    'line 1005: would be rejected. affiliations: Choose one of: student, applicant, staff, partner, external or training.',
    'line 1004: would be rejected. student_number: Another account has this student number.',
  ])
  t.match(lines.find(line => line.includes('dryfi0000')), 'line 3 dryfi0000: would be created. display_name Dry Filler, affiliations student, status active, preferred_language fi')
  t.strictSame(pick(await importText(t, text), ...Object.keys(expected)), expected)
})

t.test('writes many warnings to a file beside the imported one', async t => {
  const rows = Array.from({ length: 150 }, (_, index) => `manyw${String(index).padStart(4, '0')},=Many Warned,student,1990`)
  const result = await importText(t, ['username,name,affiliations,birth_date', ...rows, ''].join('\n'))
  t.strictSame(pick(result, 'warned', 'warningsFile'), { warned: 150, warningsFile: join(t.testdirName, 'people.warnings.csv') })
  const written = (await readFile(result.warningsFile!, 'utf8')).trimEnd().split('\n')
  t.equal(written.length, 151)
  t.equal(written[0], '\ufeffline,username,column,warning')
  t.match(written[150], '151,manyw0149,birth_date,"1990 cannot be read as a date of birth')
  t.equal(lines.filter(line => line.startsWith('line ')).length, 100)
  await importText(t, 'username,name,affiliations\nmanyw0000,Many Warned,student\n')
  t.notOk(existsSync(result.warningsFile!), 'the next import deletes it')
})

t.test('rejects the second row with the same user name or student number', async t => {
  const result = await importText(t, 'username;name;affiliations;student_number\ntwice0001;A B;student;901\nTWICE0001;A C;student;902\ntwice0002;A D;student;901\n')
  t.strictSame(pick(result, 'created', 'rejected'), { created: 1, rejected: 2 })
  const rejected = await rejectedRows(result)
  t.match(rejected, '3;username: This value is already in the file, on line 2.;TWICE0001;A C;student;902')
  t.match(rejected, '4;student_number: This value is already in the file, on line 2.;twice0002')
})

t.test('rejects the student number of another account', async t => {
  await importText(t, 'username,name,affiliations,student_number\ntaken0001,A B,student,801\n')
  const result = await importText(t, 'username,name,affiliations,student_number\ntaken0002,A B,student,801\ntaken0003,A B,student,802\n')
  t.strictSame(pick(result, 'created', 'rejected'), { created: 1, rejected: 1 })
  t.match(await rejectedRows(result), '2,student_number: Another account has this student number.,taken0002')
})

t.test('imports corrected rejected rows; writes no reject file when nothing is rejected', async t => {
  const result = await importText(t, 'username,name,affiliations,student_number\nfixed0001,-A B,pupil,-\n')
  const rejected = await rejectedRows(result)
  t.match(rejected, ",'-A B,pupil,'-\n", 'spreadsheets read no formula')
  t.equal(await rejectedRows(await importText(t, rejected)), rejected, 'rejected again, with the same columns')
  t.strictSame(pick(await importText(t, rejected.replace(',pupil', ',student')), 'created', 'rejected', 'rejectedFile'), { created: 1, rejected: 0, rejectedFile: undefined })
  t.notOk(existsSync(result.rejectedFile!))
  t.strictSame(pick(await findAccountByUsername(db, 'fixed0001'), 'display_name', 'student_number'), { display_name: '-A B', student_number: null })
})

t.test('refuses a file that is not an account list', async t => {
  t.match(await refusal(t, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')), 'not text in UTF-8')
  t.match(await refusal(t, Buffer.from('username,name,affiliations\nlatin0001,\xc5sa \xd6berg,student\n', 'latin1')), 'not text in UTF-8')
  t.match(await refusal(t, Buffer.from('username,name,affiliations\nutf160001,A B,student\n', 'utf16le')), 'not a text file')
  t.match(await refusal(t, ''), 'The file is empty')
  t.match(await refusal(t, 'username,student_number\nlacks0001,1\n'), 'The header line lacks affiliations, display_name (first_names + last_name)')
  t.match(await refusal(t, 'first_names,affiliations,username\nA,student,lacks0002\n'), 'The header line lacks display_name')
  t.match(await refusal(t, 'username,Username,name,affiliations\na,b,c,student\n'), 'names username twice')
  t.match(await refusal(t, 'username,name,affiliations\nquote0001,A B,student\nquote0002,"A B,student\n'), 'quotation mark')
  t.match(await refusal(t, `username,name,affiliations\nlong00001,"${'x'.repeat(200_000)}",student\n`), 'too long')
})

t.test('imports Windows-1252 only with --encoding', async t => {
  const text = Buffer.from('username,name,affiliations\ncp1250001,\xc5sa \xd6berg,student\n', 'latin1')
  t.match(await refusal(t, text), '--encoding windows-1252')
  t.equal((await importText(t, text, { encoding: 'windows-1252' })).created, 1)
  t.equal((await findAccountByUsername(db, 'cp1250001'))?.display_name, 'Åsa Öberg')
})

t.test('imports nothing from a file with only a header', async t => {
  t.strictSame(pick(await importText(t, 'username,name,affiliations\n'), 'created', 'updated', 'unchanged', 'rejected'), { created: 0, updated: 0, unchanged: 0, rejected: 0 })
})

t.test('treats SQL in a file as text', async t => {
  t.equal((await importText(t, 'username,name,affiliations\ninjec0001,"Robert\'); drop table accounts; --",student\n')).created, 1)
  t.equal((await findAccountByUsername(db, 'injec0001'))?.display_name, "Robert'); drop table accounts; --")
})

t.test('records every batch that changed something, and the last one, with counts', async t => {
  const rows = Array.from({ length: 2100 }, (_, index) => `batch${String(index).padStart(4, '0')},Batch ${index} Made,student`)
  const text = ['username,name,affiliations', ...rows, 'bad row,A B,student', ''].join('\n')
  const since = async () => await db.selectFrom('audit_events').select(['id', 'actor', 'facts']).where('kind', '=', 'accounts-imported').orderBy('sequence').execute()
  const before = (await since()).length
  t.strictSame(pick(await importText(t, text), 'created', 'rejected'), { created: 2100, rejected: 1 })
  const events = (await since()).slice(before)
  t.strictSame(pickEach(events.map(event => event.facts), 'created', 'updated', 'unchanged', 'rejected', 'complete', 'continues'), [
    { created: 1000, updated: 0, unchanged: 0, rejected: 0, complete: false, continues: undefined },
    { created: 1000, updated: 0, unchanged: 0, rejected: 0, complete: false, continues: events[0]!.id },
    { created: 100, updated: 0, unchanged: 0, rejected: 1, complete: true, continues: events[0]!.id },
  ])
  t.strictSame(pick(await importText(t, text), 'unchanged', 'rejected'), { unchanged: 2100, rejected: 1 })
  t.strictSame(pickEach((await since()).slice(before + 3).map(event => event.facts), 'created', 'updated', 'unchanged', 'rejected', 'complete'), [{ created: 0, updated: 0, unchanged: 2100, rejected: 1, complete: true }])
})

t.test('finishes an interrupted import when run again', async t => {
  const rows = Array.from({ length: 1500 }, (_, index) => `inter${String(index).padStart(4, '0')},Inter Rupted,student`)
  const text = ['username,name,affiliations', ...rows, ''].join('\n')
  let batches = 0
  const failing = { ...context, now: () => { if (++batches > 4) throw new Error('the power went'); return testStart } }
  const file = join(t.testdir(), 'people.csv')
  await writeFile(file, text)
  await t.rejects(importAccountFile(failing, file), { message: 'the power went' })
  t.strictSame(pick(await importAccountFile(context, file), 'created', 'unchanged'), { created: 500, unchanged: 1000 })
})

t.test('reports progress for long files and prints a summary', async t => {
  const rows = Array.from({ length: 10_500 }, () => 'same00001,Same One,student')
  const file = join(t.testdir(), 'long.csv')
  await writeFile(file, ['username,name,affiliations', ...rows, ''].join('\n'))
  const program = new Command().exitOverride()
  registerAccountCommands(program, context, () => ({ kind: 'built-in' }))
  lines.splice(0)
  await program.parseAsync(['node', 'slipdesk', 'accounts', 'import', file])
  t.strictSame(lines, [
    '10500 rows to read', '10000 of 10500 rows read', '1 created, 0 updated, 0 unchanged, 10499 rejected',
    `Rejected rows, with reasons: ${file.replace('.csv', '.rejected.csv')}`,
  ])
  await t.rejects(program.parseAsync(['node', 'slipdesk', 'accounts', 'import', `${file}.nowhere`]), { message: /There is no such file\. Nothing was imported\.$/ })
  lines.splice(0)
  await writeFile(file, 'username,name,affiliations,birth_date\nsame00001,Same One,student,1990\nsame00002,Same One,pupil,\n')
  await program.parseAsync(['node', 'slipdesk', 'accounts', 'import', file, '--dry-run'])
  t.strictSame(lines.slice(-2), ['Would be: 0 created, 0 updated, 1 unchanged, 1 rejected', 'Of those taken, 1 with warnings'])
})

t.test('ignores unknown columns, whatever their name', async t => {
  const path = join(t.testdir(), 'people.csv')
  await writeFile(path, 'username,name,affiliation,constructor,__proto__,toString\n')
  const { columns } = await openAccountFile(fileSource(path))
  t.strictSame(columns, ['username', 'display_name', 'affiliations', undefined, undefined, undefined])
})

t.test('imports a name in Latin letters and the last name, and drops a name in other letters', async t => {
  const names = async (username: string) => pick(await findAccountByUsername(db, username), 'display_name', 'latin_name', 'last_name', 'index_version')
  const result = await importText(t, 'username,first_names,last_name,affiliations,latin_name\nlatin001,Ольга,Тестова,student,Olga  Testova\nlatin002,Jose,García Márquez,student,\nlatin003,小明,王,student,王小明\n')
  t.strictSame(pick(result, 'created', 'rejected'), { created: 3, rejected: 0 })
  t.strictSame(await names('latin001'), { display_name: 'Ольга Тестова', latin_name: 'Olga Testova', last_name: 'Тестова', index_version: 2 })
  t.strictSame(await names('latin002'), { display_name: 'Jose García Márquez', latin_name: null, last_name: 'García Márquez', index_version: 2 })
  t.strictSame(await names('latin003'), { display_name: '小明 王', latin_name: null, last_name: '王', index_version: 2 })
  await importText(t, 'username,display_name,affiliations\nlatin001,Ольга Тестова,student\n')
  t.equal((await names('latin001')).latin_name, 'Olga Testova', 'a missing column changes nothing')
  await importText(t, 'username,display_name,affiliations,latin_name\nlatin001,Ольга Тестова,student,\n')
  t.equal((await names('latin001')).latin_name, null, 'an empty cell clears it')
})
