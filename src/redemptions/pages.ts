/** The pages for holders: activating the account, and checking that the new password works. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeFaults, type FormFields, type FormMessage, readForm, type ShownForm } from '../http/forms.js'
import { formatDateTime } from '../i18n/formatters.js'
import { type Translate, translator } from '../i18n/translate.js'
import type { FieldError } from '../institution/base-error.js'
import { TooManyAttempts } from '../institution/errors.js'
import { type FormValues, readFormValues } from '../institution/input.js'
import type { Profile } from '../institution/profile.js'
import { readUsername } from '../institution/user-names.js'
import { languages } from '../institution/vocabulary.js'
import { normalisePassword, PASSWORD_MAX_LENGTH } from '../passwords/policy.js'
import { activate, type ActivationDeps, type ActivationResult } from './activate.js'
import { parseActivationForm, usernameField } from './activation-form.js'
import { authenticateHolder } from './authenticate-holder.js'

const activationFields: FormFields = {
  labels: {
    username: 'activation.username', code: 'activation.code', password: 'activation.password', passwordAgain: 'activation.passwordAgain', rules: null,
  },
}

/** Why a valid form did not set a password. */
type ActivationFailure = Exclude<ActivationResult['outcome'], 'done'> | 'too-many'

const failureStatuses: Readonly<Record<ActivationFailure, number>> = {
  'not-accepted': 422,
  'directory-away': 503,
  'password-refused': 422,
  'password-guessable': 400,
  'account-gone': 422,
  ambiguous: 422,
  'too-many': 429,
}

/** How long to wait before the directory may answer again (seconds). */
const DIRECTORY_RETRY_SECONDS = '60'

export const activationPages: FastifyPluginAsyncZod<ActivationDeps> = async (app, deps) => {
  const { profile } = deps
  applyChosenLanguage(app, profile.timeZone)

  app.get('/activate', { config: { public: true } }, async (request, reply) => await showForm(request, reply, { values: {} }))

  app.post('/activate', { config: { public: true, form: { action: 'activate', show: showAgain } } }, async (request, reply) => {
    const values = readFormValues(request.body)
    if (isLanguageChange(values)) return await showForm(request, reply, { values })
    const form = parseActivationForm(request.body, profile)
    if (!form.ok) return await showForm(request, reply, describeFaults(form, values, activationFields, request.t))
    const outcome = await activate(deps, { ...form.value, address: request.ip }).then(result => result.outcome, throttledActivation(reply))
    if (outcome === 'done') return await reply.redirect(`/activate/done?language=${request.language}`, 303)
    if (outcome === 'directory-away') reply.header('retry-after', DIRECTORY_RETRY_SECONDS)
    if (outcome === 'account-gone' || outcome === 'ambiguous') return await reply.page('activate/helpdesk', { failure: outcome }, { status: failureStatuses[outcome] })
    const errors = outcome === 'password-refused' || outcome === 'password-guessable' ? [{ path: 'password', message: outcome }] : outcome === 'not-accepted' ? listUsernameHints(values, profile) : []
    return await showForm(request, reply, describeFaults({ errors }, values, activationFields, request.t), outcome)
  })

  async function showAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showForm(request, reply, { values: readFormValues(request.body) })
  }

  app.get('/activate/done', { config: { public: true } }, async (request, reply) => {
    const { language } = request
    return await reply.page('activate/done', {
      next: profile.afterActivation.map(({ title, text, link }) => ({ title: title[language], text: text[language], link: link && { href: link.url, label: link.label[language] } })),
      canCheckPassword: deps.directory.kind === 'built-in',
    })
  })

  async function showForm (request: FastifyRequest, reply: FastifyReply, { values, errors = {}, summary = [] }: ShownForm, failure?: ActivationFailure): Promise<FastifyReply> {
    const { language } = request
    const { rulesOfUse } = profile
    return await reply.page('activate/form', {
      values,
      errors,
      summary,
      failure,
      minutes: retryAfterMinutes(reply),
      waitMinutes: profile.wrongTries.waitMinutes,
      rules: { href: rulesOfUse.url, label: rulesOfUse.label[language], text: rulesOfUse.text[language] },
      minimum: profile.passwordMinimum,
    }, { status: failure === undefined ? summary.length > 0 ? 400 : 200 : failureStatuses[failure] })
  }
}

