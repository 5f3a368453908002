/**
 * A small page on which a holder sees that the new password works. Only the directory of the house itself can tell;
 * elsewhere the institution's own services do.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../app.js'
import { parseForm } from '../http/forms.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import { momentInWords } from '../i18n/moments.js'
import type { TextKey } from '../i18n/translate.js'
import { normalPassword, passwordMaximum } from '../passwords/policy.js'
import { typedUsername } from './activation-form.js'
import { asTyped, errorsOnPage, onlyChoosesLanguage, speakChosenLanguage } from './holder-page.js'
import { holderSignIn } from './holder-sign-in.js'

const formSchema = z.object({
  username: typedUsername,
  password: z.string().min(1).transform(normalPassword).pipe(z.string().max(passwordMaximum * 2)),
})

interface Told { readonly errors?: readonly FieldError[], readonly problem?: Problem, readonly status?: number }

export const myAccountPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  if (deps.directory.kind !== 'built-in') return
  const { profile } = deps
  speakChosenLanguage(app)

  app.get('/my-account', { config: { public: true } }, async (request, reply) => await showForm(request, reply))

  app.post('/my-account', { config: { public: true } }, async (request, reply) => {
    if (onlyChoosesLanguage(request)) return await showForm(request, reply)
    const form = parseForm(formSchema, request.body)
    if (!form.ok) return await showForm(request, reply, { errors: form.errors, status: 400 })
    const proved = await holderSignIn(deps, { ...form.value, address: request.ip }).catch(tooOften)
    if (proved instanceof Problem) return await showForm(request, reply, { problem: proved, status: statusOf(proved.code) })
    if (proved === undefined) return await showForm(request, reply, { problem: new Problem('not-signed-in', { variant: 'wrong-password' }), status: 401 })
    return await reply.page('my-account/show', {
      account: { ...proved, passwordSetAt: momentInWords(proved.passwordSetAt, profile.timeZone, request.language) },
    })
  })

  async function showForm (request: FastifyRequest, reply: FastifyReply, { errors = [], problem, status = 200 }: Told = {}): Promise<FastifyReply> {
    const { t } = request
    const shown = errorsOnPage(t, errors, path => t(`activation.myAccount.${path}` as TextKey))
    if (problem?.code === 'not-signed-in') shown.errors.push({ path: 'username', message: t('problems.not-signed-in.wrong-password') })
    if (problem?.code === 'too-many-requests') {
      reply.headers(problem.headers)
      shown.errors.push({ path: '', message: t('problems.too-many-requests.sign-in', problem.values) })
    }
    const { username } = (request.body ?? {}) as { username?: unknown }
    return await reply.page('my-account/form', { ...shown, username: asTyped(username) }, { status })
  }
}

/** What the form can show; anything else is the error handler's. */
function tooOften (error: unknown): Problem {
  if (error instanceof Problem && error.code === 'too-many-requests') return error
  throw error
}
