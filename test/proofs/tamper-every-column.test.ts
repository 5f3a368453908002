/** Changes each column that an event binds, as a database superuser, and expects the comparison with the log to name it. */
import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import t, { type Test } from 'tap'
import type { Database } from '../../src/database/schema.js'
import { dispatchEnvelopes } from '../../src/deliveries/dispatches/dispatch-envelopes.js'
import { listExpectedEnvelopes, recordCount, toSortedNumbers } from '../../src/deliveries/porter/counts/record-count.js'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { tableBindings } from '../../src/proofs/bindings/all-tables.js'
import { type ColumnBinding, type TableBindings, WHOLE_ROW } from '../../src/proofs/bindings/binding.js'
import { verifyPostcodes } from '../../src/proofs/verify-postcodes.js'
import { verifyRecords } from '../../src/proofs/verify-records.js'
import { verifySchema } from '../../src/proofs/verify-schema.js'
import { tableVerifications, verifyTables } from '../../src/proofs/verify-tables.js'
import { requestErasure } from '../../src/retention/erase-holder.js'
import { generateActivationCode } from '../../src/slips/codes.js'
import { addStaff, changeStaff } from '../../src/staff/administration/manage-staff.js'
import { resetStaffPassword } from '../../src/staff/administration/staff-passwords.js'
import { createApiToken, listApiTokens, revokeApiToken } from '../../src/staff/api-tokens.js'
import { confirmRequest } from '../../src/staff/confirmations/decide.js'
import type { Session } from '../../src/staff/session.js'
import { buildTestApp, type TestApp } from '../helpers/app.js'
import { seedFullHistory, verifyTestLog } from '../helpers/full-history.js'
import { buildIssueRequest, issueSlipNumber, postSlip, readPrintedCode, requireAccountId, requireStaffId, tryCode } from '../helpers/issue-slips.js'
import { appendManyEvents, sealTestLog } from '../helpers/transparency-log.js'

const test = await buildTestApp(t)
const { db } = test.deps
await seedFullHistory(test)
await seedOtherTables(test)
await seedConfirmationRequests(test)
// Enough events for a stored subtree. All are sealed: any row may be the one that is changed, and an event that is not
// sealed yet is not verified yet.
await appendManyEvents(db, 256)
await sealTestLog(db, test.deps.logSettings)

/** Adds what the history of slips lacks: a batch, a count, an export, wrong codes and a released reservation. */
async function seedOtherTables (test: TestApp): Promise<void> {
  const { deps, api, signIn } = test
  const sessionOf = async (login: string, role: 'agent' | 'porter', id: string, kind: 'helpdesk' | 'porter'): Promise<Session> => {
    const staff = { id: await requireStaffId(test, login), login, name: login, roles: [role] }
    return { id: staff.id, clientType: 'page', mustChangePassword: false, staff, servicePoint: { id, kind, name: { fi: id, sv: id, en: id } }, endsAt: deps.now() }
  }
  const agent = await signIn('agent')
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'annko4420', 'porter'))
  await dispatchEnvelopes(deps, await sessionOf('agent', 'agent', 'helpdesk-karamalmi', 'helpdesk'), { desk: 'porter-arabia', numbers: [number] })
  const envelopes = toSortedNumbers(await listExpectedEnvelopes(db, 'porter-arabia', deps.now()))
  await recordCount(deps, await sessionOf('porter', 'porter', 'porter-arabia', 'porter'), envelopes, { counted: envelopes.here.length, expected: envelopes.here.length, missing: [], unexpected: [] })
  await issueSlipNumber(test, agent, { ...await buildIssueRequest(test, 'olgka2290'), latinName: { value: 'Olga Kuznetsova', reason: 'document' } })
  const answer = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101'), { 'idempotency-key': 'one' })
  const code = await readPrintedCode(answer.rawPayload)
  const reserved = await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: 'lukng2101', code: code.reveal(), reserve: true } })
  await api(DEMO_IDENTITY_TOKEN, { method: 'DELETE', url: `/redemptions/${reserved.json<{ reservation: string }>().reservation}` })
  for (let left = 5; left > 0; left--) await tryCode(deps, 'lukng2101', generateActivationCode(randomBytes))
  const exported = await api(await signIn('auditor'), { url: '/delivery-records?format=csv&channel=porter&agent=agent' })
  await resetStaffPassword({ ...deps, fourEyes: false }, await requireStaffId(test, 'hr'), 'system')
  await createApiToken(deps, 'revoked', randomBytes)
  await revokeApiToken(deps, (await listApiTokens(db)).find(({ name }) => name === 'revoked')!.id)
  if (reserved.statusCode !== 200 || exported.statusCode !== 200) throw new Error(reserved.body + exported.body)
}

/** Adds a request that was confirmed, and one that waits. */
async function seedConfirmationRequests (test: TestApp): Promise<void> {
  const { deps } = test
  const admin = await requireStaffId(test, 'admin')
  const firstPassword = { mustChangePassword: false, passwordExpiresAt: null }
  const { id: second } = await addStaff({ ...deps, fourEyes: false }, { login: 'second', name: 'Second', roles: ['administrator'], servicePoints: [], password: 'words and spaces are fine', firstPassword }, 'system')
  await changeStaff({ ...deps, fourEyes: true }, await requireStaffId(test, 'agent'), { kind: 'assign', roles: ['agent', 'auditor'], servicePoints: ['helpdesk-karamalmi'] }, `staff:${admin}`)
  await confirmRequest(deps, (await db.selectFrom('confirmation_requests').select('id').executeTakeFirstOrThrow()).id, second, async () => {})
  await requestErasure({ ...deps, fourEyes: true }, { actor: `staff:${admin}`, login: 'admin' }, await requireAccountId(test, 'matvi1207'), 'holder-asked')
}

