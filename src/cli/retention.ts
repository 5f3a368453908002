/** Operator commands for retention periods and for the data stored about a holder. */
import { writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { translator } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import { type ErasureReason, erasureReasons } from '../institution/vocabulary.js'
import { eraseHolder } from '../retention/erase-holder.js'
import { exportHolderData, type HolderExportFormat, holderExportFormats } from '../retention/export-holder-data.js'
import { countStoredData, findHolder, listErasureObstacles, storedDataKinds } from '../retention/queries.js'
import { type RetentionKind, retentionKinds } from '../retention/rules.js'
import { runRetention, streamExpired, zeroCounts } from '../retention/run-retention.js'
import type { CliContext } from './context.js'
import { withReadableProblems } from './staff.js'

const operator = { actor: 'system', login: undefined } as const
const t = translator('en')

/** @param profile loads the institution's profile, for the commands that need its retention periods */
export function registerRetentionCommands (program: Command, context: CliContext, profile: () => Promise<Profile>): void {
  program.command('retention').description('personal data whose retention period has ended').command('run')
    .description('erase personal data whose retention period has ended; the server does this every night. Safe to interrupt and to run again')
    .option('--dry-run', 'print what would be erased, and change nothing', false)
    .option('--list', 'with --dry-run: also print the IDs of accounts and events and the numbers of slips', false)
    .action(async ({ dryRun, list }: { dryRun: boolean, list: boolean }) => dryRun ? await printExpired(context, await profile(), list) : await runNow(context, await profile()))

  const holder = program.command('holder').description('personal data of one holder, by user name, student number or account ID')
  holder.command('export <who>')
    .description('export all data stored about the holder (GDPR Art. 15); each export is an audit event')
    .option('--format <format>', holderExportFormats.join(' or '), createChoiceParser(holderExportFormats), 'json')
    .option('--out <file>', 'path of a new file that only its owner can read; without this option, JSON is printed')
    .action(async (who: string, { format, out }: { format: HolderExportFormat, out?: string }) => await withReadableProblems(async () => await writeHolderExport(context, who, { profile: await profile(), format, path: out })))
  holder.command('erase <who>')
    .description('erase the personal data of the holder (GDPR Art. 17); not possible while a slip or an alert is open, or an envelope has not been returned')
    .option('--reason <reason>', erasureReasons.join(', '), createChoiceParser(erasureReasons), 'holder-asked')
    .option('--dry-run', 'print what would be erased and what prevents it, and change nothing', false)
    .action(async (who: string, { reason, dryRun }: { reason: ErasureReason, dryRun: boolean }) => await withReadableProblems(async () => await eraseOrPreview(context, who, reason, dryRun)))
}

async function runNow ({ db, now, printLine }: CliContext, profile: Profile): Promise<void> {
  const erased = await runRetention({ db, profile, now })
  printLine(`Erased: ${formatCounts(erased)}.`)
}

async function printExpired ({ db, now, printLine }: CliContext, profile: Profile, list: boolean): Promise<void> {
  const counts = zeroCounts()
  for await (const { kind, due } of streamExpired(db, profile, now())) {
    counts[kind] += due.length
    if (list) for (const { label } of due) printLine(`${kind}\t${label}`)
  }
  printLine(`Would be erased: ${formatCounts(counts)}.`)
}

function formatCounts (counts: Readonly<Record<RetentionKind, number>>): string {
  return retentionKinds.map(kind => `${kind} ${counts[kind]}`).join(', ')
}

interface HolderExportOptions {
  readonly profile: Profile
  readonly format: HolderExportFormat
  readonly path: string | undefined
}

async function writeHolderExport (context: CliContext, who: string, { profile, format, path }: HolderExportOptions): Promise<void> {
  if (format === 'pdf' && path === undefined) throw new Error('--format pdf needs --out FILE.')
  const data = await exportHolderData({ ...context, db: context.db, profile }, operator, await requireHolderId(context, who), format)
  if (path === undefined) return context.printLine(data.toString('utf8').trimEnd())
  await writeFile(path, data, { flag: 'wx', mode: 0o600 })
  context.printLine(`Written to ${path}.`)
}

async function eraseOrPreview (context: CliContext, who: string, reason: ErasureReason, dryRun: boolean): Promise<void> {
  const id = await requireHolderId(context, who)
  const { db, now, printLine } = context
  const stored = await countStoredData(db, id)
  if (!dryRun) {
    await eraseHolder({ db, now }, operator, id, reason)
    return printLine(`Erased. Account ${id} remains without personal data, with ${stored.slips} slips and ${stored.events} events.`)
  }
  const account = await findHolder(db, id)
  printLine(`Would be erased: ${storedDataKinds.filter(kind => kind !== 'slips' && kind !== 'events').map(kind => `${t(`holders.kinds.${kind}`)} ${stored[kind]}`).join(', ')}. Would remain: ${stored.slips} slips, ${stored.events} events.`)
  for (const { code, number } of await listErasureObstacles(db, account!, undefined, now())) printLine(t(`problems.conflict.erasure-${code}`, { number }))
}

async function requireHolderId ({ db }: CliContext, who: string): Promise<string> {
  const found = await findHolder(db, who)
  if (found === undefined || found.erased_at !== null) throw new Error('No account has exactly this user name, student number or ID.')
  return found.id
}

function createChoiceParser<Choice extends string> (choices: readonly Choice[]): (typed: string) => Choice {
  return typed => {
    const choice = choices.find(candidate => candidate === typed)
    if (choice === undefined) throw new InvalidArgumentError(`Use one of: ${choices.join(', ')}.`)
    return choice
  }
}
