/** The process: configuration → installation → app → listen → close gracefully. */
import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import closeWithGrace from 'close-with-grace'
import { openDirectory } from './accounts/ldap/ldap-directory.js'
import { buildApp } from './app.js'
import { formatLogOrigin } from './audit/sealing/log-crypto.js'
import { startBackgroundJobs } from './background-jobs.js'
import { loadProfile, openInstallation, requireCurrentSchema } from './bootstrap.js'
import { ConfigError, parseConfig } from './config.js'
import { formatDemoWelcome } from './demo/demo-data.js'
import { createLogger } from './logger.js'

// Much of what an export reads lives just long enough to be kept: by itself the heap would grow fourfold before it is looked through.
setFlagsFromString('--heap-growing-percent=40')

const now = () => new Date()

async function runServer (): Promise<void> {
  const config = parseConfig(process.env)
  const logger = createLogger(config.logLevel)
  const profile = await loadProfile(config.institution)
  const opened = await openInstallation(config, profile, now)
  if (!opened.isDemo) await requireCurrentSchema(opened).catch(unlessAway)
  const logSettings = { origin: formatLogOrigin(config.publicUrl, profile.id), keys: opened.logKeys, checkpointFile: opened.checkpointFile }
  const directory = openDirectory(opened.db, config.directory, now)
  const app = await buildApp({
    db: opened.db,
    directory,
    profile,
    codeKeys: opened.codeKeys,
    sessionKey: opened.sessionKey,
    logSettings,
    publicUrl: config.publicUrl,
    isDemo: opened.isDemo,
    trustedProxies: config.trustedProxies,
    metricsToken: config.metricsToken,
    logger,
    now,
    randomBytes,
    hasSnapshots: !opened.isDemo,
  })
  const stopHousekeeping = startBackgroundJobs({ db: opened.db, logSettings, profile, now, logger })
  closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err !== undefined) logger.fatal({ err }, 'nobody caught this; closing')
    await app.close()
    await stopHousekeeping()
    await directory.close()
    await opened.close()
  })
  const address = await app.listen({ host: config.host, port: config.port }).catch(async (error: NodeJS.ErrnoException) => {
    await opened.close()
    throw new ConfigError([`HOST, PORT: cannot listen on ${config.host}:${config.port} (${error.code ?? error.message}); is another server there?`])
  })
  process.stdout.write(opened.isDemo ? formatDemoWelcome(address) : `Slipdesk for ${profile.name.en} listens on ${address}\n`)
  if (opened.checkpointFile === undefined) logger.warn('CHECKPOINT_FILE is not set: a log that is cut at its end is noticed only against checkpoints that people keep')

  /** A database that is away does not keep the process from starting: it answers 503 until the database is back. */
  function unlessAway (error: unknown): void {
    if (error instanceof ConfigError) throw error
    logger.warn({ err: error }, 'the database does not answer yet')
  }
}

runServer().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`)
  process.exit(1)
})
