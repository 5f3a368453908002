/** Operator commands for the postcode register. */
import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { MIN_POSTCODES, type PcfFault, type PcfFaultCode } from '../addresses/pcf-file.js'
import { importPostcodes, requirePostcodeRegister } from '../addresses/postcode-register.js'
import type { CliContext } from './context.js'

/** The post's whole file is below 2 MB. */
const MAX_FAULTS_SHOWN = 20

const faultTexts: Readonly<Record<PcfFaultCode, string>> = {
  'not-a-postcode-file': 'this is not the post’s postcode file (PCF_YYYYMMDD.dat begins with PONOT)',
  'record-width': 'a record is PONOT and 215 printable characters more',
  'run-date': 'the run date is no day',
  'run-date-differs': 'the run date differs from the first record’s',
  postcode: 'a postcode is five digits',
  type: 'the type is one digit',
  town: 'the town has no name',
  municipality: 'the municipality is a code of three digits and a name',
  'postcode-twice': 'this postcode stands above already',
  'too-few-postcodes': 'the file ends here and has too few postcodes to be whole; --fewest says how many are enough',
}

/** Adds `postcodes import <file>`. */
export function registerPostcodeCommands (program: Command, context: CliContext): void {
  const postcodes = program.command('postcodes').description('the postcode register')
  postcodes.command('import')
    .description('take the post’s own file, PCF_YYYYMMDD.dat, in the place of the present register')
    .argument('<file>')
    .option('--fewest <count>', 'refuse a file with fewer postcodes', parseCount, MIN_POSTCODES)
    .action(async (file: string, options: { fewest: number }) => await runPostcodesImport(context, file, options.fewest))
}

/**
 * Imports a file and says what came of it.
 * @throws when the file cannot be read or has faults; nothing is changed then
 */
export async function runPostcodesImport ({ db, now, printLine }: CliContext, path: string, fewest: number): Promise<void> {
  const file = await readFile(path)
  const before = await requirePostcodeRegister(db)
  const imported = await importPostcodes(db, file, now(), fewest)
  if (!imported.ok) throw new Error(formatFaults(path, imported.faults))
  printLine(`Imported ${imported.count} postcodes, data of ${imported.register.dataDate}, in the place of data of ${before.dataDate}.`)
}

function formatFaults (path: string, faults: readonly PcfFault[]): string {
  const shown = faults.slice(0, MAX_FAULTS_SHOWN).map(({ line, fault }) => `${path}:${line}: ${faultTexts[fault]}`)
  const more = faults.length > MAX_FAULTS_SHOWN ? [`and ${faults.length - MAX_FAULTS_SHOWN} more faults`] : []
  return [...shown, ...more, 'Nothing was imported; the register is as it was.'].join('\n')
}

function parseCount (text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}
