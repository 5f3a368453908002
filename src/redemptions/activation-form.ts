/** The form of the activation page, read: everything that can be said of it without asking the database. Pure. */
import { z } from 'zod'
import { type ParsedInput, parseInput } from '../http/forms.js'
import type { FieldError } from '../http/problems.js'
import type { Profile } from '../institution/profile.js'
import { lineSchema } from '../institution/text.js'
import { listPasswordIssues, normalisePassword } from '../passwords/policy.js'
import { type ActivationCode, parseActivationCode, parseSlipNumber } from '../slips/codes.js'

/** As typed: whatever it is, it is looked for in lower case. */
export const usernameField = lineSchema(100).transform(username => username.toLowerCase()).pipe(z.string().min(1))

/** The code as it is typed, or the whole address of the QR code. */
const activationCodeField = z.string().trim().min(1).transform((typed, context): ActivationCode => {
  const code = parseActivationCode(typed.split('#').at(-1)!)
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

/** Reads the form; what is wrong with the password is told together with all other faults. */
export function parseActivationForm (body: unknown, profile: Profile): ParsedInput<ActivationRequest> {
  const form = parseInput(activationFormSchema, body)
  const faults = findPasswordErrors(body as Partial<Record<string, unknown>> | undefined ?? {}, profile)
  if (form.ok && faults.length === 0) return form
  const errors = [...form.ok ? [] : form.errors, ...faults]
  return { ok: false, errors: Object.keys(activationFormSchema.shape).flatMap(path => errors.filter(error => error.path === path)) }
}

function findPasswordErrors ({ username, password, passwordAgain }: Partial<Record<string, unknown>>, profile: Profile): FieldError[] {
  if (typeof password !== 'string' || password === '') return []
  const chosen = normalisePassword(password)
  const faults = listPasswordIssues(chosen, { username: typeof username === 'string' ? username.slice(0, 100) : '', institution: profile })
  const differs = typeof passwordAgain === 'string' && passwordAgain !== '' && normalisePassword(passwordAgain) !== chosen
  return [
    ...faults.map(fault => ({ path: 'password', ...fault })),
    ...differs ? [{ path: 'passwordAgain', message: 'passwords-differ' }] : [],
  ]
}
