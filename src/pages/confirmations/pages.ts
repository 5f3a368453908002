/** Where a second administrator confirms or declines a request, and the first one withdraws it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import { pageIdSchema } from '../../http/forms.js'
import { eraseConfirmedHolder } from '../../retention/erase-holder.js'
import { applyConfirmedChange } from '../../staff/administration/manage-staff.js'
import { requireSession } from '../../staff/authenticate.js'
import { type ConfirmedRequest, confirmRequest, type DecisionDeps, declineRequest, withdrawRequest } from '../../staff/confirmations/decide.js'

type DecisionRequest = FastifyRequest<{ Params: { id: string } }>

export const confirmationPages: FastifyPluginAsyncZod<DecisionDeps> = async (app, deps) => {
  // The forms have no fields: what they decide was fixed when it was requested.
  const route = {
    config: { permission: 'confirmations:decide', withoutServicePoint: true, form: { action: 'decide-request', show: leadToList } },
    schema: { params: pageIdSchema },
  } as const

  app.post('/confirmations/:id/confirm', route, async (request, reply) => {
    await confirmRequest(deps, request.params.id, ownId(request), applyRequest)
    return await leadToList(request, reply)
  })

  app.post('/confirmations/:id/decline', route, async (request, reply) => {
    await declineRequest(deps, request.params.id, ownId(request))
    return await leadToList(request, reply)
  })

  app.post('/confirmations/:id/withdraw', route, async (request, reply) => {
    await withdrawRequest(deps, request.params.id, ownId(request))
    return await leadToList(request, reply)
  })
}

async function leadToList (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await reply.redirect('/staff', 303)
}

function ownId (request: DecisionRequest): string {
  return requireSession(request).staff.id
}

async function applyRequest (trx: Transaction<Database>, { id, content, staffId, accountId, requester, confirmer, at }: ConfirmedRequest): Promise<void> {
  const confirmation = { request: id, confirmedBy: confirmer.id }
  if (content.action === 'erase-holder') await eraseConfirmedHolder(trx, { accountId: accountId!, reason: content.reason, requester, confirmer, confirmation, at })
  else await applyConfirmedChange(trx, { staffId: staffId!, content, requesterId: requester.id, confirmation, at })
}
