import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { createApiToken, findIdentitySystem, revokeApiToken } from '../../src/staff/api-tokens.js'
import { buildTestApp } from '../helpers/app.js'
import { pickEach } from '../helpers/projections.js'
import { runAsSuperuser } from '../helpers/transparency-log.js'

const { api, deps, logLines } = await buildTestApp(t)
const { db, now } = deps
await sql`alter table api_tokens drop constraint api_tokens_scope_check`.execute(db)

async function create (name: string) {
  const token = await createApiToken(deps, name, randomBytes)
  return { token, ...await rowOf(name) }
}

async function rowOf (name: string) {
  return await db.selectFrom('api_tokens').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
}

/** Tries a code that does not exist: 422 for a token that is accepted. */
async function statusOf (token: string): Promise<number> {
  return (await api(token, { method: 'POST', url: '/redemptions', payload: { username: 'x', code: 'y' } })).statusCode
}

function listMismatches () {
  const lines = logLines.map(line => JSON.parse(line) as Record<string, unknown>)
  return pickEach(lines.filter(({ event }) => event === 'security.token-binding-mismatch'), 'level', 'token', 'reason')
}

t.test('binds a new token to its row and its event', async t => {
  const { token, id, binding, key_id: keyId, token_hash: hash } = await create('spare')
  t.equal(await statusOf(token), 422)
  t.equal(binding?.length, 32)
  t.equal(keyId, deps.codeKeys.current.id)
  const { facts } = await db.selectFrom('audit_events').select('facts').where('kind', '=', 'token-created').orderBy('sequence', 'desc').executeTakeFirstOrThrow()
  const digest = createHash('sha256').update(`${hash.toString('hex')}:redeem:active`).digest('base64url')
  t.strictSame({ ...facts, digests: undefined }, { token: id, scope: 'redeem', digest, digests: undefined })
})

const inserted = 'a-token-that-someone-made-up'
const hashOf = (token: string) => createHash('sha256').update(`api-token\0${token}`).digest()

t.test('refuses an inserted token, also with the binding of another one', async t => {
  const known = await create('known')
  const { id, name, scope, created_at: createdAt } = known
  for (const bound of [{ key_id: null, binding: null }, { key_id: known.key_id, binding: known.binding }, { key_id: known.key_id, binding: randomBytes(32) }]) {
    await db.deleteFrom('api_tokens').where('name', '=', 'inserted').execute()
    await db.insertInto('api_tokens').values({ name: 'inserted', scope, token_hash: hashOf(inserted), created_at: createdAt, ...bound }).execute()
    logLines.length = 0
    t.equal(await statusOf(inserted), 401)
    t.strictSame(listMismatches(), [{ level: 40, token: (await rowOf('inserted')).id, reason: 'altered' }])
  }
  await db.deleteFrom('api_tokens').where('name', '=', 'inserted').execute()
  await db.updateTable('api_tokens').set({ token_hash: hashOf(inserted) }).where('id', '=', id).execute()
  t.equal(await statusOf(inserted), 401, `the row of ${name} with another hash`)
})

t.test('refuses a token whose scope or id was changed', async t => {
  const one = await create('scoped')
  await sql`update api_tokens set scope = 'everything' where id = ${one.id}`.execute(db)
  t.equal(await statusOf(one.token), 401)
  const other = await create('moved')
  await sql`update api_tokens set id = gen_random_uuid() where id = ${other.id}`.execute(db)
  t.equal(await statusOf(other.token), 401)
})

t.test('refuses a revoked token whose row says that it is active', async t => {
  const { id, token } = await create('leaked')
  await revokeApiToken(deps, id)
  t.equal(await statusOf(token), 401)
  await db.updateTable('api_tokens').set({ revoked_at: null }).where('id', '=', id).execute()
  logLines.length = 0
  t.equal(await statusOf(token), 401)
  t.strictSame(listMismatches(), [{ level: 40, token: id, reason: 'revoked' }])
})

t.test('binds a token to the newest key when it is used, and refuses it without its key', async t => {
  const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]
  const token = await createApiToken({ db, now, codeKeys: createKeyRing([first]) }, 'rotated', randomBytes)
  const find = async (...keys: Buffer[]) => {
    const mismatches: string[] = []
    const found = await findIdentitySystem({ db, now, codeKeys: createKeyRing(keys), onTokenMismatch: (_, reason) => { mismatches.push(reason) } }, token)
    return { name: found?.name, mismatches, keyId: (await rowOf('rotated')).key_id }
  }
  const idOf = (key: Buffer) => createKeyRing([key]).current.id
  t.strictSame(await find(first), { name: 'rotated', mismatches: [], keyId: idOf(first) })
  t.strictSame(await find(third), { name: undefined, mismatches: ['unknown-key'], keyId: idOf(first) })
  t.strictSame(await find(second, first), { name: 'rotated', mismatches: [], keyId: idOf(second) })
  t.strictSame(await find(second), { name: 'rotated', mismatches: [], keyId: idOf(second) })
  t.strictSame(await find(first), { name: undefined, mismatches: ['unknown-key'], keyId: idOf(second) })
})

t.test('accepts the demo’s token', async t => {
  t.equal(await statusOf(DEMO_IDENTITY_TOKEN), 422)
  t.equal(await statusOf('demo-identity-token-'), 401)
})

t.test('does not take a second list of earlier tokens for the first', async t => {
  const { token, id, token_hash: hash } = await create('unbound')
  const digest = createHash('sha256').update(`${hash.toString('hex')}:redeem:active`).digest('base64url')
  const list = async (tokens: unknown[]) => {
    await sql`insert into audit_events (id, at, kind, actor, facts) values (gen_random_uuid(), now(), 'tokens-recorded', 'system', ${JSON.stringify({ tokens })}::jsonb)`.execute(db)
  }
  await db.updateTable('api_tokens').set({ key_id: null, binding: null }).where('id', '=', id).execute()
  await list([])
  await list([{ token: id, digest }])
  t.equal(await statusOf(token), 401)
  await runAsSuperuser(db, async trx => await sql`delete from audit_events where kind = 'tokens-recorded' and facts -> 'tokens' = '[]'`.execute(trx))
  t.equal(await statusOf(token), 422, 'the digest is the right one')
})
