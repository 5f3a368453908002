import { readFile, stat } from 'node:fs/promises'
import { Command } from 'commander'
import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { registerRetentionCommands } from '../../src/cli/retention.js'
import { countStoredData } from '../../src/retention/queries.js'
import type { HolderData } from '../../src/retention/holder-data.js'
import { buildTestApp } from '../helpers/app.js'
import { requireAccountId, listAuditEvents, requireStaffId } from '../helpers/issue-slips.js'
import { dumpAllTables } from '../helpers/database.js'
import { createMarkedHolder } from '../helpers/full-history.js'
import { createPageClient } from '../helpers/page-client.js'
import { readPdf } from '../helpers/read-pdf.js'
import { pick, pickEach } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps } = test
const holder = await createMarkedHolder(test, '71', 'RR473124829FI')
const admin = createPageClient(test.app)
await admin.signIn('admin')
/** Posts a form of the holder's page. */
const send = async (path: string, form: Record<string, string> = {}) => {
  await admin.get(`/holders/${holder.id}`)
  return await admin.post(`/holders/${holder.id}/${path}`, form)
}

t.test('lets only administrators find a holder, by exact identifier', async t => {
  for (const login of ['agent', 'porter', 'auditor']) {
    const browser = createPageClient(test.app)
    await browser.signIn(login)
    for (const url of ['/holders', `/holders/${holder.id}`, `/holders/${holder.id}/erase`]) t.equal((await browser.get(url)).statusCode, 403, `${login} ${url}`)
    for (const url of ['data.json', 'data.pdf', 'erase']) t.equal((await browser.post(`/holders/${holder.id}/${url}`, {})).statusCode, 403, `${login} ${url}`)
  }
  for (const q of [holder.username, '990071', holder.id, ` ${holder.username.toUpperCase()} `]) {
    t.equal((await admin.get(`/holders?q=${encodeURIComponent(q)}`)).headers.location, `/holders/${holder.id}`, q)
  }
  for (const q of ['marky', 'Žofie71 Mårker71', 'Mårker71', '%', 'erased:', '00000000-0000-4000-8000-000000000000', '\0']) {
    const answer = await admin.get(`/holders?q=${encodeURIComponent(q)}`)
    t.equal(answer.statusCode, 200, JSON.stringify(q))
    t.match(answer.body, /No account has exactly/, JSON.stringify(q))
  }
  for (const id of ['x', '00000000-0000-4000-8000-000000000000']) t.equal((await admin.get(`/holders/${id}`)).statusCode, 404)
})

