/** Staff from the command line: the first administrator, and help when nobody can sign in any more. */
import type { Command } from 'commander'
import type { z } from 'zod'
import type { CliContext } from '../cli-context.js'
import { fieldErrors, fieldMessage } from '../http/forms.js'
import { Problem, type FieldError } from '../http/problems.js'
import { hasText, translator } from '../i18n/translate.js'
import { roles } from '../institution/words.js'
import { addStaff } from './add-staff.js'
import { deactivateStaff, endSessionsOf, setStaffPassword } from './change-staff.js'
import { findStaffByLogin, listStaff } from './queries.js'
import { readPassword } from './read-password.js'
import { newPasswordSchema, staffDraftSchema } from './schemas.js'

const t = translator('en')

/** Asks the operator for a password. */
export type AskPassword = () => Promise<string>

interface AddOptions { login: string, name: string, roles: string[], servicePoints: string[] }

export function registerStaffCommands (program: Command, context: CliContext, askPassword: AskPassword = fromTerminal): void {
  const staff = program.command('staff').description('who works here')

  staff.command('add')
    .description('add a member of staff; the password is asked for, or read from standard input')
    .requiredOption('--login <login>', 'small letters, digits and . _ @ + -')
    .requiredOption('--name <name>', 'as colleagues know them')
    .requiredOption('--roles <list>', `of ${roles.join(', ')}; separated by commas`, list)
    .option('--service-points <list>', 'ids of service points, separated by commas', list, [])
    .action(async ({ login, name, roles, servicePoints }: AddOptions) => await told(async () => {
      const draft = parse(staffDraftSchema, { login, name, roles, servicePoints, password: await askPassword() })
      await addStaff(context, draft, 'system')
      context.out(`Added ${draft.login}: ${draft.roles.join(', ')}.`)
    }))

  staff.command('list')
    .description('everyone who can or could sign in')
    .action(async () => {
      for (const { login, name, roles, servicePoints, active, lastUsedAt } of await listStaff(context.db, context.now())) {
        context.out([login, name, roles.join(','), servicePoints.map(office => office.id).join(','), active ? 'active' : 'deactivated', lastUsedAt?.toISOString() ?? 'never used'].join('\t'))
      }
    })

  staff.command('deactivate <login>')
    .description('end all sessions and let nobody sign in with this login')
    .action(async (login: string) => await told(async () => {
      await deactivateStaff(context, await requireStaffId(context, login), 'system')
      context.out(`Deactivated ${login}.`)
    }))

  staff.command('end-sessions <login>')
    .description('sign somebody out everywhere')
    .action(async (login: string) => await told(async () => {
      await endSessionsOf(context, await requireStaffId(context, login), 'system')
      context.out(`Ended the sessions of ${login}.`)
    }))

  staff.command('password <login>')
    .description('set a new password, asked for or read from standard input, and end all sessions')
    .action(async (login: string) => await told(async () => {
      const id = await requireStaffId(context, login)
      await setStaffPassword(context, id, parse(newPasswordSchema, await askPassword()), 'system')
      context.out(`Set a new password for ${login}.`)
    }))
}

async function fromTerminal (): Promise<string> {
  return await readPassword(process.stdin, 'Password: ', text => { process.stderr.write(text) })
}

function list (text: string): string[] {
  return text.split(',').map(one => one.trim()).filter(Boolean)
}

async function requireStaffId ({ db }: CliContext, login: string): Promise<string> {
  const member = await findStaffByLogin(db, login.toLowerCase())
  if (member === undefined) throw new Error(`Nobody has the login ${login}.`)
  return member.id
}

function parse<S extends z.ZodType> (schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new Problem('validation-failed', { errors: fieldErrors(parsed.error.issues) })
  return parsed.data
}

/** Runs a command and tells a Problem in words. */
export async function told (command: () => Promise<void>): Promise<void> {
  await command().catch((error: unknown) => {
    throw error instanceof Problem ? new Error(inWords(error), { cause: error }) : error
  })
}

function inWords (problem: Problem): string {
  if (problem.errors.length > 0) return problem.errors.map(inLine).join('\n')
  const key = `problems.${problem.code}.${problem.variant ?? 'detail'}`
  return hasText(key) ? t(key, problem.values) : problem.code
}

function inLine (error: FieldError): string {
  return `${error.path === '' ? 'password' : error.path}: ${fieldMessage(t, error)}`
}
