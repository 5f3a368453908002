/** The newest checkpoint, sealed up to this moment, and the proof of an event that was written a moment ago. */
import { setTimeout } from 'node:timers/promises'
import type { Deps } from '../app.js'
import { proveEvent, type EventProof } from '../audit/sealing/prove-event.js'
import { sealLog } from '../audit/sealing/seal.js'
import type { SealConflict } from '../audit/sealing/why-not-sealed.js'
import { Problem } from '../http/problems.js'

export type SealingDeps = Pick<Deps, 'db' | 'log' | 'now' | 'logger'>

/**
 * @returns the signed note
 * @throws {Problem} `unavailable` while a transaction is open for long, and for good when the database does not
 * continue what was signed before: then the log is not signed any more
 */
export async function requireCurrentCheckpoint ({ db, log, now, logger }: SealingDeps): Promise<string> {
  const sealed = await sealLog(db, log, now())
  if ('reason' in sealed) throw createNotSignedProblem(sealed, logger)
  if (!sealed.isComplete) throw createHeldBackProblem()
  return sealed.note
}

/** How often, and how long, an event waits for the transactions that were under way when it was written. Milliseconds. */
const heldBackRetry = { times: 20, pause: 250 }

/**
 * The proof that an event that has just been committed is in the log.
 * @throws {Problem} `unavailable` as above
 */
export async function requireEventProof ({ db, log, now, logger }: SealingDeps, eventId: string): Promise<EventProof> {
  for (let left = heldBackRetry.times; left > 0; left--) {
    const proven = await proveEvent(db, log, now(), eventId)
    if (proven !== 'held-back' && 'reason' in proven) throw createNotSignedProblem(proven, logger)
    if (proven !== 'held-back') return proven
    await setTimeout(heldBackRetry.pause)
  }
  throw createHeldBackProblem()
}

function createNotSignedProblem (why: SealConflict, logger: SealingDeps['logger']): Problem {
  logger.fatal(why, 'THE LOG IS NOT SIGNED ANY MORE: the database is no continuation of what was signed before')
  return new Problem('unavailable', { variant: 'log-not-signed' })
}

function createHeldBackProblem (): Problem {
  return new Problem('unavailable', { variant: 'log-held-back', headers: { 'retry-after': '1' } })
}
