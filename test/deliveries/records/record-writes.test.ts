import { sql } from 'kysely'
import t from 'tap'
import { DEMO_IDENTITY_TOKEN } from '../../../src/demo/demo-data.js'
import { buildTestApp } from '../../helpers/app.js'
import { buildIssueRequest, listAuditEvents, passportCheck, postSlip, readPrintedCode } from '../../helpers/issue-slips.js'

const test = await buildTestApp(t)
const { api, clock, deps: { db }, signIn } = test
await sql.raw(`
  create table record_writes (number text not null);
  create function count_record_write () returns trigger language plpgsql as $$ begin insert into record_writes values (new.number); return null; end $$;
  create trigger counted after insert or update on delivery_records for each row execute function count_record_write();`).execute(db)

async function countWrites (number: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from record_writes where number = ${number}`.execute(db)
  return rows[0]!.count
}

t.test('writes the delivery record once for the issue, also with an unusual pattern, and once for each step', async t => {
  clock.set('2026-11-21T18:00:00Z')
  const agent = await signIn('agent')
  const paper = await postSlip(test, agent, await buildIssueRequest(test, 'lukng2101', 'porter'))
  const number = String(paper.headers['slip-number'])
  t.strictSame((await listAuditEvents(test, 'slip-issued')).at(-1)!.facts['patterns'], ['outside-hours'])
  t.equal(await countWrites(number), 1)
  for (const [index, [login, body]] of ([['agent', { step: 'dispatch' }], ['porter', { step: 'receive' }], ['porter', { step: 'hand-over', identityCheck: passportCheck }]] as const).entries()) {
    t.equal((await api(await signIn(login), { method: 'POST', url: `/slips/${number}/steps`, payload: body })).statusCode, 200)
    t.equal(await countWrites(number), 2 + index, body.step)
  }
  const code = (await readPrintedCode(paper.rawPayload)).reveal()
  t.equal((await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: 'lukng2101', code } })).statusCode, 200)
  t.equal(await countWrites(number), 5)
})

t.test('writes it again when the end of a slip is changed without a step', async t => {
  const paper = await postSlip(test, await signIn('agent'), await buildIssueRequest(test, 'aasob1415'))
  const number = String(paper.headers['slip-number'])
  await sql`update slips set expires_at = expires_at - interval '1 day' where number = ${number}`.execute(db)
  t.equal(await countWrites(number), 2)
})
