/** A code opens only the slip that it was printed on, whatever someone writes into the database. */
import { createHmac, randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import t from 'tap'
import type { Database } from '../../src/database/schema.js'
import { verifyRecords } from '../../src/proofs/verify-records.js'
import { verifyTables } from '../../src/proofs/verify-tables.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { generateActivationCode } from '../../src/slips/codes.js'
import { buildTestApp } from '../helpers/app.js'
import { findAfterTampering } from '../helpers/full-history.js'
import { type InsertedSlip, insertSlips } from '../helpers/insert-slips.js'
import { buildIssueRequest, issueSlipNumber, listAuditEvents, tryCode } from '../helpers/issue-slips.js'

const codeKey = randomBytes(32)
const test = await buildTestApp(t, { codeKeys: createKeyRing([codeKey]) })
const { deps } = test
const { db } = deps
const active = { channel: 'counter', state: 'handed-over', place: 'holder' } as const

// First, because the slips that the other tests insert have no events.
t.test('audit verify names a slip whose stored code was changed', async t => {
  const number = await issueSlipNumber(test, await test.signIn('agent'), await buildIssueRequest(test, 'lukng2101'))
  const verify = async (trx: Kysely<Database>) => (await verifyRecords(trx)).fault
  for (const change of [sql`code_hmac = ${randomBytes(32)}`, sql`code_key_id = 'other'`, sql`code_scheme = 1`, sql`code_scheme = 0`]) {
    const fault = await findAfterTampering(db, async trx => await sql`update slips set ${change} where number = ${number}`.execute(trx), verify)
    t.strictSame(fault, { number, kind: 'altered', place: 'slips.code_hmac' })
  }
  t.equal(await verify(db), undefined)
})

t.test('a code whose HMAC was copied to another slip does not open it', async t => {
  const [own, victims] = await insertSlips(test, [active, active]) as [InsertedSlip, InsertedSlip]
  await sql`update slips set code_hmac = own.code_hmac, code_key_id = own.code_key_id, code_scheme = own.code_scheme from slips as own where own.id = ${own.id} and slips.id = ${victims.id}`.execute(db)
  t.equal(await tryCode(deps, victims.username, own.code), undefined)
  t.equal((await tryCode(deps, own.username, own.code))?.number, own.number)
})

t.test('codes from before the migration', async t => {
  const earlierHmac = (code: InsertedSlip['code']) => createHmac('sha256', codeKey).update(code.reveal()).digest()
  const [first, second, ended, later] = await insertSlips(test, [active, active, active, active]) as [InsertedSlip, InsertedSlip, InsertedSlip, InsertedSlip]
  for (const [{ id, code }, scheme] of [[first, 1], [second, 1], [ended, 0]] as const) {
    await db.updateTable('slips').set({ code_hmac: earlierHmac(code), code_scheme: scheme }).where('id', '=', id).execute()
  }
  await sql`insert into audit_events (id, at, kind, actor, facts) select gen_random_uuid(), now(), 'code-scheme-changed', 'system',
    jsonb_build_object('open', jsonb_build_object('digest', ${digest([first, second])}::text), 'ended', jsonb_build_object('digest', ${digest([ended])}::text))`.execute(db)

  function digest (slips: readonly InsertedSlip[]): unknown {
    return sql`(select translate(rtrim(encode(sha256(string_agg(number || ':' || code_key_id || ':' || encode(code_hmac, 'hex'), chr(10) order by number collate "C")::bytea), 'base64'), '='), '+/', '-_')
      from slips where id = any(${slips.map(({ id }) => id)}::uuid[]))`
  }

  /** Leaves out the accounts, which were inserted without events. */
  async function findDifferenceOfSlips (trx: Kysely<Database>) {
    return (await verifyTables(trx)).find(({ table }) => table === 'slips')
  }

  t.test('are accepted for the slips that were open then', async t => {
    t.strictSame(await findDifferenceOfSlips(db), undefined)
    t.equal((await tryCode(deps, first.username, first.code))?.number, first.number)
  })

  t.test('are refused for every other slip, and where one of them was changed', async t => {
    const known = generateActivationCode(randomBytes)
    for (const [name, change, victim] of [
      ['a new slip', sql`code_hmac = ${earlierHmac(known)}, code_scheme = 1`, later],
      ['another open slip from before', sql`code_hmac = ${earlierHmac(known)}`, second],
      ['a slip that had ended', sql`code_hmac = ${earlierHmac(known)}`, ended],
    ] as const) {
      await db.transaction().execute(async trx => {
        await sql`update slips set ${change} where id = ${victim.id}`.execute(trx)
        t.equal((await findDifferenceOfSlips(trx))?.column, 'code_hmac', name)
      })
      t.equal(await tryCode(deps, victim.username, known), undefined, name)
      await db.updateTable('slips').set({ code_hmac: earlierHmac(victim.code), code_scheme: victim === ended ? 0 : victim === second ? 1 : 2 }).where('id', '=', victim.id).execute()
    }
    t.strictSame((await listAuditEvents(test, 'redemption-refused')).slice(-3).map(({ facts }) => facts), [
      { reason: 'wrong-code', tries: 1 }, { reason: 'wrong-code', tries: 1 }, { reason: 'wrong-code', tries: 1 },
    ])
    t.equal((await tryCode(deps, second.username, second.code))?.number, second.number, 'the unchanged slip still opens')
  })
})
