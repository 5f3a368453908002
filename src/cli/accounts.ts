/** The operator's commands about accounts. */
import type { Command } from 'commander'
import type { CliContext } from './context.js'
import { AccountFileError } from '../accounts/accounts-csv.js'
import { accountHeaders } from '../accounts/account-row.js'
import { DirectoryError } from '../accounts/directory.js'
import { importAccounts } from '../accounts/import-accounts.js'
import type { DirectorySettings } from '../accounts/ldap/settings.js'
import { syncAccounts } from '../accounts/ldap/sync-accounts.js'

/** @param directory says which directory the configuration names; read only by the command that asks it */
export function registerAccountCommands (program: Command, context: CliContext, directory: () => DirectorySettings): void {
  const accounts = program.command('accounts').description('the directory’s accounts')
  accounts.command('import')
    .description('create and update accounts from a CSV file; running it again changes nothing')
    .argument('<FILE.csv>', `UTF-8, separated by , or ; with a header line: ${accountHeaders.join(', ')}`)
    .action(async (path: string) => await runImport(context, path))
  accounts.command('sync')
    .description('copy what the rules need from the LDAP directory, and lock the accounts that it no longer has; safe to interrupt and to run again')
    .option('--any-number-gone', 'lock those who are gone even when they are very many', false)
    .action(async ({ anyNumberGone }: { anyNumberGone: boolean }) => await runSync(context, directory(), anyNumberGone))
}

async function runImport (context: CliContext, path: string): Promise<void> {
  try {
    const { created, updated, unchanged, rejected, rejectedFile } = await importAccounts(context, path)
    context.printLine(`${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`)
    if (rejectedFile !== undefined) context.printLine(`The rejected rows, with their reasons, are in ${rejectedFile}`)
  } catch (error) {
    throw error instanceof AccountFileError ? new Error(`${path}: ${error.message} Nothing was imported.`) : error
  }
}

async function runSync (context: CliContext, settings: DirectorySettings, anyNumberGone: boolean): Promise<void> {
  if (settings.kind === 'built-in') throw new Error('The directory is the accounts table itself: there is nothing to copy. DIRECTORY=ldap names another one.')
  const { created, updated, unchanged, rejected, gone } = await syncAccounts(context, settings, anyNumberGone).catch((error: unknown) => {
    throw error instanceof DirectoryError ? new Error(`The directory stopped: ${error.message}. What it told until then is written. Run it again.`) : error
  })
  context.printLine(`${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected, ${gone} gone and locked`)
}
