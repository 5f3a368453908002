/** The accounts' door for machines. One account, with its open slip, is told by the slips' door. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../app.js'
import { toAccountItem, accountListSchema, accountSearchSchema } from './schemas.js'
import { searchAccounts } from './search.js'

export const accountsApi: FastifyPluginAsyncZod<Deps> = async (app, { db }) => {
  app.get('/accounts', {
    config: { may: 'accounts:find' },
    schema: { tags: ['Accounts'], summary: 'Find accounts', querystring: accountSearchSchema, response: { 200: accountListSchema } },
  }, async request => {
    const { items, next } = await searchAccounts(db, request.query)
    return { items: items.map(toAccountItem), next }
  })
}
