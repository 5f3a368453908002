/** One process of the suite: runs test files from the queue, each as a subtest with the file's name. */
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { QUEUE_VARIABLE, takeFiles } from './queue.js'

const FILE_TIMEOUT_MS = 240_000

/**
 * The methods that test files call on the root test, `import t from 'tap'`. While a file runs, its subtest handles these
 * calls, so that its teardown runs at its end and its results appear under its name.
 */
const delegatedMethods = [
  'test', 'before', 'beforeEach', 'after', 'afterEach', 'teardown', 'plan', 'comment', 'testdir',
  'pass', 'fail', 'ok', 'notOk', 'equal', 'not', 'same', 'notSame', 'strictSame', 'strictNotSame', 'match', 'notMatch',
  'has', 'hasStrict', 'type', 'throws', 'doesNotThrow', 'rejects', 'resolves', 'resolveMatch', 'error', 'emits', 'skip', 'todo',
] as const satisfies ReadonlyArray<keyof Test>

const addSubtest = t.test
let current: Test | undefined

for (const name of delegatedMethods) {
  const ofRoot = t[name]
  // Tap's methods are bound, so they need no `this`.
  const value = (...args: unknown[]) => ((current?.[name] ?? ofRoot) as (...args: unknown[]) => unknown)(...args)
  Object.defineProperty(t, name, { value })
}

process.on('uncaughtException', error => { (current ?? t).threw(error) })

for (const file of takeFiles(process.env[QUEUE_VARIABLE]!)) {
  await addSubtest(file, { timeout: FILE_TIMEOUT_MS }, async test => {
    current = test
    await import(pathToFileURL(file).href)
  })
  current = undefined
}
