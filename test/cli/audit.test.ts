/** `audit verify`, run by an operator and by someone without a database. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../src/database/connection.js'
import { translator, type TextKey } from '../../src/i18n/translate.js'
import { openTestDatabase } from '../helpers/database.js'
import { exportLog, leafTamperings, changeLines, zipFiles } from '../helpers/evidence.js'
import { zipForgeries } from '../helpers/zip-files.js'
import { databaseTamperings } from '../helpers/tamper.js'
import { runAsSuperuser, createTestLog } from '../helpers/transparency-log.js'
import { embeddedOnly, startCommand, startServer, temporaryFolder } from '../helpers/processes.js'
import { pick } from '../helpers/projections.js'

async function verify (commandLine: readonly string[], environment: Record<string, string> = {}) {
  const command = startCommand(t, ['audit', 'verify', ...commandLine], environment)
  return { code: await command.ended, ...command.output }
}

t.test('verifies the demo’s log until it is changed', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  const server = startServer(t, { DATA_DIR: folder })
  const login = JSON.stringify({ login: 'auditor', password: 'demo-slipdesk-2026' })
  for (let signIn = 0; signIn < 12; signIn++) await fetch(`${await server.address}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: login })
  const { token } = await (await fetch(`${await server.address}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: login })).json() as { token: string }
  t.equal((await fetch(`${await server.address}/api/v1/audit/checkpoint`, { headers: { authorization: `Bearer ${token}` } })).status, 200)
  t.equal(await server.stop(), 0)
  const good = await verify([], { DATA_DIR: folder })
  t.equal(good.code, 0, good.err)
  t.match(good.out, /^The log matches what was signed\. Log entries verified: \d+, against checkpoints: \d+\.\n/)

  const { db, close } = await connect({ folder: join(folder, 'database') })
  const events = await db.selectFrom('audit_events').select(['id', 'sequence']).orderBy('sequence').execute()
  await runAsSuperuser(db, async trx => await databaseTamperings[0]!.apply(trx, events))
  await close()
  const bad = await verify([], { DATA_DIR: folder })
  t.strictSame([bad.code, bad.out], [1, ''])
  t.match(bad.err, `Log entry 7 was changed: event ${events[7]!.id} differs from what was signed.`)
})

t.test('verifies files without a database and names the first wrong leaf', async t => {
  const { db } = await openTestDatabase(t)
  const taken = await exportLog(db, createTestLog())
  const folder = await temporaryFolder(t)
  const path = (name: string) => join(folder, name)
  const files = { 'leaves.ndjson': taken.leaves, 'hashes.txt': taken.hashes, 'checkpoints.txt': taken.checkpoints, 'changed.ndjson': changeLines(taken.leaves, leafTamperings[1]!.change), 'export.zip': await zipFiles(taken.exported) }
  for (const [name, content] of Object.entries(files)) await writeFile(path(name), content)
  const key = ['--verifier-key', taken.key]
  const good = await verify([path('leaves.ndjson'), path('hashes.txt'), path('checkpoints.txt'), ...key])
  t.strictSame([good.code, good.out], [0, 'The log matches what was signed. Log entries verified: 20, against checkpoints: 4.\n'], good.err)
  const bad = await verify([path('changed.ndjson'), path('hashes.txt'), path('checkpoints.txt'), ...key])
  t.strictSame([bad.code, bad.err], [1, `Log entry 12 was removed: event ${taken.ids[12]!} is missing. This is the first fault.\n`])
  const exported = await verify([path('export.zip'), ...key])
  t.matchOnlyStrict([exported.code, exported.out], [0, /^The export is unchanged: files 2, rows 1\./])
  const without = await verify([path('export.zip')])
  t.matchOnlyStrict([without.code, without.err], [1, /^Enter the verifier key first/])
  t.match((await verify([path('nothing.zip'), ...key])).err, /no such file/)

  const { zip, expected: [fault, values] } = zipForgeries[0]!
  await writeFile(path('export.zip'), zip(taken.exported))
  const forged = await verify([path('export.zip'), ...key])
  t.strictSame([forged.code, forged.err], [1, `${translator('en')(`verifier.${fault}` as TextKey, values)}\n`])
  await mkdir(path('empty'))
  t.matchOnlyStrict(pick(await verify([path('empty'), ...key]), 'code', 'err'), { code: 1, err: /^Add log entries/ }, 'an empty folder is not the database')
})