t.test('exports all data as JSON, without hashes, salts or staff names', async t => {
  const { code_hmac: hmac } = await deps.db.selectFrom('slips').select('code_hmac').where('number', '=', holder.numbers[2]).executeTakeFirstOrThrow()
  const salts = (await deps.db.selectFrom('audit_texts').select('salt').execute()).map(({ salt }) => salt)
  const answer = await send('data.json')
  t.matchOnlyStrict(pick(answer.headers, 'content-type', 'cache-control', 'content-disposition'), { 'content-type': /json/, 'cache-control': 'no-store', 'content-disposition': /attachment/ })
  const data = answer.json<HolderData>()
  for (const marker of holder.markers.filter(marker => !/^(zofie|marker|latin)/.test(marker))) t.ok(answer.body.includes(marker), marker)
  for (const bytes of [hmac, ...salts]) for (const encoding of ['hex', 'base64', 'base64url'] as const) t.notOk(answer.body.includes(bytes.toString(encoding)))
  for (const login of ['agent', 'porter']) {
    t.notOk(answer.body.includes(await requireStaffId(test, login)))
    const { name } = await deps.db.selectFrom('staff').select('name').where('login', '=', login).executeTakeFirstOrThrow()
    t.notOk(answer.body.includes(name), name)
  }
  t.notMatch(answer.body, /hmac|salt|digest|password of|argon/i)
  t.strictSame(data.slips.map(slip => slip.number), holder.numbers)
  const [toPorter] = data.slips
  t.strictSame(pick(toPorter, 'channel', 'state', 'voidReason', 'requestKeys'), { channel: 'porter', state: 'voided', voidReason: 'superseded', requestKeys: [`${holder.username}-porter`] })
  t.equal(toPorter!.delivery.porter, 'porter-arabia')
  t.strictSame(toPorter!.alerts.map(alert => alert.tries), [1])
  t.strictSame(pickEach(toPorter!.identityChecks, 'documentType', 'issuingCountry', 'nameMatches', 'nameReason'), [
    { documentType: 'passport', issuingCountry: 'MH', nameMatches: false, nameReason: 'name-reason-71' },
  ])
  t.strictSame(pickEach(data.slips[2]!.identityChecks, 'validUntil', 'birthDateMatches', 'birthDateReason'), [
    { validUntil: 'none', birthDateMatches: null, birthDateReason: 'birth-date-reason-71' },
  ])
  t.strictSame(pickEach(toPorter!.steps, 'step', 'by', 'servicePoint'), [
    { step: 'issue', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
    { step: 'dispatch', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
    { step: 'receive', by: 'porter', servicePoint: 'porter-arabia' },
    { step: 'hand-over', by: 'porter', servicePoint: 'porter-arabia' },
    { step: 'void', by: 'agent', servicePoint: 'helpdesk-karamalmi' },
  ])
  t.equal(data.events.length, (await countStoredData(deps.db, holder.id)).events - 1, 'all events except the one of this export')
  t.strictSame(pickEach(await listAuditEvents(test, 'holder-data-exported'), 'account', 'actor', 'slip', 'service_point', 'facts', 'texts'), [
    { account: holder.id, actor: `staff:${await requireStaffId(test, 'admin')}`, slip: null, service_point: null, facts: { format: 'json' }, texts: {} },
  ])
})

t.test('prints the same data in the holder’s language, without names in metadata', async t => {
  const answer = await send('data.pdf')
  t.strictSame(pick(answer.headers, 'content-type', 'cache-control'), { 'content-type': 'application/pdf', 'cache-control': 'no-store' })
  const { pages, metadata, tagged, language, ...first } = await readPdf(answer.rawPayload)
  const text = [first, ...await Promise.all(Array.from({ length: pages - 1 }, async (_, i) => await readPdf(answer.rawPayload, i + 2)))].map(page => page.text).join(' ')
  const plain = text.replace(/\s+/g, ' ')
  for (const words of ['Dina uppgifter', 'Žofie71 Mårker71', '14.3.1987', 'REF-L-71', 'Street-71', 'RR473124829FI', 'name-reason-71', 'om födelsedatumet: birth-date-reason-71', 'utan sista giltighetsdag', 'returned-words-71', 'Marshallöarna', '3.3.2033', 'en vaktmästare', ...holder.numbers]) {
    t.match(plain, words)
  }
  t.notMatch(metadata, /Mårker|marky/)
  t.strictSame({ tagged, language }, { tagged: true, language: 'sv' })
  t.equal((await listAuditEvents(test, 'holder-data-exported')).length, 2)
})

t.test('exports at the command line, and a dry run erases nothing', async t => {
  const command = async (...words: string[]) => {
    const lines: string[] = []
    const program = new Command().exitOverride()
    registerRetentionCommands(program, { db: deps.db, now: deps.now, printLine: line => lines.push(line) }, async () => metropolia)
    await program.parseAsync(words, { from: 'user' })
    return lines.join('\n')
  }
  const exported = JSON.parse(await command('holder', 'export', holder.username)) as HolderData
  t.equal(exported.account.id, holder.id)
  const file = `${t.testdir()}/data.pdf`
  await command('holder', 'export', '990071', '--format', 'pdf', '--out', file)
  t.equal((await readFile(file)).subarray(0, 5).toString(), '%PDF-')
  t.equal((await stat(file)).mode & 0o777, 0o600)
  await t.rejects(command('holder', 'export', holder.username, '--format', 'pdf', '--out', file), { code: 'EEXIST' })
  const before = await dumpAllTables(deps.db)
  const preview = await command('holder', 'erase', holder.username, '--dry-run')
  t.match(preview, /Addresses and tracking numbers 1, .*Would remain: 3 slips/)
  t.match(preview, `The right code of slip ${holder.numbers[0]} was entered`)
  t.match(await command('retention', 'run', '--dry-run', '--list'), 'Would be erased: addresses 0, details 0, sign-ins 0, file-names 0, accounts 0.')
  await t.rejects(command('holder', 'erase', holder.username), { message: /The right code of slip/ })
  await t.rejects(command('holder', 'erase', 'nobody'), { message: /No account has exactly/ })
  t.equal(await dumpAllTables(deps.db), before)
})

t.test('shows what an erasure removes and asks for reason and confirmation', async t => {
  t.match((await admin.get(`/holders/${holder.id}/erase`)).body, new RegExp(`The data cannot be erased yet[\\s\\S]*${holder.numbers[0]}`))
  const blocked = await send('erase', { reason: 'holder-asked', sure: 'yes' })
  t.equal(blocked.statusCode, 409)
  t.match(blocked.body, `The right code of slip ${holder.numbers[0]} was entered`)
  await deps.db.updateTable('code_alerts').set({ settled_at: deps.now(), settled_by: await requireStaffId(test, 'agent') }).execute()
  const page = (await admin.get(`/holders/${holder.id}/erase`)).body
  t.match(page, /Addresses and tracking numbers: 1/)
  t.match(page, /3 slips with their numbers/)
  const wrong = await send('erase', { reason: 'because' })
  t.equal(wrong.statusCode, 400)
  t.match(wrong.body, /Choose a reason\.[\s\S]*Confirm the person’s identity and the reason for erasure, then tick the box\./)

  t.equal((await send('erase', { reason: 'holder-asked', sure: 'yes' })).headers.location, `/holders/${holder.id}`)
  const after = (await admin.get(`/holders/${holder.id}`)).body
  t.match(after, /This holder’s personal data has been erased/)
  t.notMatch(after, /erased:|\(erased\)|Download/)
  t.strictSame(pickEach(await listAuditEvents(test, 'holder-erased'), 'actor', 'account', 'slip', 'service_point', 'facts', 'texts'), [
    { actor: `staff:${await requireStaffId(test, 'admin')}`, account: holder.id, slip: null, service_point: null, facts: { reason: 'holder-asked', slips: 3 }, texts: {} },
  ])
  for (const path of ['data.json', 'data.pdf', 'erase']) t.equal((await send(path, { reason: 'holder-asked', sure: 'yes' })).statusCode, 404, path)
  t.match((await admin.get(`/holders?q=${holder.username}`)).body, /No account has exactly/)
  const own = await requireAccountId(test, 'agent')
  t.equal((await admin.get(`/holders/${own}`)).statusCode, 200)
})
