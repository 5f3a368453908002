/** One account at the door for machines: its open slip, and what the rules say of each channel. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findAccount } from '../accounts/queries.js'
import { toAccountItem, accountSchema } from '../accounts/schemas.js'
import type { Deps } from '../app.js'
import { Problem } from '../http/problems.js'
import { formatRefusal } from '../i18n/refusal-sentence.js'
import { channels, prohibitedChannels } from '../institution/words.js'
import { requireSession } from '../staff/authenticate.js'
import { channelQuerySchema } from './channel-query.js'
import { findOpenSlip, loadIssuingContext, lookUpLetterAddress } from './circumstances.js'
import { slipStates, stateAt } from './life.js'
import { checkChannels } from './rules.js'

const channelAvailabilitySchema = z.object({
  channel: z.enum([...channels, ...prohibitedChannels]),
  allowed: z.boolean(),
  refusals: z.array(z.object({ code: z.string(), detail: z.string() })),
})

export const accountChannelsApi: FastifyPluginAsyncZod<Deps> = async (app, { db, profile, now }) => {
  app.get('/accounts/:id', {
    config: { may: 'accounts:find' },
    schema: {
      tags: ['Accounts'],
      summary: 'One account, with its open slip',
      params: z.object({ id: z.string() }),
      response: { 200: accountSchema.extend({ openSlip: z.object({ number: z.string(), state: z.enum(slipStates) }).nullable() }) },
    },
  }, async request => {
    const account = await requireAccount(request.params.id)
    const slip = await findOpenSlip(db, account.id, now())
    return { ...toAccountItem(account), openSlip: slip === undefined ? null : { number: slip.number, state: stateAt(slip, now()) } }
  })

  app.get('/accounts/:id/channels', {
    config: { may: 'accounts:find' },
    schema: {
      tags: ['Accounts'],
      summary: 'Which channels are allowed, and why not',
      description: 'Leaves out what only the form can answer and, without a postcode, the address rules.',
      params: z.object({ id: z.string() }),
      querystring: channelQuerySchema(profile.country),
      response: { 200: z.object({ items: z.array(channelAvailabilitySchema) }) },
    },
  }, async request => {
    const account = await requireAccount(request.params.id)
    const circumstances = await loadIssuingContext(db, account, requireSession(request), profile, now())
    const { postcode, town, country } = request.query
    const address = postcode === undefined ? undefined : await lookUpLetterAddress(db, { postcode, town, country })
    return {
      items: checkChannels(circumstances, address).map(({ channel, allowed, refusals }) => ({
        channel, allowed, refusals: refusals.map(refusal => ({ code: refusal.code, detail: formatRefusal(request.t, refusal) })),
      })),
    }
  })

  async function requireAccount (id: string) {
    const account = await findAccount(db, id)
    if (account === undefined) throw new Problem('not-found', { variant: 'account' })
    return account
  }
}
