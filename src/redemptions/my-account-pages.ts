/**
 * A small page on which a holder sees that the new password works. Only the directory of the house itself can tell;
 * elsewhere the institution's own services do.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { parseForm } from '../http/forms.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { formatDateTime } from '../i18n/moments.js'
import type { TextKey } from '../i18n/translate.js'
import { normalisePassword, PASSWORD_MAX_LENGTH } from '../passwords/policy.js'
import { usernameField } from './activation-form.js'
import { inputText, formatFormErrors, isLanguageChange, applyChosenLanguage } from './holder-page.js'
import { authenticateHolder } from './holder-sign-in.js'

const signInFormSchema = z.object({
  username: usernameField,
  password: z.string().min(1).transform(normalisePassword).pipe(z.string().max(PASSWORD_MAX_LENGTH * 2)),
})

interface FormResult { readonly errors?: readonly FieldError[], readonly problem?: Problem, readonly status?: number }

export const myAccountPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  if (deps.directory.kind !== 'built-in') return
  const { profile } = deps
  applyChosenLanguage(app)

  app.get('/my-account', { config: { public: true } }, async (request, reply) => await showForm(request, reply))

  app.post('/my-account', { config: { public: true } }, async (request, reply) => {
    if (isLanguageChange(request)) return await showForm(request, reply)
    const form = parseForm(signInFormSchema, request.body)
    if (!form.ok) return await showForm(request, reply, { errors: form.errors, status: 400 })
    const proved = await authenticateHolder(deps, { ...form.value, address: request.ip }).catch(throttledSignIn)
    if (proved instanceof Problem) return await showForm(request, reply, { problem: proved, status: statusOf(proved.code) })
    if (proved === undefined) return await showForm(request, reply, { problem: new Problem('not-signed-in', { variant: 'wrong-password' }), status: 401 })
    return await reply.page('my-account/show', {
      account: { ...proved, passwordSetAt: formatDateTime(proved.passwordSetAt, profile.timeZone, request.language) },
    })
  })

  async function showForm (request: FastifyRequest, reply: FastifyReply, { errors = [], problem, status = 200 }: FormResult = {}): Promise<FastifyReply> {
    const { t } = request
    const shown = formatFormErrors(t, errors, path => t(`activation.myAccount.${path}` as TextKey))
    if (problem?.code === 'not-signed-in') shown.errors.push({ path: 'username', message: t('problems.not-signed-in.wrong-password') })
    if (problem?.code === 'too-many-requests') {
      reply.headers(problem.headers)
      shown.errors.push({ path: '', message: t('problems.too-many-requests.sign-in', problem.values) })
    }
    const { username } = (request.body ?? {}) as { username?: unknown }
    return await reply.page('my-account/form', { ...shown, username: inputText(username) }, { status })
  }
}

/** What the form can show; anything else is the error handler's. */
function throttledSignIn (error: unknown): Problem {
  if (error instanceof Problem && error.code === 'too-many-requests') return error
  throw error
}
