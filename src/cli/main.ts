/** Operator commands: `npm run slipdesk -- <command>`, or `node dist/src/cli/main.js <command>`. */
import { Command } from 'commander'
import { reindexAccounts } from '../accounts/reindex-accounts.js'
import { loadProfile, loadReferenceData, openDemoInstallation, type OpenedInstallation } from '../bootstrap.js'
import { parseCodeKeys, parseDirectoryConfig, parseOperatorConfig } from '../config.js'
import { connect, type Connection } from '../database/connection.js'
import { migrate } from '../database/migrations.js'
import { computeCutoffDates } from '../retention/rules.js'
import { registerAccountCommands } from './accounts.js'
import { registerAuditCommands } from './audit.js'
import type { TokenContext, VerifyContext } from './context.js'
import { registerPostcodeCommands } from './postcodes.js'
import { registerRetentionCommands } from './retention.js'
import { registerStaffCommands, type StaffCliContext } from './staff.js'
import { registerTokenCommands } from './tokens.js'

const now = () => new Date()
/** Commands that open the database themselves, only if they need it. */
const commandsOpeningDatabase = ['migrate', 'verify']

/** A reader that has left, as in `| head`, does not stop a command: it finishes its work, and its exit code stays true. */
function ignoreClosedPipe (error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)

const printLine = (line: string) => { process.stdout.write(`${line}\n`) }

async function runCli (): Promise<void> {
  const program = new Command('slipdesk').description('Slipdesk: operator commands').showHelpAfterError()
  let connection: Connection | OpenedInstallation | undefined
  const context: VerifyContext & StaffCliContext & TokenContext = {
    get db () { return connection!.db },
    get isDemo () { return connection !== undefined && 'isDemo' in connection && connection.isDemo },
    now,
    printLine,
    openDatabase: async () => { connection ??= await openDatabase() },
    requireCodeKeys: () => connection !== undefined && 'codeKeys' in connection ? connection.codeKeys : parseCodeKeys(process.env),
    get log () { return connection !== undefined && 'logKeys' in connection ? { keys: connection.logKeys, checkpointFile: connection.checkpointFile } : readLogSettings() },
  }
  program.hook('preAction', async (_program, command) => {
    if (!commandsOpeningDatabase.includes(command.name())) await context.openDatabase()
  })
  program.command('migrate').description('update the database schema and add the service points of the profile').action(runMigrations)
  registerStaffCommands(program, context)
  registerTokenCommands(program, context)
  registerAccountCommands(program, context, () => parseDirectoryConfig(process.env))
  registerPostcodeCommands(program, context)
  registerAuditCommands(program, context, async () => computeCutoffDates(now(), await loadProfile(parseOperatorConfig(process.env).institution)))
  registerRetentionCommands(program, context, async () => await loadProfile(parseOperatorConfig(process.env).institution))
  try {
    await program.parseAsync()
  } finally {
    await connection?.close()
  }
}

function readLogSettings (): VerifyContext['log'] {
  const { logKeys, checkpointFile } = parseOperatorConfig(process.env)
  return { keys: logKeys, checkpointFile }
}

async function openDatabase (): Promise<Connection | OpenedInstallation> {
  const { institution, data, checkpointFile } = parseOperatorConfig(process.env)
  if ('databaseUrl' in data) return await connect({ url: data.databaseUrl, poolSize: 2, hasNoTimeouts: true })
  return await openDemoInstallation({ dataDir: data.dataDir, checkpointFile }, await loadProfile(institution), now)
}

/** Migrates an institution's database. The demo's is migrated each time it is opened. */
async function runMigrations (): Promise<void> {
  const { institution, data } = parseOperatorConfig(process.env)
  const profile = await loadProfile(institution)
  const connection = await openDatabase()
  try {
    if ('dataDir' in data) return printLine('The embedded database is up to date.')
    const applied = await migrate(connection.db)
    await loadReferenceData(connection.db, profile, now())
    const reindexed = await reindexAccounts(connection.db, now(), printLine)
    if (reindexed > 0) printLine(`Indexed ${reindexed} accounts again for search.`)
    printLine(applied.length === 0 ? 'The schema is already up to date.' : `Applied ${applied.join(', ')}.`)
  } finally {
    await connection.close()
  }
}

runCli().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
})
