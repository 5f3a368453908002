/** Operator commands for staff: they add the first administrator, and help when no administrator can sign in. */
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Command } from 'commander'
import type { z } from 'zod'
import { toProblem } from '../http/problem-mapping.js'
import type { Problem } from '../http/problems.js'
import { hasText, translator } from '../i18n/translate.js'
import type { FieldError } from '../institution/base-error.js'
import { InvalidInput, isDomainError } from '../institution/errors.js'
import { formatFieldError, toFieldErrors } from '../institution/input.js'
import { roles } from '../institution/vocabulary.js'
import { addStaff, changeStaff } from '../staff/administration/manage-staff.js'
import { endAllSessions, setStaffPassword } from '../staff/administration/staff-passwords.js'
import { findStaffByLogin, listStaff } from '../staff/queries.js'
import { newPasswordSchema, staffDraftSchema } from '../staff/schemas.js'
import type { CliContext } from './context.js'

const t = translator('en')

export interface StaffCliContext extends CliContext {
  /** In the demo passwords are known, so no one has to change one that was set here. */
  readonly isDemo: boolean
}

/** Asks the operator for a password. */
export type PasswordPrompt = () => Promise<string>

interface AddStaffOptions { login: string, name: string, roles: string[], servicePoints: string[] }

export function registerStaffCommands (program: Command, context: StaffCliContext, askPassword: PasswordPrompt = promptOnTerminal): void {
  const staff = program.command('staff').description('staff members')

  staff.command('add')
    .description('add a staff member; the password is prompted for, or read from standard input, and must be changed at the first sign-in')
    .requiredOption('--login <login>', 'lower-case letters, digits and . _ @ + -')
    .requiredOption('--name <name>', 'name that colleagues know')
    .requiredOption('--roles <list>', `roles, separated by commas: ${roles.join(', ')}`, splitList)
    .option('--service-points <list>', 'IDs of service points, separated by commas', splitList, [])
    .action(async ({ login, name, roles, servicePoints }: AddStaffOptions) => await withReadableProblems(async () => {
      const draft = parseOrThrow(staffDraftSchema, { login, name, roles, servicePoints, password: await askPassword() })
      const firstPassword = { mustChangePassword: !context.isDemo, passwordExpiresAt: null }
      await addStaff({ db: context.db, now: context.now, fourEyes: false }, { ...draft, firstPassword }, 'system')
      context.printLine(`Added ${draft.login}: ${draft.roles.join(', ')}.`)
    }))

  staff.command('list')
    .description('list all staff, also deactivated')
    .action(async () => {
      for (const { login, name, roles, servicePoints, active, lastUsedAt } of await listStaff(context.db, context.now())) {
        context.printLine([login, name, roles.join(','), servicePoints.map(office => office.id).join(','), active ? 'active' : 'deactivated', lastUsedAt?.toISOString() ?? 'never used'].join('\t'))
      }
    })

  staff.command('deactivate <login>')
    .description('end all sessions and block sign-in with this login')
    .action(async (login: string) => await withReadableProblems(async () => {
      await changeStaff({ db: context.db, now: context.now, fourEyes: false }, await requireStaffId(context, login), { kind: 'deactivate' }, 'system')
      context.printLine(`Deactivated ${login}.`)
    }))

  staff.command('end-sessions <login>')
    .description('end all sessions of a staff member')
    .action(async (login: string) => await withReadableProblems(async () => {
      await endAllSessions(context, await requireStaffId(context, login), 'system')
      context.printLine(`Ended the sessions of ${login}.`)
    }))

  staff.command('password <login>')
    .description('set a new password, prompted for or read from standard input, and end all sessions; it must be changed at the next sign-in')
    .action(async (login: string) => await withReadableProblems(async () => {
      const id = await requireStaffId(context, login)
      const password = parseOrThrow(newPasswordSchema, await askPassword())
      await setStaffPassword(context, id, { password, mustChangePassword: !context.isDemo }, 'system')
      context.printLine(`Set a new password for ${login}.`)
    }))
}

async function promptOnTerminal (): Promise<string> {
  return await readPassword(process.stdin, 'Password: ', text => { process.stderr.write(text) })
}

function splitList (text: string): string[] {
  return text.split(',').map(one => one.trim()).filter(Boolean)
}

async function requireStaffId ({ db }: CliContext, login: string): Promise<string> {
  const member = await findStaffByLogin(db, login.toLowerCase())
  if (member === undefined) throw new Error(`No staff member has the login ${login}.`)
  return member.id
}

function parseOrThrow<S extends z.ZodType> (schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidInput(toFieldErrors(parsed.error.issues))
  return parsed.data
}

/** Runs a command; a domain error becomes an error with a readable message. */
export async function withReadableProblems (command: () => Promise<void>): Promise<void> {
  await command().catch((error: unknown) => {
    throw isDomainError(error) ? new Error(describeProblem(toProblem(error)), { cause: error }) : error
  })
}

function describeProblem (problem: Problem): string {
  if (problem.errors.length > 0) return problem.errors.map(describeFieldError).join('\n')
  const key = `problems.${problem.code}.${problem.variant}`
  return hasText(key) ? t(key, problem.values) : problem.code
}

function describeFieldError (error: FieldError): string {
  return `${error.path === '' ? 'password' : error.path}: ${formatFieldError(t, error)}`
}

// Reads a password from the operator, never from an argument: other users of the machine can see arguments.

/** A terminal or a pipe. */
export type PasswordSource = Readable & { readonly isTTY?: boolean, setRawMode?: (raw: boolean) => unknown }

/**
 * Reads the first line. On a terminal, `prompt` is shown and the input is not.
 * @param show writes to the terminal
 */
export async function readPassword (source: PasswordSource, prompt: string, show: (text: string) => void): Promise<string> {
  const onTerminal = source.isTTY === true
  if (onTerminal) show(prompt)
  // Without an output nothing is echoed; raw mode keeps the terminal itself from doing it.
  const lines = createInterface({ input: source, terminal: onTerminal })
  lines.on('SIGINT', () => lines.close())
  const line = await new Promise<string>(resolve => {
    lines.once('line', resolve)
    lines.once('close', () => resolve(''))
  })
  lines.close()
  if (onTerminal) show('\n')
  return line
}
