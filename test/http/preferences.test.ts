import Fastify from 'fastify'
import cookie from '@fastify/cookie'
import t from 'tap'
import { addLanguageAndTheme } from '../../src/http/preferences.js'

const app = Fastify()
await app.register(cookie)
addLanguageAndTheme(app, 'Europe/Helsinki')
app.get('/*', async request => request.language)
t.teardown(async () => await app.close())

/** Returns the language of a request with an Accept-Language header. */
async function languageFor (accepted: string | undefined, { url = '/', cookies = {} }: { url?: string, cookies?: Record<string, string> } = {}): Promise<string> {
  return (await app.inject({ url, cookies, headers: accepted === undefined ? {} : { 'accept-language': accepted } })).body
}

t.test('takes the first language of the browser that has texts', async t => {
  const cases = [
    ['fi', 'fi'], ['FI', 'fi'], ['fi-FI,fi;q=0.9,en;q=0.8', 'fi'], ['en;q=0.3,sv;q=0.9', 'sv'], ['sv-FI, fi;q=0.9, sv;q=0.8', 'sv'], ['fi-FI,sv', 'fi'],
    ['de,sv;q=0.1', 'sv'], ['sv;q=0,fi', 'fi'],
  ] as const
  for (const [accepted, language] of cases) t.equal(await languageFor(accepted), language, accepted)
})

t.test('falls back to English', async t => {
  for (const accepted of [undefined, '', 'de', '*', 'de,*;q=0.5', ';;;', ',,,', 'fi;q=abc', '"fi', 'x'.repeat(9000)]) t.equal(await languageFor(accepted), 'en', accepted?.slice(0, 20) ?? 'no header')
})

t.test('prefers the chosen language on pages, not at the API', async t => {
  t.equal(await languageFor('fi', { cookies: { language: 'sv' } }), 'sv')
  t.equal(await languageFor('fi', { cookies: { language: 'de' } }), 'fi')
  t.equal(await languageFor('fi', { url: '/api/v1/slips', cookies: { language: 'sv' } }), 'fi')
})
