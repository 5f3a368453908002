/**
 * What the holder's pages have in common: public, without the staff's menu, in the language that the browser asks
 * for or that is chosen on the page, and with no cookie but the form's own.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { formatFieldError } from '../http/forms.js'
import type { FieldError } from '../http/problems.js'
import { translator, type Translate } from '../i18n/translate.js'
import { languages } from '../institution/words.js'

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
