import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { lockDataFolder } from '../../src/database/data-folder-lock.js'
import { embeddedOnly, temporaryFolder } from '../helpers/processes.js'

/** No process has this id: Linux allows at most 4,194,304. */
const UNUSED_PID = 99_999_999

t.test('clears the lock of a process that is gone or whose id was reused', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, `in-use-by-${UNUSED_PID}-1`), '')
  await writeFile(join(folder, `in-use-by-${process.pid}-1`), '')
  await writeFile(join(folder, `in-use-by-${process.ppid}-1`), '')
  const unlock = await lockDataFolder(folder)
  t.matchOnlyStrict(await readdir(folder), [new RegExp(`^in-use-by-${process.pid}-\\d+$`)])
  await t.rejects(lockDataFolder(folder), { message: new RegExp(`process ${process.pid} is using`) }, 'the same process cannot lock it twice')
  await unlock()
  t.strictSame(await readdir(folder), [])
  await (await lockDataFolder(folder))()
})