/** A hint at a user name with another domain. It is the same whether or not anyone has the user name. */
function listUsernameHints ({ username = '' }: FormValues, { userNameDomains }: Profile): FieldError[] {
  return readUsername(username, userNameDomains).hasOtherDomain ? [{ path: 'username', message: 'username-other-domain' }] : []
}

/** Returns a handler that turns throttling into a result and rethrows any other error. */
function throttledActivation (reply: FastifyReply): (error: unknown) => 'too-many' {
  return error => {
    if (!(error instanceof TooManyAttempts)) throw error
    reply.header('retry-after', String(error.seconds))
    return 'too-many'
  }
}

function retryAfterMinutes (reply: FastifyReply): number {
  return Math.max(1, Math.ceil(Number(reply.getHeader('retry-after') ?? 0) / 60))
}

/** The form of `/my-account`, where holders check their new password. Only the built-in directory has this page. */
const signInFormSchema = z.object({
  username: usernameField,
  password: z.string().min(1).transform(normalisePassword).pipe(z.string().max(PASSWORD_MAX_LENGTH * 2)),
})

const signInFields: FormFields = { labels: { username: 'activation.myAccount.username', password: 'activation.myAccount.password' } }

export const myAccountPages: FastifyPluginAsyncZod<ActivationDeps> = async (app, deps) => {
  if (deps.directory.kind !== 'built-in') return
  const { profile } = deps
  applyChosenLanguage(app, profile.timeZone)

  app.get('/my-account', { config: { public: true } }, async (_request, reply) => await renderSignIn(reply, { values: {} }))

  app.post('/my-account', { config: { public: true, form: { action: 'check-password', show: showSignInAgain } } }, async (request, reply) => {
    const form = readForm(signInFormSchema, request.body, signInFields, request.t)
    const { values } = form
    if (isLanguageChange(values)) return await renderSignIn(reply, { values })
    if (!form.ok) return await renderSignIn(reply, form, 400)
    const { username } = readUsername(form.value.username, profile.userNameDomains)
    const account = await authenticateHolder({ ...deps, logger: request.log }, { ...form.value, username, address: request.ip }).catch(rethrowUnlessThrottled)
    if (account === undefined) {
      const { errors, summary } = describeFaults({ errors: listUsernameHints(values, profile) }, values, signInFields, request.t)
      return await renderSignIn(reply, { values, errors, summary: [toSummaryMessage(request.t), ...summary] }, 401)
    }
    if (account instanceof TooManyAttempts) {
      return await renderSignIn(reply.header('retry-after', String(account.seconds)), { values, summary: [toSummaryMessage(request.t, account)] }, 429)
    }
    return await reply.page('my-account/show', {
      account: { ...account, passwordSetAt: formatDateTime(account.passwordSetAt, profile.timeZone, request.language) },
    })
  })
}

async function showSignInAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await renderSignIn(reply, { values: readFormValues(request.body) })
}

async function renderSignIn (reply: FastifyReply, { values, errors = {}, summary = [] }: ShownForm, status = 200): Promise<FastifyReply> {
  return await reply.page('my-account/form', { username: values['username'] ?? '', errors, summary }, { status })
}

/** Neither field is marked: the answer does not say which of them is wrong. */
function toSummaryMessage (t: Translate, throttled?: TooManyAttempts): FormMessage {
  return throttled === undefined
    ? { path: 'username', message: t('problems.not-signed-in.wrong-password') }
    : { message: t('problems.too-many-requests.sign-in', { minutes: Math.ceil(throttled.seconds / 60) }) }
}

/** Returns the error that the form can show and rethrows any other. */
function rethrowUnlessThrottled (error: unknown): TooManyAttempts {
  if (error instanceof TooManyAttempts) return error
  throw error
}

/** Shows every page of this scope in the language chosen on it: `speak` is the pressed button, `language` the language so far. */
function applyChosenLanguage (app: FastifyInstance, timeZone: string): void {
  app.addHook('preValidation', async request => {
    const { language, speak } = readFormValues(request.body ?? request.query)
    const chosen = languages.find(one => one === (speak ?? language))
    if (chosen === undefined) return
    request.language = chosen
    request.t = translator(chosen, timeZone)
  })
}

/** True when a form was sent only to be shown in another language. */
function isLanguageChange (values: FormValues): boolean {
  return values['speak'] !== undefined
}
