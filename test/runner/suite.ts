/**
 * Runs every test file, in as few processes as there are cores: a process pays once for importing the application
 * and for compiling the embedded database. `TEST_FILES` names the files to run instead of all, separated by spaces
 * or line ends. A file runs alone as well: `npx tap dist/test/slips/codes.test.js`.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { requireEmbeddedTemplate } from '../helpers/database.js'
import { projectRoot } from '../helpers/project-root.js'
import { QUEUE_VARIABLE, toQueueEntry } from './queue.js'

/** Test files that end their own process, so they cannot share one. */
const filesWithOwnProcess = ['dist/test/accounts/ldap/ldap-directory.test.js']
const SUITE_TIMEOUT_MS = 20 * 60_000

function listTestFiles (): string[] {
  const named = process.env['TEST_FILES']?.trim()
  if (named !== undefined && named !== '') return named.split(/\s+/)
  // Reads the sources, because dist/ still has renamed files.
  return readdirSync(new URL('test/', projectRoot), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts') && !name.startsWith('browser'))
    .map(name => `dist/test/${name.replace(/\.ts$/, '.js')}`)
    .sort()
}

const files = listTestFiles()
const alone = files.filter(file => filesWithOwnProcess.includes(file))
const queue = mkdtempSync(join(tmpdir(), 'slipdesk-suite-'))
files.forEach((file, index) => {
  if (!alone.includes(file)) writeFileSync(join(queue, toQueueEntry(file, index)), '')
})
t.teardown(() => rmSync(queue, { recursive: true }))

t.jobs = availableParallelism()
t.setTimeout(SUITE_TIMEOUT_MS)
async function run (name: string, file: string): Promise<void> {
  await t.spawn(process.execPath, [...process.execArgv, file], {
    name,
    buffered: true,
    cwd: fileURLToPath(projectRoot),
    env: { ...process.env, [QUEUE_VARIABLE]: queue, TAP_TIMEOUT: String(SUITE_TIMEOUT_MS / 1000) },
    timeout: SUITE_TIMEOUT_MS,
  })
}

if (process.env['DATABASE_URL'] === undefined) await requireEmbeddedTemplate('people')
const worker = fileURLToPath(new URL('worker.js', import.meta.url))
await Promise.all([
  ...alone.map(async file => await run(file, file)),
  ...Array.from({ length: t.jobs }, async (_, index) => await run(`worker ${index + 1}`, worker)),
])
t.strictSame(readdirSync(queue), [], 'every file was run')
