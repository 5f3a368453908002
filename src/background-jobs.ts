/**
 * What the process does of itself while it runs: it writes down which slips have expired and which reservations have run
 * out, seals the log, and at night forgets what is past its term.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { LogSettings } from './audit/sealing/log-crypto.js'
import { sealLog } from './audit/sealing/seal-log.js'
import type { Database } from './database/schema.js'
import type { Profile } from './institution/profile.js'
import { deleteAttemptsOfEndedSlips } from './redemptions/attempts.js'
import { sweepExpiredReservations } from './redemptions/end-reservation.js'
import { runNightly } from './retention/run-retention.js'
import { recordExpiredSlips } from './slips/commands/end-slip.js'

const JOB_INTERVAL_MS = 60_000

interface BackgroundJobDeps {
  readonly db: Kysely<Database>
  readonly logSettings: LogSettings
  readonly profile: Profile
  readonly now: () => Date
  readonly logger: FastifyBaseLogger
}

/**
 * Sweeps and seals now and every minute from then on; what fails is logged and tried again a minute later.
 * @returns stops it, once what is under way has ended
 */
export function startBackgroundJobs (house: BackgroundJobDeps): () => Promise<void> {
  const closing = new AbortController()
  let underWay: Promise<void> | undefined
  let forgetting: Promise<void> | undefined
  const keepHouse = () => {
    underWay ??= runExpiryJob(house).then(async () => await runSealingJob(house)).finally(() => { underWay = undefined })
    // Beside the others, which must not wait for a long night.
    forgetting ??= runRetentionJob(house, closing.signal).finally(() => { forgetting = undefined })
  }
  keepHouse()
  const timer = setInterval(keepHouse, JOB_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    closing.abort()
    await underWay
    await forgetting
  }
}

async function runRetentionJob ({ logger, ...deps }: BackgroundJobDeps, closing: AbortSignal): Promise<void> {
  try {
    const forgotten = await runNightly(deps, closing)
    if (forgotten !== undefined && Object.values(forgotten).some(count => count > 0)) logger.info({ forgotten }, 'what was past its term is forgotten')
  } catch (error) {
    logger.warn({ err: error }, 'forgetting stopped and will be tried again')
  }
}

async function runExpiryJob ({ db, now, logger }: BackgroundJobDeps): Promise<void> {
  try {
    const unfinished = await sweepExpiredReservations(db, now())
    if (unfinished > 0) logger.info({ unfinished }, 'redemptions were not finished')
    await deleteAttemptsOfEndedSlips(db)
    const expired = await recordExpiredSlips(db, now())
    if (expired > 0) logger.info({ expired }, 'slips have expired')
  } catch (error) {
    logger.warn({ err: error }, 'the sweep failed')
  }
}

async function runSealingJob ({ db, logSettings, now, logger }: BackgroundJobDeps): Promise<void> {
  try {
    const sealed = await sealLog(db, logSettings, now())
    if ('reason' in sealed) return logger.fatal(sealed, 'THE LOG IS NOT SIGNED ANY MORE: the database is no continuation of what was signed before; see docs/operations.md')
    if (!sealed.isComplete) logger.warn('a transaction that is open for long holds back the log')
    if (sealed.added > 0) logger.info({ sealed: sealed.added }, 'events were sealed')
  } catch (error) {
    logger.warn({ err: error }, 'the log could not be sealed')
  }
}
