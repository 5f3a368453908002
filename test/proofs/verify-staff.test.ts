import { randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import type { Database } from '../../src/database/schema.js'
import { loadDemoData } from '../../src/demo/demo-data.js'
import { verifyTables } from '../../src/proofs/verify-tables.js'
import { addStaff, changeStaff } from '../../src/staff/administration/manage-staff.js'
import { endAllSessions, resetStaffPassword, setStaffPassword } from '../../src/staff/administration/staff-passwords.js'
import { createApiToken, listApiTokens, revokeApiToken } from '../../src/staff/api-tokens.js'
import { buildTestApp } from '../helpers/app.js'
import { findAfterTampering, seedFullHistory } from '../helpers/full-history.js'

const test = await buildTestApp(t)
const { deps, clock } = test
const { db } = deps
const manageDeps = { ...deps, fourEyes: false }
await seedFullHistory(test)
const { id } = await addStaff(manageDeps, {
  login: 'maija',
  name: 'Maija Mäkelä',
  roles: ['auditor', 'agent'],
  servicePoints: ['human-resources-myllypuro', 'helpdesk-myllypuro'],
  password: 'words and spaces are fine',
  firstPassword: { mustChangePassword: true, passwordExpiresAt: new Date('2026-12-31T00:00:00Z') },
}, 'system')
clock.advance({ days: 1 })
await changeStaff(manageDeps, id, { kind: 'deactivate' }, 'system')
await changeStaff(manageDeps, id, { kind: 'activate' }, 'system')
await changeStaff(manageDeps, id, { kind: 'assign', roles: ['agent'], servicePoints: ['helpdesk-myllypuro', 'human-resources-myllypuro'] }, 'system')
await setStaffPassword(deps, id, { password: 'other words and spaces', mustChangePassword: false }, 'system')
await resetStaffPassword(manageDeps, id, 'system')
await endAllSessions(deps, id, 'system')
await createApiToken(deps, 'spare', randomBytes)
const token = (await listApiTokens(db)).find(({ name }) => name === 'spare')!.id
await createApiToken(deps, 'old', randomBytes)
const revoked = (await listApiTokens(db)).find(({ name }) => name === 'old')!.id
clock.advance({ days: 1 })
await revokeApiToken(deps, revoked)
await loadDemoData(db, deps.now(), deps.codeKeys)

t.test('finds nothing on a legitimate history', async t => {
  t.strictSame(await verifyTables(db), [])
})

const update = (table: 'staff' | 'api_tokens', row: string, column: string, value: string) => ({
  what: `${table}.${column}`,
  tamper: async (trx: Kysely<Database>) => await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.raw(value)} where id = ${row}`.execute(trx),
  difference: { table, row, column, kind: 'altered' },
})

const ghost = '00000000-0000-4000-8000-0000000000ff'
const tamperings = [
  update('staff', id, 'login', "'maijo'"),
  update('staff', id, 'name', "'Maijo Mäkelä'"),
  update('staff', id, 'roles', "'{agent,administrator}'"),
  update('staff', id, 'active', 'false'),
  update('staff', id, 'password_hash', "(select password_hash from staff where login = 'agent')"),
  update('staff', id, 'must_change_password', 'false, password_expires_at = null'),
  update('staff', id, 'password_expires_at', "'2030-01-01Z'"),
  {
    what: 'a ghost member of staff',
    tamper: async (trx: Kysely<Database>) => await sql`insert into staff (id, login, name, password_hash, roles, created_at) select ${ghost}, 'ghost', name, password_hash, roles, created_at from staff where login = 'agent'`.execute(trx),
    difference: { table: 'staff', row: ghost, kind: 'added' },
  },
  {
    what: 'a removed member of staff',
    tamper: async (trx: Kysely<Database>) => await trx.deleteFrom('staff').where('id', '=', id).execute(),
    difference: { table: 'staff', row: id, kind: 'removed' },
  },
  {
    what: 'an added service point',
    tamper: async (trx: Kysely<Database>) => await trx.insertInto('staff_service_points').values({ staff_id: id, service_point_id: 'porter-arabia' }).execute(),
    difference: { table: 'staff_service_points', row: id, column: 'service_point_id', kind: 'altered' },
  },
  {
    what: 'a removed service point',
    tamper: async (trx: Kysely<Database>) => await trx.deleteFrom('staff_service_points').where('staff_id', '=', id).where('service_point_id', '=', 'helpdesk-myllypuro').execute(),
    difference: { table: 'staff_service_points', row: id, column: 'service_point_id', kind: 'altered' },
  },
  update('api_tokens', token, 'name', "'spade'"),
  update('api_tokens', token, 'token_hash', "sha256('x')"),
  update('api_tokens', token, 'created_at', "created_at + interval '1 second'"),
  update('api_tokens', token, 'revoked_at', 'created_at'),
  update('api_tokens', revoked, 'revoked_at', 'null'),
  update('api_tokens', revoked, 'revoked_at', "revoked_at - interval '1 hour'"),
  {
    what: 'api_tokens.scope',
    tamper: async (trx: Kysely<Database>) => {
      await sql`alter table api_tokens drop constraint api_tokens_scope_check`.execute(trx)
      await sql`update api_tokens set scope = 'everything' where id = ${token}`.execute(trx)
    },
    difference: { table: 'api_tokens', row: token, column: 'scope', kind: 'altered' },
  },
  {
    what: 'a removed binding',
    tamper: async (trx: Kysely<Database>) => await trx.updateTable('api_tokens').set({ key_id: null, binding: null }).where('id', '=', token).execute(),
    difference: { table: 'api_tokens', row: token, column: 'binding', kind: 'altered' },
  },
  {
    what: 'an inserted token',
    tamper: async (trx: Kysely<Database>) => await sql`insert into api_tokens (id, name, scope, token_hash, created_at) values (${ghost}, 'inserted', 'redeem', sha256('x'), now())`.execute(trx),
    difference: { table: 'api_tokens', row: ghost, kind: 'added' },
  },
  {
    what: 'a removed token',
    tamper: async (trx: Kysely<Database>) => await trx.deleteFrom('api_tokens').where('id', '=', token).execute(),
    difference: { table: 'api_tokens', row: token, kind: 'removed' },
  },
] as const

for (const { what, tamper, difference } of tamperings) {
  t.test(`names what a superuser did: ${what}`, async t => {
    const found = await findAfterTampering(db, tamper, verifyTables)
    t.strictSame(found.filter(({ table }) => table !== 'pg_trigger'), [difference], 'beside the triggers that are off')
  })
}
