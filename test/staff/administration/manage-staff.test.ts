import t from 'tap'
import { endAllSessions, setStaffPassword } from '../../../src/staff/administration/staff-passwords.js'
import { findStaffByLogin } from '../../../src/staff/queries.js'
import { buildTestApp } from '../../helpers/app.js'
import { untilLockWaits } from '../../helpers/database.js'
import { createPageClient } from '../../helpers/page-client.js'
import { postgresOnly } from '../../helpers/processes.js'
import { pick } from '../../helpers/projections.js'

t.test('ends sessions and sets a password concurrently without a deadlock', postgresOnly, async t => {
  const { deps, signIn } = await buildTestApp(t)
  const { db } = deps
  await signIn('auditor')
  const { id } = (await findStaffByLogin(db, 'auditor'))!
  const changes = await db.transaction().execute(async trx => {
    await trx.selectFrom('sessions').select('id').where('staff_id', '=', id).forUpdate().execute()
    const ending = endAllSessions(deps, id, 'system')
    await untilLockWaits(db, 1)
    const setting = setStaffPassword(deps, id, { password: 'words and spaces are fine', mustChangePassword: true }, 'system')
    await untilLockWaits(db, 2)
    return [ending, setting]
  })
  t.strictSame((await Promise.allSettled(changes)).map(({ status }) => status), ['fulfilled', 'fulfilled'])
  t.strictSame(await db.selectFrom('sessions').select('id').where('revoked_at', 'is', null).execute(), [])
})

t.test('refuses a change of one’s own password after a reset that came between', postgresOnly, async t => {
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
    await untilLockWaits(db, 1)
    await trx.updateTable('staff').set({ password_hash: passwordHash.replace(/.$/, 'x'), must_change_password: true, password_expires_at: clock.now() }).where('id', '=', member.id).execute()
    return { answer }
  })
  t.equal((await changing.answer).statusCode, 400)
  t.strictSame(pick(await findStaffByLogin(db, 'auditor'), 'passwordHash', 'mustChangePassword'), { passwordHash: passwordHash.replace(/.$/, 'x'), mustChangePassword: true })
})
