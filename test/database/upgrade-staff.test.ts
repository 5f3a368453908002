import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import t from 'tap'
import { connect } from '../../src/database/connection.js'
import { createMigrationProvider, migrate } from '../../src/database/migrations.js'
import { verifyTables } from '../../src/proofs/verify-tables.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { findIdentitySystem, revokeApiToken } from '../../src/staff/api-tokens.js'
import { projectRoot } from '../helpers/project-root.js'

const folder = new URL('migrations/', projectRoot)
const hash = (token: string) => createHash('sha256').update(`api-token\0${token}`).digest()
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
const agent = '00000000-0000-4000-8000-00000000000a'
const tokens = ['active', 'revoked', 'inserted', 'reactivated'] as const
const idOf = (token: typeof tokens[number]) => `00000000-0000-4000-8000-00000000000${tokens.indexOf(token)}`

// Version 16, with a member of staff without an event, a session, and tokens of which two were changed in the database.
const names = (await readdir(folder)).filter(name => name < '0017')
const earlier: Record<string, string> = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
const { db, close } = await connect({ folder: undefined })
t.teardown(close)
await migrate(db, createMigrationProvider(new URL(`file://${t.testdir(earlier)}/`)))
await sql.raw(`
  insert into service_points (id, kind, name, campus, address, hours) values ('desk-b', 'helpdesk', '{}', 'c', 'a', '{}'), ('desk-a', 'helpdesk', '{}', 'c', 'a', '{}');
  insert into staff (id, login, name, password_hash, roles, created_at) values ('${agent}', 'agent', 'Aino Åäö', '$argon2id$x', '{porter,agent}', '2026-01-01Z');
  insert into staff_service_points values ('${agent}', 'desk-b'), ('${agent}', 'desk-a');
  insert into sessions (token_hash, door, staff_id, created_at, last_used_at, ends_at) values (sha256('x'), 'page', '${agent}', now(), now(), now() + interval '10 hours');`).execute(db)
for (const token of tokens) {
  await sql`insert into api_tokens (id, name, scope, token_hash, created_at, revoked_at) values (${idOf(token)}, ${token}, 'redeem', ${hash(token)}, '2026-01-01Z', ${token === 'revoked' ? '2026-01-01Z' : null})`.execute(db)
  const append = async (kind: string) => await sql`insert into audit_events (id, at, kind, actor, facts) values (gen_random_uuid(), '2026-01-01Z', ${kind}, 'system', ${JSON.stringify({ token: idOf(token), scope: 'redeem' })}::jsonb)`.execute(db)
  if (token !== 'inserted') await append('token-created')
  if (token.startsWith('re')) await append('token-revoked')
}
await migrate(db)

async function factsOf (kind: string) {
  return (await db.selectFrom('audit_events').select('facts').where('kind', '=', kind).orderBy('sequence', 'desc').executeTakeFirstOrThrow()).facts
}

t.test('ends the sessions from before', async t => {
  t.strictSame(await db.selectFrom('sessions').select('binding').where('revoked_at', 'is not', null).execute(), [{ binding: null }])
})

t.test('records the members of staff from before', async t => {
  const { digests, ...facts } = await factsOf('staff-changed')
  t.strictSame(facts, { change: 'recorded', staff: agent, roles: ['agent', 'porter'], servicePoints: ['desk-a', 'desk-b'], active: true, passwordDigest: digest('$argon2id$x'), mustChangePassword: false, passwordExpiresAt: null })
  t.strictSame(Object.keys(digests as object).sort(), ['login', 'name'])
  const { rows: texts } = await sql`select audit_texts.name, text from audit_texts join audit_events on id = event_id where kind = 'staff-changed' order by 1`.execute(db)
  t.strictSame(texts, [{ name: 'login', text: 'agent' }, { name: 'name', text: 'Aino Åäö' }])
})

t.test('names the tokens that were inserted or reactivated before the upgrade, one after the other', async t => {
  const altered = { table: 'api_tokens', row: idOf('reactivated'), column: 'token_hash', kind: 'altered' }
  t.strictSame(await verifyTables(db), [{ table: 'api_tokens', row: idOf('inserted'), kind: 'added' }])
  await db.deleteFrom('api_tokens').where('name', '=', 'inserted').execute()
  t.strictSame(await verifyTables(db), [altered])
  await db.deleteFrom('api_tokens').where('name', '=', 'reactivated').execute()
  await sql`insert into api_tokens (id, name, scope, token_hash, created_at) values (${idOf('reactivated')}, 'reactivated', 'redeem', ${hash('reactivated')}, '2026-01-01Z'), (${idOf('inserted')}, 'inserted', 'redeem', ${hash('inserted')}, '2026-01-01Z')`.execute(db)
})

t.test('accepts exactly the active tokens that were recorded, and binds them at their next use', async t => {
  t.strictSame(await factsOf('tokens-recorded'), {
    tokens: [
      { token: idOf('active'), digest: digest(`${hash('active').toString('hex')}:redeem:active`) },
      { token: idOf('revoked'), digest: digest(`${hash('revoked').toString('hex')}:redeem:revoked`) },
    ]
  })
  const deps = { db, now: () => new Date('2026-11-19T07:30:00Z'), codeKeys: createKeyRing([randomBytes(32)]) }
  const find = async (token: string) => (await findIdentitySystem(deps, token))?.name
  const bindingOf = async () => (await db.selectFrom('api_tokens').select('key_id').where('name', '=', 'active').executeTakeFirstOrThrow()).key_id
  t.equal(await bindingOf(), null)
  t.equal(await find('active'), 'active')
  t.equal(await bindingOf(), deps.codeKeys.current.id)
  for (const token of tokens.slice(1)) t.equal(await find(token), undefined, token)
  await db.updateTable('api_tokens').set({ revoked_at: null }).where('name', '=', 'revoked').execute()
  t.equal(await find('revoked'), undefined, 'also with a row that says it is active')
  await sql`update api_tokens set key_id = null, binding = null, token_hash = ${hash('another')} where name = 'active'`.execute(db)
  t.equal(await find('another'), undefined, 'the list binds the hash')
  await sql`update api_tokens set token_hash = ${hash('active')} where name = 'active'`.execute(db)
  t.equal(await find('active'), 'active')
  await revokeApiToken(deps, idOf('active'))
  await sql`update api_tokens set revoked_at = null, key_id = null, binding = null where name = 'active'`.execute(db)
  t.equal(await find('active'), undefined, 'revoked after the upgrade')
})
