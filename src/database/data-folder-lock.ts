/**
 * Lets one process at a time use a data folder: two processes on one embedded database destroy it. Each process first
 * writes a file that carries its process id and then looks for other such files, so that of two processes at least one
 * sees the other.
 */
import { randomInt } from 'node:crypto'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'

/** Another process uses the data folder. */
export class FolderInUse extends Error {
  constructor (folder: string, pid: number) {
    super(`process ${pid} is using ${folder}`)
    this.name = 'FolderInUse'
  }
}

interface LockHolder { readonly pid: number, readonly started: string }

/** Two processes that start at the same moment both fail an attempt, and so does one that starts while another is ending. */
const MAX_ATTEMPTS = 5

/**
 * Locks the folder for this process.
 * @returns a function that releases the lock
 * @throws {FolderInUse} when another process uses it
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

/** Finds another running process that uses the folder. Deletes the files of processes that have ended. */
async function findOtherHolder (folder: string, own: LockHolder): Promise<LockHolder | undefined> {
  for (const name of await readdir(folder)) {
    const holder = parseLockFileName(name)
    if (holder === undefined || name === formatLockFileName(own)) continue
    if (await isRunning(holder)) return holder
    await rm(join(folder, name), { force: true })
  }
}

/** Returns whether that process still runs. A later process with the same id started at another time. */
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

/** Returns when a process started, in clock ticks since the machine booted; undefined on systems without /proc. */
async function readStartTime (pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The program's name comes before the state, in brackets, and may contain any character.
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
