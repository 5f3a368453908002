/** A queue of test files: a folder with an empty file for each. The process that removes the file runs the test. */
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The environment variable with the queue's folder. */
export const QUEUE_VARIABLE = 'TEST_QUEUE'

/** Returns the name of a queue entry. Names sort in the order in which the tests run. */
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
