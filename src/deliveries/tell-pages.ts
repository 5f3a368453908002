/** "What do I tell them?": a card to read out to a caller, who is not identified. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findAccount, findAccountByIdentifier, type Account } from '../accounts/queries.js'
import type { Deps } from '../app.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { translator } from '../i18n/translate.js'
import { languages, type Language } from '../institution/words.js'
import { listServicePoints } from '../service-points/queries.js'
import { gatherCircumstances } from '../slips/circumstances.js'
import { withoutCodes } from '../slips/kept-text.js'
import { findSlip, listSlips, type SlipRow } from '../slips/queries.js'
import { readSlipNumber } from '../slips/slip-number.js'
import { signedIn } from '../staff/authenticate.js'
import { whatToTell } from './what-to-tell.js'

const querySchema = z.object({
  q: z.string().max(200).default(''),
  /** The caller's language, if it is not the account's. */
  in: z.enum(languages).optional().catch(undefined),
})

/** What the caller named, and the account's newest slip. */
interface Subject { readonly account: Account, readonly asked: SlipRow | undefined, readonly newest: SlipRow | undefined }

export const tellPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/tell', { config: { may: 'callers:answer' } }, async (request, reply) => {
    const read = parseForm(querySchema, request.query)
    if (!read.ok) {
      const { q } = request.query as { q?: unknown }
      const errors = read.errors.map(error => ({ path: error.path, message: fieldMessage(request.t, error) }))
      return await reply.page('tell/card', { ...withoutCodes({ q: typeof q === 'string' ? q : '' }), errors, isAsked: false }, { status: 400 })
    }
    const { q } = withoutCodes({ q: read.value.q })
    const subject = await findSubject(q)
    const language = read.value.in ?? subject?.account.preferred_language
    return await reply.page('tell/card', {
      q,
      errors: [],
      isAsked: q.trim() !== '',
      card: subject && language && await cardFor(subject, request, q, language),
    })
  })

  async function findSubject (q: string): Promise<Subject | undefined> {
    const byIdentifier = await findAccountByIdentifier(db, q)
    const number = byIdentifier === undefined ? readSlipNumber(q) : undefined
    const asked = number === undefined ? undefined : await findSlip(db, number, { all: true }, now())
    const account = byIdentifier ?? (asked && await findAccount(db, asked.account_id))
    if (account === undefined) return undefined
    const { items } = await listSlips(db, { accountId: account.id, limit: 1 }, { all: true }, profile.timeZone, now())
    return { account, asked, newest: items[0] }
  }

  async function cardFor ({ account, asked, newest }: Subject, request: FastifyRequest, q: string, language: Language) {
    const told = whatToTell({
      slip: newest,
      isOlderAsked: asked !== undefined && asked.number !== newest?.number,
      circumstances: await gatherCircumstances(db, account, signedIn(request), profile, now()),
      servicePoints: await listServicePoints(db),
    }, language)
    return {
      account: { id: account.id, username: account.username },
      number: newest?.number,
      language,
      others: languages.map(one => ({ language: one, href: `/tell?q=${encodeURIComponent(q)}&in=${one}` })),
      say: translator(language),
      ...told,
    }
  }
}
