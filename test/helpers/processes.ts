/** The real programs in processes of their own, as an operator runs them. */
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
  /** Everything written so far. */
  readonly output: { out: string, err: string }
  /** Where it listens, once it says so; rejected with what it wrote when it ends instead. */
  readonly address: Promise<string>
  /** The exit code, when it has ended. */
  readonly ended: Promise<number | null>
  /** Asks it to end and tells the exit code. */
  stop (): Promise<number | null>
}

type Environment = Readonly<Record<string, string>>

/** A folder that goes away with the test. */
export async function temporaryFolder (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipdesk-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** The server on a free port; ended with the test. */
export function startServer (t: Test, environment: Environment): RunningProcess {
  return spawnProgram(t, 'server.js', [], { PORT: '0', LOG_LEVEL: 'fatal', ...environment })
}

/** An operator's command, with what is typed into it. */
export function startCommand (t: Test, commandLine: readonly string[], environment: Environment, typed = ''): RunningProcess {
  const running = spawnProgram(t, 'cli/main.js', commandLine, environment)
  running.process.stdin!.end(typed)
  return running
}

/** V8's options of the test process (.taprc): a program of a test is as short-lived as the test. */
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

/** For what the embedded database alone can show: the run without DATABASE_URL holds it. */
export const embeddedOnly = { skip: process.env['DATABASE_URL'] !== undefined && 'held by the run on the embedded database' }

/** For what only several connections at once can show. */
export const postgresOnly = { skip: process.env['DATABASE_URL'] === undefined && 'needs DATABASE_URL' }
