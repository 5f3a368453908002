/** Operator commands: `npm run slipdesk -- <command>`, or `node dist/src/cli.js <command>`. */
import { Command } from 'commander'
import { registerAccountCommands } from './accounts/cli.js'
import { registerPostcodeCommands } from './addresses/cli.js'
import type { VerifierContext } from './cli-context.js'
import { ConfigError } from './config-error.js'
import { parseDirectoryConfig, parseOperatorConfig } from './config.js'
import { connect, type Connection } from './database/connect.js'
import { migrate } from './database/migrate.js'
import { loadProfile } from './institution/load-profile.js'
import { openDemo, type Opened } from './installation.js'
import { registerProofCommands } from './proofs/cli.js'
import { loadReferenceData } from './reference-data.js'
import { registerRetentionCommands } from './retention/cli.js'
import { termsAt } from './retention/terms.js'
import { registerStaffCommands } from './staff/cli.js'
import { registerTokenCommands } from './staff/tokens-cli.js'

const now = () => new Date()
/** Commands that open the database when they know that they need it. */
const openThemselves = ['migrate', 'verify']

const out = (line: string) => { process.stdout.write(`${line}\n`) }

async function run (): Promise<void> {
  const program = new Command('slipdesk').description('Slipdesk: operator commands').showHelpAfterError()
  let connection: Connection | Opened | undefined
  const context: VerifierContext = {
    get db () { return connection!.db },
    now,
    out,
    openDatabase: async () => { connection ??= await openDatabase() },
    get log () { return connection !== undefined && 'logKeys' in connection ? { keys: connection.logKeys, checkpointFile: connection.checkpointFile } : logOfEnvironment() },
  }
  program.hook('preAction', async (_program, command) => {
    if (!openThemselves.includes(command.name())) await context.openDatabase()
  })
  program.command('migrate').description('bring the schema up to date and load the profile’s service points').action(migrateAll)
  registerStaffCommands(program, context)
  registerTokenCommands(program, context)
  registerAccountCommands(program, context, () => parseDirectoryConfig(process.env))
  registerPostcodeCommands(program, context)
  registerProofCommands(program, context, async () => termsAt(now(), await loadProfile(parseOperatorConfig(process.env).institution)))
  registerRetentionCommands(program, context, async () => await loadProfile(parseOperatorConfig(process.env).institution))
  try {
    await program.parseAsync()
  } finally {
    await connection?.close()
  }
}

function logOfEnvironment (): VerifierContext['log'] {
  const { logKeys, checkpointFile } = parseOperatorConfig(process.env)
  return { keys: logKeys, checkpointFile }
}

async function openDatabase (): Promise<Connection | Opened> {
  const { institution, data, checkpointFile } = parseOperatorConfig(process.env)
  if ('databaseUrl' in data) return await connect({ url: data.databaseUrl, poolSize: 2, patient: true })
  return await openDemo({ dataDir: data.dataDir, checkpointFile }, await loadProfile(institution), now)
}

/** The demo's folder is migrated whenever it is opened; here an institution's database is. */
async function migrateAll (): Promise<void> {
  const { institution, data } = parseOperatorConfig(process.env)
  const profile = await loadProfile(institution)
  const connection = await openDatabase()
  try {
    if ('dataDir' in data) return out('The embedded database is up to date.')
    const applied = await migrate(connection.db)
    await loadReferenceData(connection.db, profile, now())
    out(applied.length === 0 ? 'The schema was up to date.' : `Applied ${applied.join(', ')}.`)
  } finally {
    await connection.close()
  }
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : (error as Error).message}\n`)
  process.exitCode = 1
})
