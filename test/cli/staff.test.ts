import { PassThrough } from 'node:stream'
import { Command } from 'commander'
import t from 'tap'
import { readPassword, registerStaffCommands } from '../../src/cli/staff.js'
import { verifyPassword } from '../../src/passwords/hashing.js'
import { findStaffByLogin } from '../../src/staff/queries.js'
import { TestClock } from '../helpers/app.js'
import { openTestDatabase } from '../helpers/database.js'
import { pick } from '../helpers/projections.js'

const { db } = await openTestDatabase(t)
const first = ['staff', 'add', '--login', 'boss', '--name', 'Bo Ström', '--roles', 'administrator']

async function run (words: string[], password = 'words and spaces are fine', isDemo = false) {
  const lines: string[] = []
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  registerStaffCommands(program, { db, now: new TestClock().now, isDemo, printLine: line => { lines.push(line) } }, async () => password)
  await program.parseAsync(words, { from: 'user' })
  return lines
}

t.test('adds the first administrator without a password argument', async t => {
  t.strictSame(await run(first), ['Added boss: administrator.'])
  const boss = await findStaffByLogin(db, 'boss')
  t.strictSame(pick(boss, 'name', 'roles', 'active'), { name: 'Bo Ström', roles: ['administrator'], active: true })
  t.equal(await verifyPassword(boss?.passwordHash, 'words and spaces are fine'), true)
  t.strictSame(pick(boss, 'mustChangePassword', 'passwordExpiresAt'), { mustChangePassword: true, passwordExpiresAt: null })
  const event = await db.selectFrom('audit_events').selectAll().where('kind', '=', 'staff-changed').executeTakeFirstOrThrow()
  t.equal(event.actor, 'system')
  t.strictSame(pick(event.facts, 'change', 'staff', 'roles', 'servicePoints'), { change: 'added', staff: boss!.id, roles: ['administrator'], servicePoints: [] })
  await t.rejects(run([...first, '--password', 'words and spaces are fine']), { code: 'commander.unknownOption' })
})

t.test('explains invalid input', async t => {
  await t.rejects(run(first), { message: 'login: This login is already in use. Enter another one.' })
  const porter = ['staff', 'add', '--login', 'p1', '--name', 'P', '--roles', 'porter', '--service-points']
  await t.rejects(run([...porter, 'helpdesk-karamalmi']), { message: /^servicePoints: A porter works at a porter desk/ })
  await t.rejects(run([...porter, 'nowhere']), { message: /^servicePoints: This service point does not exist/ })
  await t.rejects(run([...porter, 'porter-arabia'], 'too short'), { message: 'password: Too short. Enter at least 15 characters.' })
  await t.rejects(run([...porter, 'porter-arabia'], 'this is p1 himself'), { message: /^password: The password must not contain the login/ })
  await t.rejects(run(['staff', 'add', '--login', 'X Y', '--name', 'x', '--roles', 'king']), { message: /^login: [^]*roles/ })
  await t.rejects(run(['staff', 'end-sessions', 'nobody']), { message: 'No staff member has the login nobody.' })
})

t.test('keeps the last administrator', async t => {
  await t.rejects(run(['staff', 'deactivate', 'boss']), { message: 'This is the last active administrator. Give someone else the administrator role first.' })
  t.equal((await findStaffByLogin(db, 'boss'))?.active, true)
})

t.test('lists staff, sets a password and deactivates', async t => {
  await run(['staff', 'add', '--login', 'ann', '--name', 'Ann Niemi', '--roles', 'agent,porter', '--service-points', 'helpdesk-karamalmi, porter-arabia'])
  t.strictSame(await run(['staff', 'list']), [
    'ann\tAnn Niemi\tagent,porter\thelpdesk-karamalmi,porter-arabia\tactive\tnever used',
    'boss\tBo Ström\tadministrator\t\tactive\tnever used',
  ])
  t.strictSame(await run(['staff', 'password', 'ANN'], 'another long passphrase'), ['Set a new password for ANN.'])
  t.equal(await verifyPassword((await findStaffByLogin(db, 'ann'))?.passwordHash, 'another long passphrase'), true)
  t.equal((await findStaffByLogin(db, 'ann'))?.mustChangePassword, true)
  await run(['staff', 'password', 'ann'], 'another long passphrase', true)
  t.equal((await findStaffByLogin(db, 'ann'))?.mustChangePassword, false, 'the demo’s passwords are known')
  t.strictSame(await run(['staff', 'deactivate', 'ann']), ['Deactivated ann.'])
  t.strictSame(await run(['staff', 'end-sessions', 'ann']), ['Ended the sessions of ann.'])
  t.matchOnlyStrict(await run(['staff', 'list']), [/^boss/, /^ann.*deactivated/])
})

t.test('reads a password from the first line of a pipe', async t => {
  const pipe = new PassThrough()
  pipe.end('a passphrase from a pipe\r\nnot this line\n')
  t.equal(await readPassword(pipe, 'Password: ', () => t.fail('a pipe is not asked')), 'a passphrase from a pipe')
})
