/** Operator commands for the postcode register. */
import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { MIN_POSTCODES, type PcfFault, type PcfFaultCode } from '../addresses/pcf-file.js'
import { importPostcodes, requirePostcodeRegister } from '../addresses/postcode-register.js'
import type { CliContext } from './context.js'

const MAX_FAULTS_SHOWN = 20

const faultTexts: Readonly<Record<PcfFaultCode, string>> = {
  'not-a-postcode-file': 'not a postcode file of the post (PCF_YYYYMMDD.dat, which begins with PONOT)',
  'record-width': 'a record must be PONOT and 215 more printable characters',
  'run-date': 'the run date is not a valid date',
  'run-date-differs': 'the run date differs from the one in the first record',
  postcode: 'the postcode must have five digits',
  type: 'the type must be one digit',
  town: 'the town has no name',
  municipality: 'the municipality must have a three-digit code and a name',
  'postcode-twice': 'the postcode is in the file twice',
  'too-few-postcodes': 'the file ends here with too few postcodes and may be incomplete; set a lower limit with --fewest',
}

/** Registers `postcodes import <file>`. */
export function registerPostcodeCommands (program: Command, context: CliContext): void {
  const postcodes = program.command('postcodes').description('the postcode register')
  postcodes.command('import')
    .description('replace the register with the postcode file of the post, PCF_YYYYMMDD.dat')
    .argument('<file>')
    .option('--fewest <count>', 'reject a file with fewer postcodes', parseCount, MIN_POSTCODES)
    .action(async (file: string, options: { fewest: number }) => await runPostcodesImport(context, file, options.fewest))
}

/**
 * Imports a file and prints the result.
 * @throws when the file cannot be read or has faults; nothing is imported then
 */
async function runPostcodesImport ({ db, now, printLine }: CliContext, path: string, fewest: number): Promise<void> {
  const file = await readFile(path)
  const before = await requirePostcodeRegister(db)
  const imported = await importPostcodes(db, file, now(), fewest)
  if (!imported.ok) throw new Error(formatFaults(path, imported.faults))
  printLine(`Imported ${imported.count} postcodes dated ${imported.register.dataDate}; they replace those dated ${before.dataDate}.`)
}

function formatFaults (path: string, faults: readonly PcfFault[]): string {
  const shown = faults.slice(0, MAX_FAULTS_SHOWN).map(({ line, fault }) => `${path}:${line}: ${faultTexts[fault]}`)
  const more = faults.length > MAX_FAULTS_SHOWN ? [`and ${faults.length - MAX_FAULTS_SHOWN} more faults`] : []
  return [...shown, ...more, 'Nothing was imported. The register has not changed.'].join('\n')
}

function parseCount (text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Enter a whole number of at most six digits.')
  return Number(text)
}
