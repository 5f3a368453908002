/**
 * One process at a time in a data folder: two on one embedded database destroy it. Every process that wants in
 * leaves a file named after itself and then looks for others, so of two at least one sees the other.
 */
import { randomInt } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError } from '../config-error.js'

interface Holder { readonly pid: number, readonly started: string }

/** Two that came at the same moment both step back; so does whoever meets a process that is just ending. */
const tries = 5

/**
 * Takes the folder for this process.
 * @returns gives it back
 * @throws {ConfigError} naming the folder and the process that has it
 */
export async function lockFolder (folder: string): Promise<() => Promise<void>> {
  const own = await thisProcess()
  const file = join(folder, fileName(own))
  for (let left = tries; ; left--) {
    const present = await writeFile(file, '', { flag: 'wx', mode: 0o600 }).then(() => undefined, alreadyThere)
    const holder = present === undefined ? await findHolder(folder, own) : own
    if (holder === undefined) return async () => await rm(file, { force: true })
    if (present === undefined) await rm(file, { force: true })
    if (left === 1) throw inUse(folder, holder)
    await wait(randomInt(50, 150))
  }
}

/** Another process that lives and has the folder; the files of those that ended are cleared away. */
async function findHolder (folder: string, own: Holder): Promise<Holder | undefined> {
  for (const name of await readdir(folder)) {
    const holder = holderIn(name)
    if (holder === undefined || name === fileName(own)) continue
    if (await lives(holder)) return holder
    await rm(join(folder, name), { force: true })
  }
}

/** Whether it is that process still, and not another that got its number later. */
async function lives ({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = await startOf(pid)
  return now === undefined ? pid !== process.pid : now === started
}

async function thisProcess (): Promise<Holder> {
  return { pid: process.pid, started: await startOf(process.pid) ?? String(Math.floor(performance.timeOrigin)) }
}

/** The moment at which a process began, in ticks since the machine did; undefined where the system does not tell (no /proc). */
async function startOf (pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name of the program comes before, in brackets, and may hold anything.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return state === 'Z' ? 'ended' : rest[18]
}

function fileName ({ pid, started }: Holder): string {
  return `in-use-by-${pid}-${started}`
}

function holderIn (name: string): Holder | undefined {
  const [, pid, started] = /^in-use-by-(\d+)-(\d+)$/.exec(name) ?? []
  return pid === undefined ? undefined : { pid: Number(pid), started: started! }
}

function alreadyThere (error: NodeJS.ErrnoException): true {
  if (error.code !== 'EEXIST') throw error
  return true
}

function inUse (folder: string, { pid }: Holder): ConfigError {
  return new ConfigError([`DATA_DIR: process ${pid} is using ${folder}, and only one may. Stop it first (the server?), or set DATABASE_URL: with PostgreSQL several can work at once`])
}
