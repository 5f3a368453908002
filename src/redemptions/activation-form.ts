/** The form of the activation page, read: everything that can be said of it without asking the database. Pure. */
import { z } from 'zod'
import { parseForm, type Parsed } from '../http/forms.js'
import type { FieldError } from '../http/problems.js'
import type { Profile } from '../institution/profile.js'
import { typedText } from '../institution/typed-text.js'
import { normalPassword, passwordFaults } from '../passwords/policy.js'
import { readActivationCode, type ActivationCode } from '../slips/activation-code.js'
import { readSlipNumber } from '../slips/slip-number.js'

/** As typed: whatever it is, it is looked for in lower case. */
export const typedUsername = typedText(100).transform(username => username.toLowerCase()).pipe(z.string().min(1))

/** The code as it is typed, or the whole address of the QR code. */
const typedCode = z.string().trim().min(1).transform((typed, context): ActivationCode => {
  const code = readActivationCode(typed.split('#').at(-1)!)
  if (code !== undefined) return code
  context.addIssue({ code: 'custom', message: readSlipNumber(typed) === undefined ? 'code-mistyped' : 'code-is-slip-number' })
  return z.NEVER
})

const formSchema = z.object({
  username: typedUsername,
  code: typedCode,
  password: z.string().min(1).transform(normalPassword),
  passwordAgain: z.string().min(1).transform(normalPassword),
  rules: z.literal('yes', 'accept-rules'),
})

export interface ActivationWish { readonly username: string, readonly code: ActivationCode, readonly password: string }

/** Reads the form; what is wrong with the password is told together with all other faults. */
export function readActivation (body: unknown, profile: Profile): Parsed<ActivationWish> {
  const form = parseForm(formSchema, body)
  const faults = passwordErrors(body as Partial<Record<string, unknown>> | undefined ?? {}, profile)
  if (form.ok && faults.length === 0) return form
  const errors = [...form.ok ? [] : form.errors, ...faults]
  return { ok: false, errors: Object.keys(formSchema.shape).flatMap(path => errors.filter(error => error.path === path)) }
}

function passwordErrors ({ username, password, passwordAgain }: Partial<Record<string, unknown>>, profile: Profile): FieldError[] {
  if (typeof password !== 'string' || password === '') return []
  const chosen = normalPassword(password)
  const faults = passwordFaults(chosen, { username: typeof username === 'string' ? username.slice(0, 100) : '', institution: profile })
  const differs = typeof passwordAgain === 'string' && passwordAgain !== '' && normalPassword(passwordAgain) !== chosen
  return [
    ...faults.map(fault => ({ path: 'password', ...fault })),
    ...differs ? [{ path: 'passwordAgain', message: 'passwords-differ' }] : [],
  ]
}
