/**
 * One process at a time in a data folder: two on one embedded database destroy it. Every process that wants in
 * leaves a file named after itself and then looks for others, so of two at least one sees the other.
 */
import { randomInt } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'

/** Another process has the data folder. */
export class FolderInUse extends Error {
  constructor (folder: string, pid: number) {
    super(`process ${pid} is using ${folder}`)
    this.name = 'FolderInUse'
  }
}

interface LockHolder { readonly pid: number, readonly started: string }

/** Two processes that start at the same moment both give up, and so does one that meets a process which is just ending. */
const MAX_ATTEMPTS = 5

/**
 * Takes the folder for this process.
 * @returns gives it back
 * @throws {FolderInUse} when another process has it
 */
export async function lockDataFolder (folder: string): Promise<() => Promise<void>> {
  const own = await describeThisProcess()
  const file = join(folder, formatLockFileName(own))
  for (let left = MAX_ATTEMPTS; ; left--) {
    const present = await writeFile(file, '', { flag: 'wx', mode: 0o600 }).then(() => undefined, rethrowUnlessFileExists)
    const holder = present === undefined ? await findOtherHolder(folder, own) : own
    if (holder === undefined) return async () => await rm(file, { force: true })
    if (present === undefined) await rm(file, { force: true })
    if (left === 1) throw new FolderInUse(folder, holder.pid)
    await wait(randomInt(50, 150))
  }
}

/** Another process that lives and has the folder; the files of those that ended are cleared away. */
async function findOtherHolder (folder: string, own: LockHolder): Promise<LockHolder | undefined> {
  for (const name of await readdir(folder)) {
    const holder = parseLockFileName(name)
    if (holder === undefined || name === formatLockFileName(own)) continue
    if (await isRunning(holder)) return holder
    await rm(join(folder, name), { force: true })
  }
}

/** Whether it is that process still, and not another that got its number later. */
async function isRunning ({ pid, started }: LockHolder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = await readStartTime(pid)
  return now === undefined ? pid !== process.pid : now === started
}

async function describeThisProcess (): Promise<LockHolder> {
  return { pid: process.pid, started: await readStartTime(process.pid) ?? String(Math.floor(performance.timeOrigin)) }
}

/** The moment at which a process began, in ticks since the machine did; undefined where the system does not tell (no /proc). */
async function readStartTime (pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name of the program comes before, in brackets, and may hold anything.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return state === 'Z' ? 'ended' : rest[18]
}

function formatLockFileName ({ pid, started }: LockHolder): string {
  return `in-use-by-${pid}-${started}`
}

function parseLockFileName (name: string): LockHolder | undefined {
  const [, pid, started] = /^in-use-by-(\d+)-(\d+)$/.exec(name) ?? []
  return pid === undefined ? undefined : { pid: Number(pid), started: started! }
}

function rethrowUnlessFileExists (error: NodeJS.ErrnoException): true {
  if (error.code !== 'EEXIST') throw error
  return true
}
