import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { lockDataFolder } from '../../src/database/data-folder-lock.js'
import { embeddedOnly, startCommand, startServer, temporaryFolder } from '../helpers/processes.js'

/** No process has this number: Linux counts to 4,194,304 at most. */
const UNUSED_PID = 99_999_999

t.test('lets one process use a data folder', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  const both = [startServer(t, { DATA_DIR: folder }), startServer(t, { DATA_DIR: folder })] as const
  const started = await Promise.allSettled(both.map(async one => await one.address))
  const [server, refused] = started[0]?.status === 'fulfilled' ? both : [both[1], both[0]]

  t.test('serves from one of two concurrent starts; the other explains why', async t => {
    t.strictSame(started.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.equal(await refused.ended, 1)
    t.match(refused.output.err, `DATA_DIR: process ${server.process.pid} is using ${folder}`)
    t.match(refused.output.err, 'Stop that process first (the server?), or set DATABASE_URL')
    t.notMatch(refused.output.err, '    at ', 'no stack')
  })

  t.test('refuses a command while the server runs', async t => {
    const command = startCommand(t, ['staff', 'list'], { DATA_DIR: folder })
    t.equal(await command.ended, 1)
    t.match(command.output.err, `process ${server.process.pid} is using ${folder}`)
    t.equal((await fetch(`${await server.address}/readyz`)).status, 200)
  })

  t.test('takes the folder over after a kill', async t => {
    server.process.kill('SIGKILL')
    await server.ended
    const next = startServer(t, { DATA_DIR: folder })
    t.equal((await fetch(`${await next.address}/readyz`)).status, 200)
    t.equal(await next.stop(), 0)
  })

  t.test('leaves no lock after a stop', async t => {
    t.strictSame((await readdir(folder)).sort(), ['checkpoints.txt', 'database', 'keys.json'])
    t.notMatch(await readFile(join(folder, 'checkpoints.txt'), 'utf8'), /^$/, 'the log was signed')
  })

  t.test('opens an older folder, adds missing keys and keeps existing ones', async t => {
    const { logKey, ...before } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<string, string>
    await writeFile(join(folder, 'keys.json'), JSON.stringify(before))
    const command = startCommand(t, ['staff', 'list'], { DATA_DIR: folder })
    t.equal(await command.ended, 0, command.output.err)
    t.match(command.output.out, /^admin\t/m)
    const { logKey: made, ...after } = JSON.parse(await readFile(join(folder, 'keys.json'), 'utf8')) as Record<string, string>
    t.strictSame(after, before)
    t.equal(Buffer.from(made!, 'base64').length, 32)
    t.not(made, logKey)
  })
})

t.test('clears the lock of a process that is gone or whose id was reused', embeddedOnly, async t => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, `in-use-by-${UNUSED_PID}-1`), '')
  await writeFile(join(folder, `in-use-by-${process.pid}-1`), '')
  await writeFile(join(folder, `in-use-by-${process.ppid}-1`), '')
  const unlock = await lockDataFolder(folder)
  t.matchOnlyStrict(await readdir(folder), [new RegExp(`^in-use-by-${process.pid}-\\d+$`)])
  await t.rejects(lockDataFolder(folder), { message: new RegExp(`process ${process.pid} is using`) }, 'not even the same process enters twice')
  await unlock()
  t.strictSame(await readdir(folder), [])
  await (await lockDataFolder(folder))()
})
