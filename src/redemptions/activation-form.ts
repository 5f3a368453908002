/** Parses the form of the activation page, without the database. Pure. */
import { z } from 'zod'
import type { FieldError } from '../institution/base-error.js'
import { type ParsedInput, parseInput, parseValidFields } from '../institution/input.js'
import type { Profile } from '../institution/profile.js'
import { readSymbols } from '../institution/typed-symbols.js'
import { foldUsername, readUsername } from '../institution/user-names.js'
import { listPasswordIssues, normalisePassword } from '../passwords/policy.js'
import { type ActivationCode, parseActivationCode, parseSlipNumber } from '../slips/codes.js'

/** The user name as typed; `readUsername` reads it. */
export const usernameField = z.string().max(100).refine(typed => foldUsername(typed) !== '', 'required')

/** The code as typed, or the whole address of the QR code. */
const activationCodeField = z.string().refine(typed => readSymbols(typed) !== '', { error: 'required', abort: true }).transform((typed, context): ActivationCode => {
  const code = parseActivationCode(typed)
  if (code !== undefined) return code
  context.addIssue({ code: 'custom', message: parseSlipNumber(typed) === undefined ? 'code-mistyped' : 'code-is-slip-number' })
  return z.NEVER
})

const activationFormSchema = z.object({
  username: usernameField,
  code: activationCodeField,
  password: z.string().min(1).transform(normalisePassword),
  passwordAgain: z.string().min(1).transform(normalisePassword),
  rules: z.literal('yes', 'accept-rules'),
})

export interface ActivationRequest { readonly username: string, readonly code: ActivationCode, readonly password: string }

/** The fields that the password rules read, as typed. */
const passwordFieldsSchema = z.object({ username: z.string(), password: z.string().min(1), passwordAgain: z.string().min(1) })

/** Parses the form. Errors of the password are reported together with all others. */
export function parseActivationForm (body: unknown, profile: Profile): ParsedInput<ActivationRequest> {
  const form = parseInput(activationFormSchema, body)
  const passwordErrors = listPasswordErrors(parseValidFields(passwordFieldsSchema, body), profile)
  if (form.ok && passwordErrors.length === 0) return form
  return { ok: false, errors: [...form.ok ? [] : form.errors, ...passwordErrors] }
}

function listPasswordErrors ({ username = '', password, passwordAgain }: Partial<z.output<typeof passwordFieldsSchema>>, profile: Profile): FieldError[] {
  if (password === undefined) return []
  const chosen = normalisePassword(password)
  const issues = listPasswordIssues(chosen, { username: readUsername(username.slice(0, 100), profile.userNameDomains).username, institution: profile })
  const differs = passwordAgain !== undefined && normalisePassword(passwordAgain) !== chosen
  return [
    ...issues.map(issue => ({ path: 'password', ...issue })),
    ...differs ? [{ path: 'passwordAgain', message: 'passwords-differ' }] : [],
  ]
}
