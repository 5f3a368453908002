import { createHash, randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { sql } from 'kysely'
import t from 'tap'
import { toVerifierKeys } from '../../../src/audit/sealing/log-crypto.js'
import { toNdjson } from '../../../src/deliveries/exports/formats.js'
import type { Manifest } from '../../../src/deliveries/exports/manifest.js'
import { openRecordReader, streamRecords } from '../../../src/deliveries/exports/record-reader.js'
import { type ExportRequest, startExport } from '../../../src/deliveries/exports/run-export.js'
import { ExportProgressStore, type ProgressState } from '../../../src/deliveries/exports/running-exports.js'
import { toXlsx } from '../../../src/deliveries/exports/xlsx.js'
import type { DeliveryRecord, FlatRecord } from '../../../src/deliveries/records/delivery-record.js'
import { buildTestApp } from '../../helpers/app.js'
import { createEvidenceFile, judgeFiles, zipFiles } from '../../helpers/evidence.js'
import { type InsertedSlip, insertSlips } from '../../helpers/insert-slips.js'
import { listAuditEvents, requireStaffId } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'
import { postgresOnly } from '../../helpers/processes.js'
import { unzipFiles } from '../../helpers/zip-files.js'
import { pick, readProblem } from '../../helpers/projections.js'

const zone = 'Europe/Helsinki'
const hasSnapshots = process.env['DATABASE_URL'] !== undefined
const test = await buildTestApp(t, { hasSnapshots })
const { api, deps, clock } = test
const slips: InsertedSlip[] = []
for (let part = 0; part < 5; part++) slips.push(...await insertSlips(test, Array.from({ length: 500 }, () => ({ channel: 'counter', state: 'handed-over', place: 'holder' } as const))))
const auditor = await test.signIn('auditor')
const by = { id: randomUUID(), clientType: 'page', staff: { id: await requireStaffId(test, 'auditor'), login: 'auditor', name: 'Auditor', roles: ['auditor'] }, servicePoint: null, mustChangePassword: false, endsAt: clock.now() } as const
const linesRequest: ExportRequest = { format: 'ndjson', filter: {}, fileName: 'records.ndjson', columns: [], render: ({ records }) => toNdjson(records()) }
const keys = toVerifierKeys(deps.logSettings.keys, deps.logSettings.origin)
/** Verifies an export. Sequence numbers have gaps, so the event's place is compared with the end of the log. */
async function exportVerdict (zip: Buffer) {
  const [[key, values] = []] = await verdictOn(zip) as Array<[string, Record<string, number>]>
  return [key, { files: values?.['files'], rows: values?.['rows'], leavesAfter: Number(values?.['size']) - Number(values?.['leaf']) }]
}

const verdictOn = async (zip: Buffer) => await judgeFiles(keys, [createEvidenceFile('export.zip', zip)])
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

t.test('exports every record once, in list order, over several pages', async t => {
  const answer = await api(auditor, { url: '/delivery-records?format=ndjson' })
  t.equal(answer.headers['total-rows'], '2500')
  const numbers = answer.body.trimEnd().split('\n').map(line => (JSON.parse(line) as DeliveryRecord).slipNumber)
  t.strictSame(numbers, slips.map(({ number }) => number).sort().reverse())
})

t.test('describes the file in its manifest and in the log', async t => {
  const answer = await api(auditor, { url: '/delivery-records?format=csv&channel=counter&state=handed-over' })
  const [, path] = /<\/api\/v1(\/delivery-records\/exports\/[0-9a-f-]{36})>; rel="describedby"/.exec(String(answer.headers.link))!
  const manifest = await api(auditor, { url: path! })
  t.equal(manifest.statusCode, 200)
  const { id, lastSequence, ...rest } = manifest.json<Manifest>().export
  t.strictSame(pick(rest, 'exportedBy', 'exportedAt', 'format', 'filter', 'rows', 'files'), {
    exportedBy: 'auditor',
    exportedAt: '2026-11-19T09:30:00+02:00',
    format: 'csv',
    filter: { channel: 'counter', state: 'handed-over' },
    rows: 2500,
    files: [{ name: 'delivery-records-2026-11-19.csv', bytes: answer.rawPayload.length, sha256: sha256(answer.rawPayload) }],
  })
  const read = await deps.db.selectFrom('audit_events').select('sequence').where('kind', '=', 'delivery-records-read').where(sql<string>`facts->>'exportId'`, '=', id).executeTakeFirstOrThrow()
  t.equal(lastSequence, read.sequence, 'up to the event of the export itself')
  const event = (await listAuditEvents(test, 'delivery-records-exported')).at(-1)!
  t.strictSame([event.actor, event.texts], [`staff:${by.staff.id}`, {}])
  t.strictSame(pick(event.facts, 'exportId', 'whole', 'rows', 'bytes', 'sha256'), {
    exportId: id, whole: true, rows: 2500, bytes: answer.rawPayload.length, sha256: sha256(answer.rawPayload),
  })
  t.equal((await api(auditor, { url: `/delivery-records/exports/${randomUUID()}` })).statusCode, 404)
  t.equal((await api(await test.signIn('agent'), { url: path! })).statusCode, 403)
})

t.test('exports file and manifest in one ZIP from the page', async t => {
  const browser = createPageClient(test.app)
  await browser.signIn('auditor')
  for (const format of ['csv-comma', 'ndjson', 'json', 'xlsx', 'pdf']) {
    const ticket = randomUUID()
    const { rawPayload } = await browser.get(`/delivery-records/export?format=${format}&ticket=${ticket}&from=1.11.2026`)
    const files = unzipFiles(rawPayload)
    const [name, manifestName] = Object.keys(files)
    t.equal(manifestName, 'manifest.json')
    const manifest = JSON.parse(files['manifest.json']!.toString()) as Manifest
    t.strictSame(pick(manifest.export, 'rows', 'filter', 'files'), { rows: 2500, filter: { from: '2026-11-01' }, files: [{ name, bytes: files[name!]!.length, sha256: sha256(files[name!]!) }] })
    t.strictSame(await exportVerdict(rawPayload), ['results.export', { files: 1, rows: 2500, leavesAfter: 1 }], `${format}: the verifier finds nothing wrong`)
    t.strictSame(await verdictOn(await zipFiles({ ...files, [name!]: Buffer.concat([files[name!]!, Buffer.from(' ')]) })), [['faults.file-altered', { file: name }]])
    t.equal((await browser.get(`/delivery-records/export/progress/${ticket}`)).json().state, 'whole')
  }
  t.equal((await browser.get(`/delivery-records/export/progress/${randomUUID()}`)).json<{ state: string }>().state, 'unknown')
})

t.test('completes an empty export with a header and a manifest', async t => {
  const browser = createPageClient(test.app)
  await browser.signIn('auditor')
  for (const format of ['csv-comma', 'csv-semicolon', 'ndjson', 'json', 'xlsx', 'pdf']) {
    const { rawPayload } = await browser.get(`/delivery-records/export?format=${format}&from=1.1.2020&to=2.1.2020`)
    const files = unzipFiles(rawPayload)
    const { export: made } = JSON.parse(files['manifest.json']!.toString()) as Manifest
    t.strictSame(pick(made, 'rows', 'filter'), { rows: 0, filter: { from: '2020-01-01', to: '2020-01-02' } }, format)
    t.strictSame(await exportVerdict(rawPayload), ['results.export', { files: 1, rows: 0, leavesAfter: 1 }], format)
    if (format === 'csv-comma') t.match(Object.values(files)[0]!.toString(), /^"slipNumber","username",.*,"steps"\r\n$/)
    if (format === 'xlsx') t.match(unzipFiles(Object.values(files)[0]!)['xl/worksheets/sheet1.xml']!.toString(), '<autoFilter ref="A1:L1"/>')
  }
})

t.test('stops querying when the reader stops', async t => {
  const reading = await openRecordReader(deps)
  let queries = 0
  const counting = {
    ...reading,
    page: async (...[select]: Parameters<typeof reading.page>) => {
      queries++
      return await reading.page(select)
    },
  }
  const pages = streamRecords(counting, { filter: {}, zone, now: clock.now() })
  t.equal((await pages.next()).value?.length, 1000)
  await pages.return(undefined)
  await reading.close()
  t.equal(queries, 2, 'two of three pages: the first, and the one that was read ahead')
})

t.test('records a cancelled export as failed, without a manifest', async t => {
  const running = await startExport(deps, by, linesRequest)
  const file = running.file()
  await file.next()
  await file.return(undefined)
  await running.close()
  await running.close()
  t.strictSame(pick((await listAuditEvents(test, 'delivery-records-exported')).at(-1), 'facts'), { facts: { exportId: running.id, whole: false, rows: 1000 } })
  const answer = await api(auditor, { url: `/delivery-records/exports/${running.id}` })
  t.equal(answer.statusCode, 409)
  t.strictSame(readProblem(answer), { status: 409, code: 'conflict' })
})

const record: FlatRecord = { slipNumber: 'ABC', username: '=1+1', displayName: 'Ольга <&>\u0001', affiliation: 'student', channel: 'counter', state: 'voided', issuedAt: '2026-11-19T09:30:00+02:00', issuedBy: 'agent', servicePoint: 'x', requestReference: null, trackingNumber: null, steps: '' }

t.test('continues in a second sheet when the first is full', async t => {
  const page = Array.from({ length: 400 }, () => record)
  async function * pages () { for (let i = 0; i < 3; i++) yield page }
  const chunks: Buffer[] = []
  for await (const chunk of toXlsx(pages(), clock.now(), 1000)) chunks.push(chunk as Buffer)
  const files = unzipFiles(Buffer.concat(chunks))
  t.match(files['xl/workbook.xml']!.toString(), /name="Delivery records".*name="Delivery records 2"/)
  t.match(files['xl/worksheets/sheet1.xml']!.toString('utf8').slice(-80), '<autoFilter ref="A1:L801"/></worksheet>')
  const second = files['xl/worksheets/sheet2.xml']!
  t.match(second.toString('utf8').slice(-80), '<autoFilter ref="A1:L401"/></worksheet>')
  t.match(second.toString('utf8', 0, 4000), '<c t="inlineStr" s="3"><is><t xml:space="preserve">=1+1</t></is></c><c t="inlineStr" s="3"><is><t xml:space="preserve">Ольга &lt;&amp;&gt;\ufffd</t></is></c>')
})

t.test('escapes text that a workbook would read as the code of a character', async t => {
  const texts = ['REQ_x0041_7', '_x000a_', '_x00E4_', '_x005F_', '_x005F_x0041_', '_x0041_x0042_', '__x0041__', '_x41_', '_xyyyy_', 'x0041_']
  async function * pages () { yield texts.map(text => ({ ...record, requestReference: text })) }
  const chunks: Buffer[] = []
  for await (const chunk of toXlsx(pages(), clock.now())) chunks.push(chunk as Buffer)
  const sheet = unzipFiles(Buffer.concat(chunks))['xl/worksheets/sheet1.xml']!.toString()
  const written = sheet.split('<row>').slice(2).map(row => [...row.matchAll(/<t [^>]*>([^<]*)<\/t>|<c\/>/g)].map(match => match[1])[8]!)
  t.equal(written[0], 'REQ_x005F_x0041_7')
  // As ECMA-376 part 1, 22.9.2.19 describes it, from left to right.
  const decode = (text: string) => text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  t.strictSame(written.map(decode), texts)
})

t.test('fails only the export whose connection the database ends', postgresOnly, async t => {
  for (let times = 0; times < 12; times++) {
    const running = await startExport(deps, by, linesRequest)
    const file = running.file()
    await file.next()
    // Retries, because the reader may be fetching a page, and then its connection is not idle.
    for (let ended = 0; ended === 0;) {
      ended = (await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction' and query like 'fetch%'`.execute(deps.db)).rows.length
    }
    await t.rejects(async () => { while (!(await file.next()).done); })
    await running.close()
    t.strictSame(pick((await listAuditEvents(test, 'delivery-records-exported')).at(-1)!.facts, 'exportId', 'whole'), { exportId: running.id, whole: false })
  }
  t.equal((await api(auditor, { url: '/delivery-records?format=csv&to=2020-01-01' })).statusCode, 200, 'more often than there are connections, so each connection was released')
})

t.test('reports an export that cannot be finished as incomplete', async t => {
  const states: ProgressState[] = []
  const progress = new ExportProgressStore()
  const running = await startExport(deps, by, { ...linesRequest, progress: progress.startTracking('ticket') })
  // Simulates a full disk for CHECKPOINT_FILE.
  Object.assign(deps.logSettings, { checkpointFile: '/dev/full' })
  const file = running.file()
  await t.rejects(async () => { while (!(await file.next()).done) states.push(progress.getProgress('ticket')) }, { code: 'ENOSPC' })
  await running.close()
  Object.assign(deps.logSettings, { checkpointFile: undefined })
  t.strictSame(states.at(-1), { rows: 2500, of: 2500, state: 'running' })
  t.strictSame(pick(progress.getProgress('ticket'), 'state'), { state: 'broken' })
  t.strictSame(pick((await listAuditEvents(test, 'delivery-records-exported')).at(-1), 'facts'), { facts: { exportId: running.id, whole: false, rows: 2500 } })
  t.equal((await api(auditor, { url: `/delivery-records/exports/${running.id}` })).statusCode, 409)
})

for (const path of ['/api/v1/delivery-records?format=ndjson', '/delivery-records/export?format=csv-comma']) {
  t.test(`stops the database query when the reader leaves: ${path}`, postgresOnly, async t => {
    const endless = await buildTestApp(t, { hasSnapshots })
    await insertSlips(endless, [{ channel: 'counter', state: 'handed-over', place: 'holder' }])
    await sql.raw('alter table slip_steps rename to slip_steps_kept').execute(endless.deps.db)
    await sql.raw(`create view slip_steps as select id, slip_id, step, from_state, to_state, at, staff_id, service_point_id, identity_check_id, token_id,
      pg_sleep(600)::text as note from slip_steps_kept`).execute(endless.deps.db)
    const browser = createPageClient(endless.app)
    await browser.signIn('auditor')
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers: Record<string, string> = path.startsWith('/api') ? { authorization: `Bearer ${await endless.signIn('auditor')}` } : { cookie }
    const running = async () => (await sql<{ query: string }>`select query from pg_stat_activity
      where datname = current_database() and state = 'active' and query like 'fetch%'`.execute(endless.deps.db)).rows.length
    const until = async (holds: () => Promise<boolean>) => { while (!await holds()) await new Promise(resolve => setTimeout(resolve, 20)) }
    const reader = get(`${await endless.app.listen({ port: 0 })}${path}`, { headers })
    reader.once('response', answer => answer.once('error', () => {}).resume()).once('error', () => {})
    await until(async () => await running() === 1)
    reader.destroy()
    await until(async () => await running() === 0)
    await until(async () => (await listAuditEvents(endless, 'delivery-records-exported')).length === 1)
    t.strictSame(pick((await listAuditEvents(endless, 'delivery-records-exported')).at(-1)!.facts, 'whole', 'rows'), { whole: false, rows: 0 })
  })
}

t.test('never presents a failed export as complete', async t => {
  const last = slips.map(({ id, number }) => ({ id, number })).sort((a, b) => a.number < b.number ? -1 : 1)[0]!
  await sql.raw('alter table slip_steps rename to slip_steps_kept').execute(deps.db)
  await sql.raw(`create view slip_steps as select id, slip_id, step, from_state, to_state, at, staff_id, service_point_id, identity_check_id, token_id,
    case when slip_id = '${last.id}' then (1 / (length(step) - length(step)))::text else note end as note from slip_steps_kept`).execute(deps.db)
  const address = await test.app.listen({ port: 0 })
  const taken = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(`${address}${path}`, { headers })
    const pieces: Uint8Array[] = []
    let isWhole = true
    try {
      for await (const piece of answer.body!) pieces.push(piece as Uint8Array)
    } catch {
      isWhole = false
    }
    return { isWhole, status: answer.status, body: Buffer.concat(pieces) }
  }
  for (const format of ['ndjson', 'csv', 'json', 'xlsx']) {
    const { isWhole, status, body } = await taken(`/api/v1/delivery-records?format=${format}`, { authorization: `Bearer ${auditor}` })
    t.equal(status, 200, `${format}: the transfer had begun`)
    t.notOk(isWhole, `${format}: the connection broke off`)
    if (format === 'json') t.throws(() => { JSON.parse(body.toString()) })
    if (format === 'xlsx') t.throws(() => unzipFiles(body), 'a workbook without its end')
    t.equal((await listAuditEvents(test, 'delivery-records-exported')).at(-1)!.facts['whole'], false, format)
  }
  const browser = createPageClient(test.app)
  await browser.signIn('auditor')
  const { isWhole, body } = await taken('/delivery-records/export?format=csv-comma', { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') })
  t.notOk(isWhole)
  t.throws(() => unzipFiles(body))
})
