/** The holder types user name and code and chooses a password. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import { Problem, statusOf, type FieldError } from '../http/problems.js'
import type { TextKey } from '../i18n/translate.js'
import { activate, type Activation } from './activate.js'
import { readActivation } from './activation-form.js'
import { asTyped, errorsOnPage, onlyChoosesLanguage, speakChosenLanguage } from './holder-page.js'

interface Typed { readonly username?: unknown, readonly code?: unknown, readonly rules?: unknown }

/** Why a form that was well filled in did not lead on. */
type Setback = Exclude<Activation['outcome'], 'done'> | 'too-many'

const statuses: Readonly<Record<Setback, number>> = {
  'not-accepted': statusOf('code-not-accepted'),
  'directory-away': statusOf('unavailable'),
  'password-refused': 422,
  'account-gone': 422,
  ambiguous: 422,
  'too-many': statusOf('too-many-requests'),
}

/** How long to wait before the directory may answer again (seconds). */
const directoryBackAfter = '60'

export const activationPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { profile } = deps
  speakChosenLanguage(app)

  app.get('/activate', { config: { public: true } }, async (request, reply) => await showForm(request, reply, {}))

  app.post('/activate', { config: { public: true } }, async (request, reply) => {
    const typed = (request.body ?? {}) as Typed
    if (onlyChoosesLanguage(request)) return await showForm(request, reply, typed)
    const form = readActivation(typed, profile)
    if (!form.ok) return await showForm(request, reply, typed, { errors: form.errors })
    const outcome = await activate(deps, { ...form.value, address: request.ip }).then(tried => tried.outcome, tooOften(reply))
    if (outcome === 'done') return await reply.redirect(`/activate/done?language=${request.language}`, 303)
    if (outcome === 'directory-away') reply.header('retry-after', directoryBackAfter)
    if (outcome === 'account-gone' || outcome === 'ambiguous') return await reply.page('activate/helpdesk', { setback: outcome }, { status: statuses[outcome] })
    return await showForm(request, reply, typed, { setback: outcome })
  })

  app.get('/activate/done', { config: { public: true } }, async (request, reply) => {
    const { language } = request
    return await reply.page('activate/done', {
      next: profile.afterActivation.map(({ title, text, link }) => ({ title: title[language], text: text[language], link: link && { href: link.url, label: link.label[language] } })),
      mayProve: deps.directory.kind === 'built-in',
    })
  })

  async function showForm (request: FastifyRequest, reply: FastifyReply, typed: Typed, told: { errors?: readonly FieldError[], setback?: Setback } = {}): Promise<FastifyReply> {
    const { t, language } = request
    const { setback } = told
    const errors = setback === 'password-refused' ? [{ path: 'password', message: 'password-refused' }] : told.errors ?? []
    const { rulesOfUse } = profile
    return await reply.page('activate/form', {
      ...errorsOnPage(t, errors, path => t(`activation.${path}` as TextKey)),
      setback,
      minutes: minutesToWait(reply),
      waitMinutes: profile.wrongTries.waitMinutes,
      typed: { username: asTyped(typed.username), code: asTyped(typed.code), rules: typed.rules === 'yes' },
      rules: { href: rulesOfUse.url, label: rulesOfUse.label[language], text: rulesOfUse.text[language] },
      minimum: profile.passwordMinimum,
    }, { status: setback === undefined ? errors.length > 0 ? 400 : 200 : statuses[setback] })
  }
}

/** What the form can show; anything else is the error handler's. */
function tooOften (reply: FastifyReply): (error: unknown) => 'too-many' {
  return error => {
    if (!(error instanceof Problem) || error.code !== 'too-many-requests') throw error
    reply.headers(error.headers)
    return 'too-many'
  }
}

function minutesToWait (reply: FastifyReply): number {
  return Math.max(1, Math.ceil(Number(reply.getHeader('retry-after') ?? 0) / 60))
}
