/** `audit verify` on files. test/server/demo-start.test.ts runs it on a database. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { translator, type TextKey } from '../../src/i18n/translate.js'
import { openTestDatabase } from '../helpers/database.js'
import { exportLog, leafTamperings, changeLines, zipFiles } from '../helpers/evidence.js'
import { zipForgeries } from '../helpers/zip-files.js'
import { createTestLog } from '../helpers/transparency-log.js'
import { startCommand, temporaryFolder } from '../helpers/processes.js'
import { pick } from '../helpers/projections.js'

async function verify (commandLine: readonly string[], environment: Record<string, string> = {}) {
  const command = startCommand(t, ['audit', 'verify', ...commandLine], environment)
  return { code: await command.ended, ...command.output }
}

t.test('verifies files without a database and names the first wrong leaf', async t => {
  const { db } = await openTestDatabase(t, 'schema')
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

  const several = await verify(['--verifier-key', taken.key, taken.key, path('export.zip')])
  t.matchOnlyStrict([several.code, several.out], [0, /^The export is unchanged/], 'keys and files in any order')
  const unread = startCommand(t, ['audit', 'verify', ...key, path('export.zip')], {})
  unread.process.stdout!.destroy()
  t.strictSame([await unread.ended, unread.output.err], [0, ''], 'ends quietly when the reader of its output has left')

  const { zip, expected: [fault, values] } = zipForgeries[0]!
  await writeFile(path('export.zip'), zip(taken.exported))
  const forged = await verify([path('export.zip'), ...key])
  t.strictSame([forged.code, forged.err], [1, `${translator('en')(`verifier.${fault}` as TextKey, values)}\n`])
  await mkdir(path('empty'))
  t.matchOnlyStrict(pick(await verify([path('empty'), ...key]), 'code', 'err'), { code: 1, err: /^Add log entries/ }, 'an empty folder is not the database')
})
