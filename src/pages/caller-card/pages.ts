/** The page with the caller card, which staff read out to a caller who is not identified. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type Account, findAccount, findAccountByTypedIdentifier } from '../../accounts/queries.js'
import type { Database } from '../../database/schema.js'
import { type FormFields, readForm } from '../../http/forms.js'
import { translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import { removeOwnDomain } from '../../institution/user-names.js'
import { type Language, languages } from '../../institution/vocabulary.js'
import { listServicePoints } from '../../service-points/queries.js'
import { parseSlipNumber, removeActivationCodes } from '../../slips/codes.js'
import { loadIssuingContext } from '../../slips/issuing-context.js'
import { findSlip, listSlips, type SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildCallerCard } from './caller-card.js'

const querySchema = z.object({
  q: z.string().max(200).default(''),
  /** The caller's language, if it is not the account's. */
  in: z.enum(languages).optional().catch(undefined),
})

const queryFields: FormFields = { labels: { q: 'callerCard.label' } }

/** The account or slip that the caller named, and the account's newest slip. */
interface CallerLookup { readonly account: Account, readonly requestedSlip: SlipDetails | undefined, readonly newestSlip: SlipDetails | undefined }

export interface CallerCardDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly now: () => Date
}

export const callerCardPages: FastifyPluginAsyncZod<CallerCardDeps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/tell', { config: { permission: 'callers:answer' } }, async (request, reply) => {
    const form = readForm(querySchema, request.query, queryFields, request.t)
    if (!form.ok) {
      const { values, errors, summary } = form
      return await reply.page('caller-card/card', { ...removeActivationCodes({ q: values['q'] ?? '' }), errors, summary, isAsked: false }, { status: 400 })
    }
    const { q } = removeActivationCodes({ q: form.value.q })
    const subject = await findSubject(q)
    const language = form.value.in ?? subject?.account.preferred_language
    return await reply.page('caller-card/card', {
      q,
      errors: {},
      summary: [],
      isAsked: q.trim() !== '',
      card: subject && language && await cardFor(subject, request, q, language),
    })
  })

  async function findSubject (q: string): Promise<CallerLookup | undefined> {
    const byIdentifier = await findAccount(db, q.trim()) ?? await findAccountByTypedIdentifier(db, removeOwnDomain(q, profile.userNameDomains))
    const number = byIdentifier === undefined ? parseSlipNumber(q) : undefined
    const asked = number === undefined ? undefined : await findSlip(db, number, { all: true }, now())
    const account = byIdentifier ?? (asked && await findAccount(db, asked.account_id))
    if (account === undefined) return undefined
    const { items } = await listSlips(db, { accountId: account.id, limit: 1 }, { visibility: { all: true }, zone: profile.timeZone, now: now() })
    return { account, requestedSlip: asked, newestSlip: items[0] }
  }

  async function cardFor ({ account, requestedSlip, newestSlip }: CallerLookup, request: FastifyRequest, q: string, language: Language) {
    const card = buildCallerCard({
      slip: newestSlip,
      isOlderSlipRequested: requestedSlip !== undefined && requestedSlip.number !== newestSlip?.number,
      issuingContext: await loadIssuingContext(db, account, { session: requireSession(request), profile, now: now() }),
      servicePoints: await listServicePoints(db),
    }, language)
    return {
      account: { id: account.id, username: account.username },
      number: newestSlip?.number,
      language,
      others: languages.map(one => ({ language: one, href: `/tell?q=${encodeURIComponent(q)}&in=${one}` })),
      say: translator(language),
      ...card,
    }
  }
}
