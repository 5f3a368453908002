import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import t from 'tap'
import { appendEvent } from '../../src/audit/events.js'
import { toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { type LogVerification, verifyLog } from '../../src/audit/verification/verify-log.js'
import { connect } from '../../src/database/connection.js'
import { createMigrationProvider, migrate } from '../../src/database/migrations.js'
import { testStart } from '../helpers/database.js'
import { pick } from '../helpers/projections.js'
import { projectRoot } from '../helpers/project-root.js'
import { createTestLog, sealTestLog } from '../helpers/transparency-log.js'

const folder = new URL('migrations/', projectRoot)

t.test('0021 erases the logins typed at failed sign-ins, and the log still verifies', async t => {
  const names = (await readdir(folder)).filter(name => name < '0021').sort()
  const earlier: Record<string, string> = Object.fromEntries(await Promise.all(names.map(async name => [name, await readFile(new URL(name, folder), 'utf8')])))
  const { db, close } = await connect({ folder: undefined })
  t.teardown(close)
  await migrate(db, createMigrationProvider(new URL(`file://${t.testdir(earlier)}/`)))
  const log = createTestLog()
  const failed = { kind: 'sign-in-failed', at: testStart, actor: 'anonymous', facts: { door: 'page', reason: 'unknown-login' } } as const
  for (const login of ['maija.meikalainen', 'correct horse battery']) await appendEvent(db, { ...failed, texts: { login } })
  await appendEvent(db, { kind: 'token-created', at: testStart, actor: 'system', facts: {}, texts: { name: 'identity system' } })
  await sealTestLog(db, log)

  await migrate(db)
  t.strictSame((await sql`select name, text from audit_texts`.execute(db)).rows, [{ name: 'name', text: 'identity system' }])
  t.strictSame((await sql`select kind, facts from audit_events where kind = 'typed-logins-erased'`.execute(db)).rows, [{ kind: 'typed-logins-erased', facts: { texts: 2 } }])
  t.strictSame((await sql`select sequence from security_log_position`.execute(db)).rows, [{ sequence: 3 }], 'the security log begins with what happens from now on')
  await sealTestLog(db, log)
  const verify = async () => pick(await verifyLog(db, { keys: toVerifierKeys(log.keys, log.origin), externalCheckpoints: [], cutoffs: undefined }) as LogVerification, 'texts').texts
  t.strictSame(await verify(), { bound: 1, erased: 2, fault: undefined })

  const later = await appendEvent(db, { ...failed, texts: { loginHash: 'b8pDd2nrWkM8yQYH3cVtFw' } })
  await sealTestLog(db, log)
  await sql`delete from audit_texts where event_id = ${later}`.execute(db)
  t.strictSame(await verify(), { bound: 1, erased: 3, fault: { kind: 'text-removed', event: later, sequence: 5, name: 'loginHash' } }, 'a later text is not covered by that erasure')
})
