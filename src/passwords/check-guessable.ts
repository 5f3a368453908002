/** Examines passwords in a thread of its own, so that no page waits for it. */
import { Worker } from 'node:worker_threads'
import { Unavailable } from '../institution/errors.js'

/** Passwords that wait or are examined. Each takes up to 40 ms, so the last one waits for less than a second. */
const MAX_WAITING = 20

interface Waiting {
  readonly resolve: (isGuessable: boolean) => void
  readonly reject: (error: unknown) => void
}

/** In the order in which the thread answers. */
const waiting: Waiting[] = []
let thread: Worker | undefined

/**
 * Returns whether a password is easy to guess (see `isGuessable`).
 * @throws {Unavailable} `password-check-busy` when too many wait
 */
export async function checkGuessable (password: string): Promise<boolean> {
  if (waiting.length >= MAX_WAITING) throw new Unavailable('password-check-busy')
  thread ??= startThread()
  const answer = new Promise<boolean>((resolve, reject) => { waiting.push({ resolve, reject }) })
  thread.ref()
  thread.postMessage(password)
  return await answer
}

/** The thread starts at the first password and ends with the process, which waits for it only while a password is examined. */
function startThread (): Worker {
  const worker = new Worker(new URL('guessable-worker.js', import.meta.url), { execArgv: [] })
  worker.on('message', (isGuessable: boolean) => {
    waiting.shift()?.resolve(isGuessable)
    if (waiting.length === 0) worker.unref()
  })
  const fail = (error: unknown) => {
    if (thread === worker) thread = undefined
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  worker.on('error', fail)
  worker.on('exit', code => fail(new Error(`the thread that examines passwords ended with ${code}`)))
  return worker
}
