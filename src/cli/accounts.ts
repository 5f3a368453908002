/** Operator commands for accounts. */
import type { Command } from 'commander'
import type { CliContext } from './context.js'
import { AccountFileError } from '../accounts/accounts-csv.js'
import { accountHeaders } from '../accounts/account-row.js'
import { DirectoryError } from '../accounts/directory.js'
import { importAccounts } from '../accounts/import-accounts.js'
import type { DirectorySettings } from '../accounts/ldap/settings.js'
import { syncAccounts } from '../accounts/ldap/sync-accounts.js'

/** @param directory reads the directory settings; called only by the command that needs them */
export function registerAccountCommands (program: Command, context: CliContext, directory: () => DirectorySettings): void {
  const accounts = program.command('accounts').description('accounts of the directory')
  accounts.command('import')
    .description('create and update accounts from a CSV file; running it again with the same file changes nothing')
    .argument('<FILE.csv>', `UTF-8, separated by commas or semicolons, with a header line: ${accountHeaders.join(', ')}`)
    .action(async (path: string) => await runImport(context, path))
  accounts.command('sync')
    .description('copy accounts from the LDAP directory and lock those that it no longer has; safe to interrupt and to run again')
    .option('--any-number-gone', 'lock all accounts that the directory no longer has, however many there are', false)
    .action(async ({ anyNumberGone }: { anyNumberGone: boolean }) => await runSync(context, directory(), anyNumberGone))
}

async function runImport (context: CliContext, path: string): Promise<void> {
  try {
    const { created, updated, unchanged, rejected, rejectedFile } = await importAccounts(context, path)
    context.printLine(`${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`)
    if (rejectedFile !== undefined) context.printLine(`Rejected rows, with reasons: ${rejectedFile}`)
  } catch (error) {
    throw error instanceof AccountFileError ? new Error(`${path}: ${error.message} Nothing was imported.`) : error
  }
}

async function runSync (context: CliContext, settings: DirectorySettings, anyNumberGone: boolean): Promise<void> {
  if (settings.kind !== 'ldap') throw new Error('There is nothing to copy: only accounts of an LDAP directory are copied. Set DIRECTORY=ldap to use one.')
  const { created, updated, unchanged, rejected, gone } = await syncAccounts(context, settings, anyNumberGone).catch((error: unknown) => {
    throw error instanceof DirectoryError ? new Error(`The directory failed: ${error.message}. Accounts read before the failure are saved. Run the command again.`) : error
  })
  context.printLine(`${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected, ${gone} locked because the directory no longer has them`)
}
