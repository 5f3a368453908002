/** The reader's language and theme: chosen with `?lang=` and `?theme=` and stored in a cookie, otherwise the browser's. */
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import Negotiator from 'negotiator'
import { type Language, languages } from '../i18n/locales.js'
import { translator } from '../i18n/translate.js'
import type { Theme } from './fastify-types.js'

const themes: readonly string[] = ['auto', 'light', 'dark']
const COOKIE_MAX_AGE_SECONDS = 365 * 24 * 60 * 60

/** Gives every request its `language`, `theme` and `t`. */
export function addLanguageAndTheme (app: FastifyInstance, timeZone: string): void {
  app.decorateRequest('language', 'en')
  app.decorateRequest('theme', 'auto')
  app.decorateRequest('t', translator('en', timeZone))
  app.addHook('onRequest', async request => {
    const cookies = request.url.startsWith('/api/') ? {} : request.cookies
    request.language = selectLanguage(cookies['language'], request.headers)
    request.theme = themes.includes(cookies['theme'] ?? '') ? cookies['theme'] as Theme : 'auto'
    request.t = translator(request.language, timeZone)
  })
}

/** Selects the reader's language: the chosen one, else the first of the browser's that has texts, else English. */
function selectLanguage (chosen: string | undefined, headers: IncomingHttpHeaders): Language {
  const accepted = new Negotiator({ headers }).languages().map(tag => tag.split('-')[0]!.toLowerCase())
  return [chosen, ...accepted].map(findLanguage).find(language => language !== undefined) ?? 'en'
}

function findLanguage (text: string | undefined): Language | undefined {
  return languages.find(language => language === text)
}

/** On pages, `?lang=sv` and `?theme=dark` set the choice and lead back to the same address without them. No unknown address is repeated. */
export function addPreferenceLinks (app: FastifyInstance, secure: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    const url = new URL(`http://local${request.url}`)
    const { lang, theme } = Object.fromEntries(url.searchParams)
    if (request.method !== 'GET' || request.is404 || (lang === undefined && theme === undefined)) return
    setPreferenceCookie(reply, 'language', findLanguage(lang), secure)
    setPreferenceCookie(reply, 'theme', themes.includes(theme ?? '') ? theme : undefined, secure)
    url.searchParams.delete('lang')
    url.searchParams.delete('theme')
    return await reply.redirect(url.pathname.replace(/^\/+/, '/') + url.search, 303)
  })
}

function setPreferenceCookie (reply: FastifyReply, name: string, value: string | undefined, secure: boolean): void {
  if (value !== undefined) reply.setCookie(name, value, { path: '/', maxAge: COOKIE_MAX_AGE_SECONDS, sameSite: 'lax', httpOnly: true, secure })
}
