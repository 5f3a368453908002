/** The forms of staff: signing in, the service point, a new member. */
import { z } from 'zod'
import { checkboxListSchema } from '../institution/input.js'
import { lineSchema } from '../institution/text.js'
import { foldUsername } from '../institution/user-names.js'
import { roles } from '../institution/vocabulary.js'
import { containsLogin } from '../passwords/policy.js'

const requiredTextSchema = (maxLength: number) => lineSchema(maxLength).pipe(z.string().min(1))

/** A login as it was typed, read like a user name. A domain stays: a login may be an e-mail address. */
const signInLoginSchema = z.string().max(100).refine(typed => !/[\p{Cc}\p{Cs}]/u.test(typed.trim()), 'control-characters').transform(foldUsername).pipe(z.string().min(1))

/** Characters. SP 800-63B-4 requires 15 where the password is the only factor. */
export const STAFF_PASSWORD_MIN_LENGTH = 15
/** Longer than any passphrase, short enough to hash quickly. */
const STAFF_PASSWORD_MAX_LENGTH = 256

const servicePointIdSchema = requiredTextSchema(60)

export const signInSchema = z.object({
  login: signInLoginSchema,
  password: z.string().min(1).max(STAFF_PASSWORD_MAX_LENGTH),
  servicePointId: servicePointIdSchema.optional(),
})

export const servicePointFormSchema = z.object({ servicePointId: servicePointIdSchema })

export const newPasswordSchema = z.string().min(STAFF_PASSWORD_MIN_LENGTH).max(STAFF_PASSWORD_MAX_LENGTH)

const loginAndPasswordSchema = z.object({ login: z.string(), password: z.string() })

export const passwordChangeSchema = z.object({
  passwordCurrent: z.string().min(1).max(STAFF_PASSWORD_MAX_LENGTH),
  password: newPasswordSchema,
  passwordAgain: z.string().min(1).max(STAFF_PASSWORD_MAX_LENGTH),
}).refine(({ password, passwordAgain }) => password === passwordAgain, { path: ['passwordAgain'], message: 'passwords-differ' })

export type PasswordChange = Pick<z.output<typeof passwordChangeSchema>, 'passwordCurrent' | 'password'>

const rolesSchema = checkboxListSchema(z.enum(roles)).pipe(z.array(z.enum(roles)).min(1, 'choose-a-role'))

export const assignmentSchema = z.object({ roles: rolesSchema, servicePoints: checkboxListSchema(servicePointIdSchema) })

export const staffDraftSchema = z.object({
  login: z.string().trim().toLowerCase().min(1, { error: 'required', abort: true }).regex(/^[a-z0-9][a-z0-9._@+-]{0,59}$/, 'login-shape'),
  name: requiredTextSchema(100),
  ...assignmentSchema.shape,
  password: newPasswordSchema,
}).refine(draft => !containsLogin(draft.password, draft.login), {
  path: ['password'],
  message: 'password-holds-login',
  // Also checked while other fields have errors, so that all are reported together.
  when: ({ value }) => loginAndPasswordSchema.safeParse(value).success,
})

export type StaffDraft = z.output<typeof staffDraftSchema>
