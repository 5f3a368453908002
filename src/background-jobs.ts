/**
 * Jobs that run beside the requests: every minute, record slips, reservations and confirmation requests that have expired,
 * delete uploaded account files an hour after their upload, seal the audit log, and write its security events to the
 * server's log; every night, erase personal data whose retention period has ended.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { LogSettings } from './audit/sealing/log-crypto.js'
import { deleteExpiredUploads } from './accounts/uploads/upload-store.js'
import { sealLog } from './audit/sealing/seal-log.js'
import { SEALING_STOPPED } from './audit/sealing/seal-preconditions.js'
import type { Database } from './database/schema.js'
import type { Profile } from './institution/profile.js'
import { reportRecordedEvents } from './monitoring/recorded-events.js'
import { logSecurityEvent } from './monitoring/security-log.js'
import { deleteAttemptsOfEndedSlips } from './redemptions/attempts.js'
import { sweepExpiredReservations } from './redemptions/end-reservation.js'
import { runNightly } from './retention/run-retention.js'
import { recordExpiredSlips } from './slips/commands/end-slip.js'
import { expireRequests } from './staff/confirmations/decide.js'
import { deleteExpiredForms } from './staff/kept-forms.js'
import { deleteOldOrigins } from './staff/sign-in/sign-in-origins.js'

const JOB_INTERVAL_MS = 60_000

interface BackgroundJobDeps {
  readonly db: Kysely<Database>
  readonly logSettings: LogSettings
  readonly profile: Profile
  readonly now: () => Date
  readonly logger: FastifyBaseLogger
}

/**
 * Runs the jobs now and then every minute. A job that fails is logged and runs again a minute later.
 * @returns a function that stops the jobs and waits for those that are running
 */
export function startBackgroundJobs (deps: BackgroundJobDeps): () => Promise<void> {
  const closing = new AbortController()
  let running: Promise<void> | undefined
  let retentionRun: Promise<void> | undefined
  const runJobs = () => {
    running ??= runExpiryJob(deps).then(async () => await runSealingJob(deps)).then(async () => await runSecurityLogJob(deps)).finally(() => { running = undefined })
    // Not after the others: the nightly run can be long, and they must not wait for it.
    retentionRun ??= runRetentionJob(deps, closing.signal).finally(() => { retentionRun = undefined })
  }
  runJobs()
  const timer = setInterval(runJobs, JOB_INTERVAL_MS)
  return async () => {
    clearInterval(timer)
    closing.abort()
    await running
    await retentionRun
  }
}

async function runRetentionJob ({ logger, ...deps }: BackgroundJobDeps, closing: AbortSignal): Promise<void> {
  try {
    const erased = await runNightly(deps, closing)
    if (erased !== undefined && Object.values(erased).some(count => count > 0)) logger.info({ erased }, 'expired personal data was erased')
  } catch (error) {
    logger.warn({ err: error }, 'erasing expired personal data failed and will be tried again')
  }
}

async function runExpiryJob ({ db, now, logger }: BackgroundJobDeps): Promise<void> {
  try {
    const unfinished = await sweepExpiredReservations(db, now())
    if (unfinished > 0) logger.info({ unfinished }, 'reservations expired without being confirmed')
    await deleteAttemptsOfEndedSlips(db)
    await deleteExpiredForms(db, now())
    await expireRequests(db, now())
    await deleteOldOrigins(db, now())
    const expired = await recordExpiredSlips(db, now())
    if (expired > 0) logger.info({ expired }, 'slips expired')
    await deleteExpiredUploads(db, now())
  } catch (error) {
    logger.warn({ err: error }, 'recording expired slips and reservations failed and will be tried again')
  }
}

async function runSealingJob ({ db, logSettings, now, logger }: BackgroundJobDeps): Promise<void> {
  try {
    const sealed = await sealLog(db, logSettings, now())
    if ('reason' in sealed) {
      logSecurityEvent(logger, { event: 'security.sealing-stopped', where: sealed.where, reason: sealed.reason })
      return logger.fatal(sealed, SEALING_STOPPED)
    }
    if (!sealed.isComplete) logger.warn('an open transaction delays the sealing of the audit log')
    if (sealed.added > 0) logger.info({ sealed: sealed.added }, 'audit events were sealed')
  } catch (error) {
    logger.warn({ err: error }, 'sealing the audit log failed and will be tried again')
  }
}

/** Independent of sealing, which may have stopped. */
async function runSecurityLogJob ({ db, logger }: BackgroundJobDeps): Promise<void> {
  try {
    await reportRecordedEvents(db, logger)
  } catch (error) {
    logger.warn({ err: error }, 'writing audit events to the security log failed and will be tried again')
  }
}
