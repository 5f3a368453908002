/** The test files that wait to be run: an empty file each in a folder. Who removes it runs the test file. */
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Names the folder in the environment of a worker. */
export const QUEUE_VARIABLE = 'TEST_QUEUE'

/** Entries sort in the order in which the files are to be run. */
export function toQueueEntry (file: string, index: number): string {
  return `${String(index).padStart(4, '0')} ${encodeURIComponent(file)}`
}

/** Takes one file after another until none is left. Several processes take from one queue, each file once. */
export function * takeFiles (folder: string): Generator<string> {
  for (const entry of readdirSync(folder).sort()) {
    if (tryToTake(join(folder, entry))) yield decodeURIComponent(entry.slice(entry.indexOf(' ') + 1))
  }
}

function tryToTake (path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}
