import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import t, { type Test } from 'tap'
import { readBundledRegister, requirePostcodeRegister } from '../../src/addresses/postcode-register.js'
import { registerPostcodeCommands } from '../../src/cli/postcodes.js'
import { openTestDatabase, testStart } from '../helpers/database.js'
import { buildPcfFile, buildPcfRecord } from '../helpers/postcode-file.js'

async function commandLine (t: Test) {
  const { db } = await openTestDatabase(t)
  const lines: string[] = []
  const program = new Command().exitOverride()
  registerPostcodeCommands(program, { db, now: () => testStart, printLine: line => { lines.push(line) } })
  const run = async (...args: string[]) => await program.parseAsync(['postcodes', ...args], { from: 'user' })
  return { db, lines, run }
}

t.test('imports the postcode file and reports the counts', async t => {
  const { db, lines, run } = await commandLine(t)
  const { entries } = await readBundledRegister()
  const file = join(t.testdir({}), 'PCF_20261116.dat')
  await writeFile(file, buildPcfFile(entries.map(entry => buildPcfRecord(entry))))
  await run('import', file)
  t.strictSame(lines, ['Imported 5033 postcodes dated 2026-11-16; they replace those dated 2024-04-13.'])
  t.equal((await requirePostcodeRegister(db)).dataDate, '2026-11-16')
})

t.test('refuses an image, a truncated and a missing file, with the reason', async t => {
  const { db, lines, run } = await commandLine(t)
  const folder = t.testdir({ 'picture.dat': 'PNG', 'short.dat': `${buildPcfRecord({ postcode: '99998', town: { fi: 'A', sv: 'A' }, municipality: { code: '999', fi: 'A', sv: 'A' }, typeCode: 1 })}\n` })
  await t.rejects(run('import', join(folder, 'picture.dat')), { message: /picture\.dat:1: not a postcode file of the post .*\nNothing was imported/ })
  await t.rejects(run('import', join(folder, 'short.dat')), { message: /short\.dat:1: the file ends here with too few postcodes/ })
  await t.rejects(run('import', join(folder, 'none.dat')), { code: 'ENOENT' })
  t.strictSame(lines, [])
  t.equal((await requirePostcodeRegister(db)).dataDate, '2024-04-13')
  await run('import', join(folder, 'short.dat'), '--fewest', '1')
  t.equal((await requirePostcodeRegister(db)).dataDate, '2026-11-16')
})
