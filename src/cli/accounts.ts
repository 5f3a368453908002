/** Operator commands for accounts. */
import { type Command, Option } from 'commander'
import type { CliContext } from './context.js'
import { accountHeaders } from '../accounts/account-row.js'
import { DirectoryError } from '../accounts/directory.js'
import { AccountFileError } from '../accounts/import/file-errors.js'
import { importAccountFile } from '../accounts/import/import-file.js'
import type { DirectorySettings } from '../accounts/ldap/settings.js'
import { syncAccounts } from '../accounts/ldap/sync-accounts.js'

/** @param directory reads the directory settings; called only by the command that needs them */
export function registerAccountCommands (program: Command, context: CliContext, directory: () => DirectorySettings): void {
  const accounts = program.command('accounts').description('accounts of the directory')
  accounts.command('import')
    .description('create and update accounts from a text file; running it again with the same file changes nothing')
    .argument('<FILE>', `CSV or tab-separated text in UTF-8 or UTF-16 with a header line: ${accountHeaders.join(', ')}`)
    .option('--dry-run', 'show what would change for whom, and change nothing', false)
    .addOption(new Option('--encoding <encoding>', 'the encoding of a file that is not in Unicode').choices(['windows-1252']))
    .option('--force', 'shorten student numbers by their leading zeros where the file does', false)
    .action(async (path: string, options: ImportFlags) => await runImport(context, path, options))
  accounts.command('sync')
    .description('copy accounts from the LDAP directory and lock those that it no longer has; safe to interrupt and to run again')
    .option('--any-number-gone', 'lock all accounts that the directory no longer has, however many there are', false)
    .action(async ({ anyNumberGone }: { anyNumberGone: boolean }) => await runSync(context, directory(), anyNumberGone))
}

interface ImportFlags { readonly dryRun: boolean, readonly encoding?: 'windows-1252', readonly force: boolean }

async function runImport (context: CliContext, path: string, { dryRun, encoding, force }: ImportFlags): Promise<void> {
  try {
    const { created, updated, unchanged, warned, rejected, rejectedFile, warningsFile } = await importAccountFile(context, path, { isDryRun: dryRun, encoding, shortensNumbers: force })
    context.printLine(`${dryRun ? 'Would be: ' : ''}${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected`)
    if (warned > 0) context.printLine(`Of those taken, ${warned} with warnings${warningsFile === undefined ? '' : `: ${warningsFile}`}`)
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
