/** The holder types user name and code and chooses a password. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatFieldError, parseInput } from '../http/forms.js'
import { type FieldError, Problem, statusOf } from '../http/problems.js'
import { formatDateTime } from '../i18n/formatters.js'
import { type TextKey, type Translate, translator } from '../i18n/translate.js'
import { languages } from '../institution/vocabulary.js'
import { normalisePassword, PASSWORD_MAX_LENGTH } from '../passwords/policy.js'
import { activate, type ActivationDeps, type ActivationResult } from './activate.js'
import { parseActivationForm, usernameField } from './activation-form.js'
import { authenticateHolder } from './authenticate-holder.js'

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

export const activationPages: FastifyPluginAsync<ActivationDeps> = async (app, deps) => {
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

// A small page on which a holder sees that the new password works. Only the directory of the house itself can tell;
// elsewhere the institution's own services do.

const signInFormSchema = z.object({
  username: usernameField,
  password: z.string().min(1).transform(normalisePassword).pipe(z.string().max(PASSWORD_MAX_LENGTH * 2)),
})

interface FormResult { readonly errors?: readonly FieldError[], readonly problem?: Problem, readonly status?: number }

export const myAccountPages: FastifyPluginAsync<ActivationDeps> = async (app, deps) => {
  if (deps.directory.kind !== 'built-in') return
  const { profile } = deps
  applyChosenLanguage(app)

  app.get('/my-account', { config: { public: true } }, async (request, reply) => await showForm(request, reply))

  app.post('/my-account', { config: { public: true } }, async (request, reply) => {
    if (isLanguageChange(request)) return await showForm(request, reply)
    const form = parseInput(signInFormSchema, request.body)
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

// What the holder's pages have in common: public, without the staff's menu, in the language that the browser asks
// for or that is chosen on the page, and with no cookie but the form's own.

interface LanguageChoice { readonly language?: unknown, readonly speak?: unknown }

/** Lets every page of this scope speak the language chosen on it: `speak` is the button just pressed, `language` what was spoken. */
export function applyChosenLanguage (app: FastifyInstance): void {
  app.addHook('preHandler', async request => {
    const { language, speak } = (request.body ?? request.query ?? {}) as LanguageChoice
    const chosen = languages.find(one => one === (speak ?? language))
    if (chosen === undefined) return
    request.language = chosen
    request.t = translator(chosen)
  })
}

/** True when a form was sent only to be shown in another language. */
export function isLanguageChange (request: FastifyRequest): boolean {
  return (request.body as LanguageChoice | null | undefined)?.speak !== undefined
}

/** Errors for the summary, which names the field, and for the fields themselves: a field may have several. */
export function formatFormErrors (t: Translate, errors: readonly FieldError[], label: (path: string) => string) {
  const fieldErrors: Record<string, string> = {}
  for (const error of errors) fieldErrors[error.path] = [fieldErrors[error.path], formatFieldError(t, error)].filter(Boolean).join(' ')
  return { errors: errors.map(error => ({ path: error.path, message: `${label(error.path)}: ${formatFieldError(t, error)}` })), fieldErrors }
}

/** What was typed, to be shown again. */
export function inputText (typed: unknown): string {
  return typeof typed === 'string' ? typed.slice(0, 200) : ''
}
