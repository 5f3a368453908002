import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import t from 'tap'
import { connect } from '../../src/database/connection.js'
import { migrate } from '../../src/database/migrations.js'
import { loadDemoData } from '../../src/demo/demo-data.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { loadReferenceData } from '../../src/bootstrap.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { buildTestApp, type TestApp } from '../helpers/app.js'
import { requireAccountId, readPrintedCode, postSlip, buildIssueRequest } from '../helpers/issue-slips.js'
import { dumpAllTables } from '../helpers/database.js'
import { createPageClient } from '../helpers/page-client.js'

/** Lists the encodings in which a code could appear. */
function spellings (code: string): string[] {
  const bare = code.replaceAll('-', '')
  return [code, code.toLowerCase(), bare, bare.toLowerCase(), encodeURIComponent(code), Buffer.from(code).toString('base64'), Buffer.from(code).toString('hex'), Buffer.from(bare).toString('hex')]
}

interface Day { readonly codes: string[], readonly answers: string[] }

/** Issues by API and page, reissues, reads every list and causes errors. Collects all headers and text answers. */
async function recordCounterDay (test: TestApp): Promise<Day> {
  const codes: string[] = []
  const answers: string[] = []
  const keep = async (answer: Awaited<ReturnType<typeof postSlip>>) => {
    answers.push(JSON.stringify(answer.headers))
    if (answer.headers['content-type'] === 'application/pdf') codes.push((await readPrintedCode(answer.rawPayload)).reveal())
    else answers.push(answer.body)
    return answer
  }
  const agent = await test.signIn('agent')
  for (const [username, channel] of [['lukng2101', 'counter'], ['annko4420', 'porter'], ['aasob1415', 'registered-letter']] as const) {
    const issueRequest = await buildIssueRequest(test, username, channel)
    const made = await keep(await postSlip(test, agent, issueRequest, { 'idempotency-key': username }))
    await keep(await postSlip(test, agent, issueRequest, { 'idempotency-key': username }))
    await keep(await test.api(agent, { url: `/slips/${String(made.headers['slip-number'])}` }))
    await keep(await test.api(agent, { url: `/accounts/${String(issueRequest['accountId'])}` }))
  }
  const browser = createPageClient(test.app)
  await browser.signIn('agent')
  const page = `/accounts/${await requireAccountId(test, 'sofla2247')}`
  const form = { channel: 'counter', 'identityCheck.documentType': 'passport', 'identityCheck.issuingCountry': 'FI', 'identityCheck.validUntil': '31.12.2030', 'identityCheck.photoMatches': 'yes', 'identityCheck.nameMatches': 'yes', 'identityCheck.birthDateMatches': 'yes' }
  const formToken = /name="formToken" value="([^"]+)"/.exec((await browser.get(page)).body)![1]!
  const made = await keep(await browser.post(`${page}/slips`, { ...form, formToken }))
  const number = String(made.headers['slip-number'])
  const again = await keep(await browser.post(`/slips/${number}/reissue`, { formToken: 'a-paper-jam-form-token' }))
  const next = String(again.headers['slip-number'])
  for (const url of [page, `/slips/${next}`, `/slips/${next}/issued`, '/slips']) await keep(await browser.get(url))
  await keep(await browser.post(`/slips/${next}/void`, { reason: 'other', note: 'Seen by somebody else' }))
  await keep(await test.api(agent, { url: '/slips' }))
  const auditor = await test.signIn('auditor')
  for (const format of ['json', 'csv', 'ndjson']) await keep(await test.api(auditor, { url: `/delivery-records?format=${format}` }))
  return { codes, answers }
}

const test = await buildTestApp(t)

t.test('keeps the code on the paper only: no log, table, address or answer', async t => {
  const { codes, answers } = await recordCounterDay(test)
  t.equal(codes.length, 5)
  t.equal(new Set(codes).size, 5, 'no two slips have the same code')
  const tables = await dumpAllTables(test.deps.db)
  t.match(tables, 'Łukasz Nguyễn-Đặng', 'the tables were read')
  t.ok(test.logLines.length > 40, 'the log has lines of the most detailed level')
  for (const spelling of codes.flatMap(spellings)) {
    t.notOk(test.logLines.some(line => line.includes(spelling)), 'no log line')
    t.notOk(tables.includes(spelling), 'no table')
    t.notOk(answers.some(answer => answer.includes(spelling)), 'no header, no JSON, no page')
  }
})

t.test('keeps the code out of the embedded database’s files', async t => {
  const folder = t.testdir()
  const connection = await connect({ folder: join(folder, 'database') })
  await migrate(connection.db)
  await loadReferenceData(connection.db, metropolia, new Date('2026-11-19T07:30:00Z'))
  await loadDemoData(connection.db, new Date('2026-11-19T07:30:00Z'), createKeyRing([randomBytes(32)]))
  const test = await buildTestApp(t, { db: connection.db })
  const { codes } = await recordCounterDay(test)
  await test.app.close()
  await connection.close()
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const wanted = codes.flatMap(code => [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', '').toLowerCase()])
  let slipsSeen = false
  for (const file of files) {
    const bytes = await readFile(file)
    slipsSeen ||= bytes.includes('Seen by somebody else')
    for (const code of wanted) if (bytes.includes(code)) t.fail(`a code is in ${file}`)
  }
  t.ok(slipsSeen, 'the right files were read')
})

t.test('never prints an activation code', async t => {
  const answer = await postSlip(test, await test.signIn('agent'), await buildIssueRequest(test, 'onnhe9102'))
  const code = await readPrintedCode(answer.rawPayload)
  for (const printed of [inspect(code), inspect({ code }, { depth: 9, showHidden: true }), String(code), `${String(code)}`, JSON.stringify({ code }), Object.keys(code).join(), JSON.stringify(Object.entries(code))]) {
    t.notOk(spellings(code.reveal()).some(spelling => printed.includes(spelling)), printed)
  }
})
