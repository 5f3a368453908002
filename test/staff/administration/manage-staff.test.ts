import { sql, type Kysely } from 'kysely'
import t from 'tap'
import type { Database } from '../../../src/database/schema.js'
import { endAllSessions, setStaffPassword } from '../../../src/staff/administration/staff-passwords.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { createPageClient } from '../../helpers/page-client.js'
import { pick } from '../../helpers/projections.js'

const withWaiting = { skip: process.env['DATABASE_URL'] === undefined && 'the embedded database has one connection, so no transaction waits for another' }

/** Polls until the given number of transactions wait for a lock. */
async function untilWaiting (db: Kysely<Database>, count: number): Promise<void> {
  const waiting = sql<{ waiting: number }>`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  for (let left = 5000; left > 0; left--) {
    const { rows: [row] } = await waiting.execute(db)
    if (row!.waiting >= count) return
  }
  throw new Error(`never did ${count} wait`)
}

t.test('ends sessions and sets a password concurrently without a deadlock', withWaiting, async t => {
  const { deps, signIn } = await buildTestApp(t)
  const { db } = deps
  await signIn('auditor')
  const { id } = (await findStaffByLogin(db, 'auditor'))!
  const changes = await db.transaction().execute(async trx => {
    await trx.selectFrom('sessions').select('id').where('staff_id', '=', id).forUpdate().execute()
    const ending = endAllSessions(deps, id, 'system')
    await untilWaiting(db, 1)
    const setting = setStaffPassword(deps, id, { password: 'words and spaces are fine', mustChangePassword: true }, 'system')
    await untilWaiting(db, 2)
    return [ending, setting]
  })
  t.strictSame((await Promise.allSettled(changes)).map(({ status }) => status), ['fulfilled', 'fulfilled'])
  t.strictSame(await db.selectFrom('sessions').select('id').where('revoked_at', 'is', null).execute(), [])
})

t.test('refuses a change of one’s own password after a reset that came between', withWaiting, async t => {
  const { app, deps, clock } = await buildTestApp(t)
  const { db } = deps
  const browser = createPageClient(app)
  await browser.signIn('auditor')
  await browser.get('/change-password')
  const { passwordHash } = (await findStaffByLogin(db, 'agent'))!
  const member = (await findStaffByLogin(db, 'auditor'))!
  const changing = await db.transaction().execute(async trx => {
    await trx.selectFrom('staff').select('id').where('id', '=', member.id).forUpdate().execute()
    const answer = browser.post('/change-password', { passwordCurrent: 'demo-slipdesk-2026', password: 'my own quiet lighthouse', passwordAgain: 'my own quiet lighthouse' })
    await untilWaiting(db, 1)
    await trx.updateTable('staff').set({ password_hash: passwordHash.replace(/.$/, 'x'), must_change_password: true, password_expires_at: clock.now() }).where('id', '=', member.id).execute()
    return { answer }
  })
  t.equal((await changing.answer).statusCode, 400)
  t.strictSame(pick(await findStaffByLogin(db, 'auditor'), 'passwordHash', 'mustChangePassword'), { passwordHash: passwordHash.replace(/.$/, 'x'), mustChangePassword: true })
})