interface Column { readonly table: string, readonly name: string, readonly type: string }

const columns = (await sql<Column>`
  select table_name as table, column_name as name, udt_name as type from information_schema.columns join information_schema.tables using (table_schema, table_name)
  where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'kysely%' order by table_name, ordinal_position`.execute(db)).rows

t.test('every column of the schema says what binds it, and no other', async t => {
  const listed = Object.entries(tableBindings).flatMap(([table, bindings]) => Object.keys(bindings).map(column => `${table}.${column}`))
  t.strictSame(listed.sort(), columns.map(({ table, name }) => `${table}.${name}`).sort())
})

t.test('nothing differs before a change', async t => {
  for (const table of ['log_leaves', 'postcodes']) t.strictSame(await listDifferences(db, table), [])
})

/** Without the schema's, which names the dropped constraints and triggers. */
const rowVerifications = tableVerifications.filter(verify => verify !== verifySchema)
/** The comparisons of most tables. The register of postcodes takes longer than all others together. */
const quickVerifications = rowVerifications.filter(verify => verify !== verifyPostcodes)

/** Returns the places that `audit verify` names when this table has changed, without the number of a step. */
async function listDifferences (trx: Kysely<Database>, table: string): Promise<string[]> {
  if (/^(log|audit)_/.test(table)) {
    const log = await verifyTestLog(test, trx)
    // As in the command: a log that differs from what was signed proves nothing about a row.
    if ('kind' in log || log.verdict.fault !== undefined) return ['the log']
    if (log.texts.fault !== undefined) return ['audit_texts']
  }
  const { fault } = await verifyRecords(trx)
  const tables = await verifyTables(trx, table.startsWith('postcode') ? rowVerifications : quickVerifications)
  return [
    ...fault === undefined ? [] : [fault.place.replace(/\[\d+\]/, '')],
    ...tables.map(({ table, column }) => column === undefined ? table : `${table}.${column}`),
  ]
}

/** Lifts what the database itself refuses. A superuser can do that too. */
async function dropConstraintsAndTriggers (): Promise<void> {
  const { rows } = await sql<{ table: string, name: string }>`
    select conrelid::regclass::text as table, conname as name from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f') order by contype desc`.execute(db)
  for (const { table, name } of rows) await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(db)
  await sql`alter table audit_events alter column sequence set generated by default`.execute(db)
  for (const table of new Set(columns.map(column => column.table))) await sql`alter table ${sql.table(table)} disable trigger user`.execute(db)
}

/** Another value of the column's type. */
function changeValue ({ name, type }: Column) {
  const value = sql.ref(name)
  switch (type) {
    case 'bool': return sql`not ${value}`
    case 'int2': case 'int4': case 'int8': return sql`${value} - 1`
    case 'timestamptz': return sql`${value} - interval '1 day'`
    case 'date': return sql`${value} - 1`
    case 'uuid': return sql`gen_random_uuid()`
    case 'bytea': return sql`sha256(${value})`
    case 'jsonb': return sql`${value} || '{"altered": true}'`
    case '_text': return sql`${value} || '{altered}'`
    case 'text': return sql`${value} || 'x'`
    default: throw new TypeError(`no other value for the type ${type}`)
  }
}

/** Rows that are compared whole: personal texts are not erased, and wrong codes belong to a slip. */
const comparedRows: Readonly<Record<string, string>> = {
  slips: 'texts_erased_at is null', deliveries: 'address_erased_at is null', identity_checks: 'erased_at is null', slip_steps: 'note_erased_at is null', code_tries: 'tries > 0',
}

/** Changes the column in one row. @returns what is named then; undefined when no row has a value */
async function listDifferencesAfterChange (column: Column): Promise<string[] | undefined> {
  let found: string[] | undefined
  const undone = new Error('undone')
  await db.transaction().execute(async trx => {
    const { numAffectedRows } = await sql`update ${sql.table(column.table)} set ${sql.ref(column.name)} = ${changeValue(column)} where ctid = (
      select ctid from ${sql.table(column.table)} where ${sql.ref(column.name)} is not null and ${sql.raw(comparedRows[column.table] ?? 'true')} order by ${sql.ref(column.name)} limit 1)`.execute(trx)
    if (numAffectedRows === 1n) found = await listDifferences(trx, column.table)
    throw undone
  }).catch((error: unknown) => { if (error !== undone) throw error })
  return found
}

t.test('names each changed column', async t => {
  await dropConstraintsAndTriggers()
  for (const [table, bindings] of Object.entries(tableBindings)) await t.test(table, async t => await expectNamed(t, table, bindings))
})

async function expectNamed (t: Test, table: string, bindings: TableBindings): Promise<void> {
  for (const [name, binding] of Object.entries(bindings)) {
    const expected = nameOf(table, name, binding)
    if (expected === undefined) continue
    const found = await listDifferencesAfterChange(columns.find(column => column.table === table && column.name === name)!)
    t.ok(found?.some(place => place === expected || (expected === table && place.startsWith(`${table}.`))), `${table}.${name}: expected ${expected}, found ${found?.join() ?? 'no row with a value'}`)
  }
}

/** What `audit verify` names when the column differs; undefined when it does not compare it. */
function nameOf (table: string, column: string, binding: ColumnBinding): string | undefined {
  if (binding.kind === 'not-bound' || (binding.kind === 'derived' && !binding.isCompared)) return undefined
  if (binding.kind === 'derived' || binding.namedAs === WHOLE_ROW) return table
  if (binding.by === 'the signed checkpoints') return 'the log'
  return binding.namedAs ?? `${table}.${column}`
}
