/** Starts the server process: configuration, installation, application, background jobs; closes gracefully. */
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

// What an export reads lives just long enough to survive young collections; without this the heap grows fourfold before it is collected.
setFlagsFromString('--heap-growing-percent=40')

const now = () => new Date()

async function runServer (): Promise<void> {
  const config = parseConfig(process.env)
  const logger = createLogger(config.logLevel)
  for (const warning of config.warnings) logger.warn(warning)
  const profile = await loadProfile(config.institution)
  const opened = await openInstallation(config, profile, now)
  if (!opened.isDemo) await requireCurrentSchema(opened).catch(rethrowUnlessUnavailable)
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
  const stopBackgroundJobs = startBackgroundJobs({ db: opened.db, logSettings, profile, now, logger })
  closeWithGrace({ delay: 10_000, logger: false }, async ({ err }) => {
    if (err !== undefined) logger.fatal({ err }, 'uncaught error; closing')
    await app.close()
    await stopBackgroundJobs()
    await directory.close()
    await opened.close()
  })
  const address = await app.listen({ host: config.host, port: config.port }).catch(async (error: NodeJS.ErrnoException) => {
    await opened.close()
    throw new ConfigError([`HOST, PORT: cannot listen on ${config.host}:${config.port} (${error.code ?? error.message}); is another server running there?`])
  })
  process.stdout.write(opened.isDemo ? formatDemoWelcome(address) : `Slipdesk for ${profile.name.en} listens on ${address}\n`)
  if (opened.checkpointFile === undefined) logger.warn('CHECKPOINT_FILE is not set: events that are deleted at the end of the audit log can be detected only with checkpoints stored elsewhere')

  /** An unavailable database does not prevent the start: requests get 503 until it answers. */
  function rethrowUnlessUnavailable (error: unknown): void {
    if (error instanceof ConfigError) throw error
    logger.warn({ err: error }, 'the database does not answer yet; requests get 503 until it does')
  }
}

runServer().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).stack}\n`)
  process.exit(1)
})
