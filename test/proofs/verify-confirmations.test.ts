/** Compares the requests for a second administrator's confirmation with their events. */
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import type { Database } from '../../src/database/schema.js'
import { verifyConfirmations } from '../../src/proofs/verify-confirmations.js'
import { changeStaff } from '../../src/staff/administration/manage-staff.js'
import { confirmRequest, declineRequest, expireRequests, withdrawRequest } from '../../src/staff/confirmations/decide.js'
import { addStaff, buildTestApp } from '../helpers/app.js'
import { findAfterTampering } from '../helpers/full-history.js'

const test = await buildTestApp(t, { isDemo: false })
const { deps, clock } = test
const { db } = deps
const second = await addStaff(test, { login: 'second', roles: ['administrator'], servicePoints: [] })
const [admin, agent] = await Promise.all(['admin', 'agent'].map(async login => (await db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id)) as [string, string]

async function request (): Promise<string> {
  await changeStaff({ ...deps, fourEyes: true }, agent, { kind: 'assign', roles: ['agent', 'auditor'], servicePoints: ['helpdesk-karamalmi'] }, `staff:${admin}`)
  return (await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'open').executeTakeFirstOrThrow()).id
}

const after = async (tamper: (trx: Kysely<Database>) => Promise<unknown>) => await findAfterTampering(db, tamper, async trx => await verifyConfirmations(trx))

t.test('agrees with every way in which a request can end', async t => {
  await declineRequest(deps, await request(), second)
  await withdrawRequest(deps, await request(), admin)
  await request()
  clock.advance({ days: 7 })
  t.equal(await expireRequests(db, clock.now()), 1)
  await confirmRequest(deps, await request(), second, async () => {})
  await request()
  t.equal(await verifyConfirmations(db), undefined)
})

t.test('names the column of a request that was altered', async t => {
  const { id } = await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'confirmed').executeTakeFirstOrThrow()
  const other = (await db.selectFrom('audit_events').select('id').where('kind', '=', 'confirmation-declined').executeTakeFirstOrThrow()).id
  for (const [column, value] of [
    ['action', "'deactivate'"], ['staff_id', `'${second}'`], ['payload', "payload || '{\"roles\": [\"administrator\"]}'"], ['requested_by', `'${agent}'`],
    ['requested_at', "requested_at - interval '1 hour'"], ['expires_at', "expires_at + interval '1 hour'"], ['event_id', `'${other}'`],
    ['decided_by', `'${agent}'`], ['decided_at', "decided_at + interval '1 hour'"], ['state', "'declined'"],
  ] as const) {
    t.strictSame(await after(async trx => await sql`update confirmation_requests set ${sql.ref(column)} = ${sql.raw(value)} where id = ${id}`.execute(trx)),
      { table: 'confirmation_requests', row: id, column, kind: 'altered' }, column)
  }
})

t.test('names a request that was opened again, added or removed', async t => {
  const { id } = await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'declined').executeTakeFirstOrThrow()
  await withdrawRequest(deps, (await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'open').executeTakeFirstOrThrow()).id, admin)
  t.strictSame(await after(async trx => await sql`update confirmation_requests set state = 'open', decided_by = null, decided_at = null where id = ${id}`.execute(trx)),
    { table: 'confirmation_requests', row: id, column: 'state', kind: 'altered' })
  t.strictSame(await after(async trx => await sql`delete from confirmation_requests where id = ${id}`.execute(trx)), { table: 'confirmation_requests', row: id, kind: 'removed' })
  const added = '11111111-1111-4111-8111-111111111111'
  const stranger = (await db.selectFrom('audit_events').select('id').where('kind', '=', 'confirmation-declined').executeTakeFirstOrThrow()).id
  t.strictSame(await after(async trx => await sql`insert into confirmation_requests (id, action, staff_id, payload, requested_by, requested_at, expires_at, event_id)
    select ${added}, action, staff_id, payload, requested_by, requested_at, expires_at, ${stranger} from confirmation_requests where id = ${id}`.execute(trx)),
  { table: 'confirmation_requests', row: added, kind: 'added' })
})
