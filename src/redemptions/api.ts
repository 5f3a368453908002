/** The API for identity systems: redeems a code immediately, or reserves it first. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DirectoryError } from '../accounts/directory.js'
import { buildProblemResponse } from '../http/openapi/problem-responses.js'
import { formatRfc3339 } from '../i18n/formatters.js'
import { Unavailable } from '../institution/errors.js'
import { CodeNotAccepted } from '../institution/slip-errors.js'
import { parseActivationCode } from '../slips/codes.js'
import { requireIdentitySystem } from '../staff/authenticate.js'
import { confirmReservation, releaseReservation, findReservedAccount, type RedemptionResult } from './end-reservation.js'
import { redeemCode } from './redeem.js'
import { identitySystemRedeemer, type Redeemer } from './rules.js'
import { type RedemptionDeps, reserveCode } from './reserve-code.js'

const timestampSchema = z.iso.datetime({ offset: true })
const redeemedSchema = z.object({ slipNumber: z.string(), accountId: z.uuid(), redeemedAt: timestampSchema }).meta({ id: 'Redeemed' })
const reservedSchema = z.object({
  reservation: z.uuid(), slipNumber: z.string(), accountId: z.uuid(), confirmBy: timestampSchema.describe('After this moment the code works again'),
}).meta({ id: 'Reserved' })

/** Checks the shape only: every pair that is not accepted gets the same answer. */
const pairSchema = z.strictObject({
  username: z.string().max(200).describe('As typed: case and a domain of the institution do not matter'),
  code: z.string().max(200).describe('As typed: case, width and everything between the symbols do not matter'),
  reserve: z.boolean().default(false).describe('Reserve the code for five minutes, then confirm or release it'),
})
const reservationParams = z.object({ reservation: z.string() })

export const redemptionsApi: FastifyPluginAsyncZod<RedemptionDeps> = async (app, deps) => {
  const zone = deps.profile.timeZone
  const toResponse = ({ redeemedAt, ...redeemed }: RedemptionResult) => ({ ...redeemed, redeemedAt: formatRfc3339(redeemedAt, zone) })

  app.post('/redemptions', {
    config: { scope: 'redeem' },
    schema: {
      tags: ['Redemptions'],
      summary: 'Redeem a code, or reserve it',
      description: 'Works once, with the token of an identity system. Every pair that is not accepted gets the same `code-not-accepted`. Wrong codes are counted per slip, not per caller: after every five, the slip waits fifteen minutes.',
      body: pairSchema,
      response: { 200: z.union([redeemedSchema, reservedSchema]) },
    },
  }, async request => {
    const by = identitySystemRedeemer(requireIdentitySystem(request))
    const typed = { username: request.body.username, code: parseActivationCode(request.body.code) }
    if (!request.body.reserve) return toResponse(requireAccepted(await redeemCode(deps, by, typed).catch(rethrowUnlessUnavailable)))
    const { id, slipNumber, account, confirmBy } = requireAccepted(await reserveCode(deps, by, typed, { quietly: false }))
    return { reservation: id, slipNumber, accountId: account.id, confirmBy: formatRfc3339(confirmBy, zone) }
  })

  app.post('/redemptions/:reservation/confirm', {
    config: { scope: 'redeem' },
    schema: {
      tags: ['Redemptions'],
      summary: 'The password is set: redeem what was reserved',
      description: 'Checks slip and account again. A repeated call gets the same answer.',
      params: reservationParams,
      response: { 200: redeemedSchema, 422: buildProblemResponse(422) },
    },
  }, async request => toResponse(requireAccepted(await confirm(identitySystemRedeemer(requireIdentitySystem(request)), request.params.reservation))))

  app.delete('/redemptions/:reservation', {
    config: { scope: 'redeem' },
    schema: { tags: ['Redemptions'], summary: 'Release a reservation: the code works again immediately', params: reservationParams, response: { 204: z.void(), 409: buildProblemResponse(409) } },
  }, async (request, reply) => {
    await releaseReservation(deps, identitySystemRedeemer(requireIdentitySystem(request)), request.params.reservation, { reason: 'given-back' })
    return await reply.status(204).send()
  })

  /** Confirms after refreshing the account from the directory. The reservation stays while the directory does not answer. */
  async function confirm (by: Redeemer, reservationId: string): Promise<RedemptionResult | undefined> {
    const account = await findReservedAccount(deps, by, reservationId)
    if (account !== undefined) await deps.directory.refresh(account).catch(rethrowUnlessUnavailable)
    return await confirmReservation(deps, by, reservationId)
  }
}

/** @throws {CodeNotAccepted} */
function requireAccepted<T> (outcome: T | undefined): T {
  if (outcome === undefined) throw new CodeNotAccepted()
  return outcome
}

function rethrowUnlessUnavailable (error: unknown): never {
  if (error instanceof DirectoryError && error.kind === 'ambiguous') throw new Unavailable('directory-ambiguous', { cause: error })
  if (error instanceof DirectoryError) throw new Unavailable('directory-away', { cause: error })
  throw error
}
