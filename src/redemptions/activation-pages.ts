/** The holder types user name and code and chooses a password. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import type { TextKey } from '../i18n/translate.js'
import { activate, type ActivationResult } from './activate.js'
import { parseActivationForm } from './activation-form.js'
import { inputText, formatFormErrors, isLanguageChange, applyChosenLanguage } from './holder-page.js'

interface ActivationInput { readonly username?: unknown, readonly code?: unknown, readonly rules?: unknown }

/** Why a form that was well filled in did not lead on. */
type ActivationFailure = Exclude<ActivationResult['outcome'], 'done'> | 'too-many'

const failureStatuses: Readonly<Record<ActivationFailure, number>> = {
  'not-accepted': statusOf('code-not-accepted'),
  'directory-away': statusOf('unavailable'),
  'password-refused': 422,
  'account-gone': 422,
  ambiguous: 422,
  'too-many': statusOf('too-many-requests'),
}

/** How long to wait before the directory may answer again (seconds). */
const DIRECTORY_RETRY_SECONDS = '60'

export const activationPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { profile } = deps
  applyChosenLanguage(app)

  app.get('/activate', { config: { public: true } }, async (request, reply) => await showForm(request, reply, {}))

  app.post('/activate', { config: { public: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as ActivationInput
    if (isLanguageChange(request)) return await showForm(request, reply, typed)
    const form = parseActivationForm(typed, profile)
    if (!form.ok) return await showForm(request, reply, typed, { errors: form.errors })
    const outcome = await activate(deps, { ...form.value, address: request.ip }).then(tried => tried.outcome, throttledActivation(reply))
    if (outcome === 'done') return await reply.redirect(`/activate/done?language=${request.language}`, 303)
    if (outcome === 'directory-away') reply.header('retry-after', DIRECTORY_RETRY_SECONDS)
    if (outcome === 'account-gone' || outcome === 'ambiguous') return await reply.page('activate/helpdesk', { setback: outcome }, { status: failureStatuses[outcome] })
    return await showForm(request, reply, typed, { setback: outcome })
  })

  app.get('/activate/done', { config: { public: true } }, async (request, reply) => {
    const { language } = request
    return await reply.page('activate/done', {
      next: profile.afterActivation.map(({ title, text, link }) => ({ title: title[language], text: text[language], link: link && { href: link.url, label: link.label[language] } })),
      mayProve: deps.directory.kind === 'built-in',
    })
  })

  async function showForm (request: FastifyRequest, reply: FastifyReply, typed: ActivationInput, told: { errors?: readonly FieldError[], setback?: ActivationFailure } = {}): Promise<FastifyReply> {
    const { t, language } = request
    const { setback } = told
    const errors = setback === 'password-refused' ? [{ path: 'password', message: 'password-refused' }] : told.errors ?? []
    const { rulesOfUse } = profile
    return await reply.page('activate/form', {
      ...formatFormErrors(t, errors, path => t(`activation.${path}` as TextKey)),
      setback,
      minutes: retryAfterMinutes(reply),
      waitMinutes: profile.wrongTries.waitMinutes,
      typed: { username: inputText(typed.username), code: inputText(typed.code), rules: typed.rules === 'yes' },
      rules: { href: rulesOfUse.url, label: rulesOfUse.label[language], text: rulesOfUse.text[language] },
      minimum: profile.passwordMinimum,
    }, { status: setback === undefined ? errors.length > 0 ? 400 : 200 : failureStatuses[setback] })
  }
}

/** What the form can show; anything else is the error handler's. */
function throttledActivation (reply: FastifyReply): (error: unknown) => 'too-many' {
  return error => {
    if (!(error instanceof Problem) || error.code !== 'too-many-requests') throw error
    reply.headers(error.headers)
    return 'too-many'
  }
}

function retryAfterMinutes (reply: FastifyReply): number {
  return Math.max(1, Math.ceil(Number(reply.getHeader('retry-after') ?? 0) / 60))
}
