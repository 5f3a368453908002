/** Runs the server and the commands as child processes, as an operator does. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { projectRoot } from './project-root.js'

export interface RunningProcess {
  readonly process: ChildProcess
  /** The output so far. */
  readonly output: { out: string, err: string }
  /** The address on which the server listens. Rejects with the output if the process ends first. */
  readonly address: Promise<string>
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>
  /** Asks the process to end and returns its exit code. */
  stop (): Promise<number | null>
}

type Environment = Readonly<Record<string, string>>

/** Creates a temporary folder that is removed when the test ends. */
export async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipdesk-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts the server on a free port and stops it when the test ends. */
export function startServer (t: Test, environment: Environment): RunningProcess {
  return spawnProgram(t, 'server.js', [], { PORT: '0', LOG_LEVEL: 'fatal', ...environment })
}

/** Starts a command-line command. `typed` is its standard input. */
export function startCommand (t: Test, commandLine: readonly string[], environment: Environment, typed = ''): RunningProcess {
  const running = spawnProgram(t, 'cli/main.js', commandLine, environment)
  running.process.stdin!.end(typed)
  return running
}

/** V8 options from .taprc, passed on because the child processes are as short-lived as the tests. */
const v8Options = globalThis.process.execArgv.filter(option => ['--liftoff-only', '--single-threaded-gc'].includes(option))

function spawnProgram (t: Test, program: string, commandLine: readonly string[], environment: Environment): RunningProcess {
  const file = fileURLToPath(new URL(`dist/src/${program}`, projectRoot))
  const process = spawn(globalThis.process.execPath, [...v8Options, file, ...commandLine], { env: { PATH: globalThis.process.env['PATH'], ...environment }, stdio: 'pipe' })
  const output = { out: '', err: '' }
  const ended = once(process, 'close').then(([code]) => code as number | null)
  const address = new Promise<string>((resolve, reject) => {
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.out += text
      const found = /(http:\/\/127\.0\.0\.1:\d+)\n/.exec(output.out)?.[1]
      if (found !== undefined) resolve(found)
    })
    ended.then(code => reject(new Error(`ended with ${code}: ${output.err}${output.out}`)), reject)
  })
  address.catch(() => {})
  process.stderr.setEncoding('utf8').on('data', (text: string) => { output.err += text })
  async function stop (): Promise<number | null> {
    process.kill('SIGTERM')
    return await ended
  }
  t.teardown(async () => {
    process.kill('SIGKILL')
    await ended
  })
  return { process, output, address, ended, stop }
}

/** Options of tests that need the embedded database. */
export const embeddedOnly = { skip: process.env['DATABASE_URL'] !== undefined && 'runs on the embedded database only' }

/** Options of tests that need several concurrent database connections. */
export const postgresOnly = { skip: process.env['DATABASE_URL'] === undefined && 'needs DATABASE_URL' }
