/** The agent's start page: a search for accounts with results while typing, and what needs attention. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { describeFaults, type FormFields } from '../../http/forms.js'
import type { Translate } from '../../i18n/translate.js'
import type { Account } from '../../accounts/queries.js'
import { accountSearchSchema } from '../../accounts/schemas.js'
import { searchAccounts, type AccountSearchResult } from '../../accounts/search.js'
import { InvalidInput } from '../../institution/errors.js'
import { parseInput, readFormValues } from '../../institution/input.js'
import { removeOwnDomain } from '../../institution/user-names.js'
import { type AttentionPanelDeps, buildAttentionPanel } from '../attention/panel.js'

const searchFields: FormFields = { labels: { q: 'accounts.search.label' } }

export const accountSearchPages: FastifyPluginAsyncZod<AttentionPanelDeps> = async (app, deps) => {
  app.get('/accounts', { config: { permission: 'accounts:find' } }, async (request, reply) => await renderSearchPage(deps, request, reply))

  app.get('/accounts/results', { config: { permission: 'accounts:find' }, schema: { querystring: accountSearchSchema } }, async (request, reply) => {
    const found = await searchUnlessBlank(deps, request.query)
    return await reply.fragment('accounts/results', { results: toResultsView(request.t, request.query.q, found) })
  })
}

/** Shows the search page, or opens the account that was asked for exactly or is the only hit. */
export async function renderSearchPage (deps: AttentionPanelDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const form = parseInput(accountSearchSchema, request.query)
  if (!form.ok) {
    // The page has a field for `q` alone.
    if (form.errors.every(error => error.path !== 'q')) throw new InvalidInput(form.errors)
    const { values, errors, summary } = describeFaults(form, readFormValues(request.query), searchFields, request.t)
    return await reply.page('accounts/search', { q: values['q'] ?? '', errors, summary }, { status: 400 })
  }
  const { q, cursor } = form.value
  const found = await searchUnlessBlank(deps, form.value)
  const account = found.exact ?? findOnlyHit(found)
  if (account !== undefined && q.trim() !== '' && cursor === undefined) return await reply.redirect(`/accounts/${account.id}`, 303)
  const attention = q.trim() === '' ? await buildAttentionPanel(deps, request) : undefined
  return await reply.page('accounts/search', { q, errors: {}, summary: [], results: toResultsView(request.t, q, found, cursor), attention })
}

/** A blank search finds nothing on the page: no one needs a list of all accounts. */
async function searchUnlessBlank ({ db, profile }: Pick<AttentionPanelDeps, 'db' | 'profile'>, search: { q: string, cursor?: string | undefined, limit: number }): Promise<AccountSearchResult> {
  if (search.q.trim() === '') return { items: [], next: undefined, exact: undefined }
  return await searchAccounts(db, { ...search, q: removeOwnDomain(search.q, profile.userNameDomains) })
}

function findOnlyHit ({ items, next }: AccountSearchResult): Account | undefined {
  return items.length === 1 && next === undefined ? items[0] : undefined
}

/** Builds the data of the results template. A screen reader announces `outcome`. */
function toResultsView (t: Translate, q: string, { items, next }: AccountSearchResult, cursor?: string) {
  const address = `/accounts?q=${encodeURIComponent(q)}`
  return {
    items: items.map(item => ({ ...item, href: `/accounts/${item.id}` })),
    outcome: formatOutcome(t, q, items.length, next !== undefined || cursor !== undefined),
    explanation: formatExplanation(t, q, next !== undefined),
    pager: { next: next && `${address}&cursor=${next}`, first: cursor && address },
  }
}

function formatOutcome (t: Translate, q: string, count: number, isPart: boolean): string {
  if (q.trim() === '') return t('accounts.results.before.title')
  if (count === 0) return t(isPart ? 'accounts.results.further.title' : 'accounts.results.noMatch.title')
  return t(isPart ? 'accounts.results.page' : 'accounts.results.found', { count })
}

function formatExplanation (t: Translate, q: string, hasMore: boolean): string {
  if (q.trim() === '') return t('accounts.results.before.text')
  return hasMore ? t('accounts.results.further.text') : t('accounts.results.noMatch.text', { q: q.trim() })
}
