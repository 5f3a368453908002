/** Confirms, declines, withdraws and expires requests. Everything is checked again under the locks of the confirmation. */
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { ConfirmationRequestsTable } from '../../database/staff-row-types.js'
import type { Database } from '../../database/schema.js'
import { Conflict, NotFound, NotPermitted } from '../../institution/errors.js'
import { lockActiveAdministrators } from '../queries.js'
import type { RequestContent } from './request-content.js'
import { closeRequest, lockRequest, requireIntact } from './request-store.js'
import type { Administrator } from './rules.js'

export interface DecisionDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
}

/** A confirmed request. Its action is applied in the transaction of the confirmation. */
export interface ConfirmedRequest {
  readonly id: string
  readonly content: RequestContent
  readonly staffId: string | null
  readonly accountId: string | null
  readonly requester: Administrator
  readonly confirmer: Administrator
  readonly at: Date
}

/** Applies the action of a request; throws where its rules no longer allow it. */
export type ApplyRequest = (trx: Transaction<Database>, request: ConfirmedRequest) => Promise<void>

/**
 * Confirms a request, as another administrator, and applies its action.
 * @throws {Conflict} own, ended, expired or altered requests, and those of someone who is no longer an administrator
 */
export async function confirmRequest ({ db, now }: DecisionDeps, id: string, confirmerId: string, apply: ApplyRequest): Promise<void> {
  const at = now()
  await db.transaction().execute(async trx => {
    const administrators = await lockActiveAdministrators(trx)
    const confirmer = administrators.find(one => one.id === confirmerId)
    if (confirmer === undefined) throw new NotPermitted()
    const row = await requireOpenRequest(trx, id, at)
    if (row.requested_by === confirmerId) throw new Conflict('own-request')
    const requester = administrators.find(one => one.id === row.requested_by)
    if (requester === undefined) throw new Conflict('requester-gone')
    const content = await requireIntact(trx, row)
    await closeRequest(trx, row, 'confirmed', { decidedBy: confirmerId, at })
    await apply(trx, { id, content, staffId: row.staff_id, accountId: row.account_id, requester, confirmer, at })
  })
}

/** Declines a request, as another administrator. @throws {Conflict} */
export async function declineRequest (deps: DecisionDeps, id: string, by: string): Promise<void> {
  await endRequest(deps, id, by, 'declined')
}

/** Withdraws one's own request. @throws {Conflict} */
export async function withdrawRequest (deps: DecisionDeps, id: string, by: string): Promise<void> {
  await endRequest(deps, id, by, 'withdrawn')
}

async function endRequest ({ db, now }: DecisionDeps, id: string, by: string, outcome: 'declined' | 'withdrawn'): Promise<void> {
  const at = now()
  await db.transaction().execute(async trx => {
    const administrators = await lockActiveAdministrators(trx)
    if (administrators.every(one => one.id !== by)) throw new NotPermitted()
    const row = await requireOpenRequest(trx, id, at)
    const isOwn = row.requested_by === by
    if (isOwn !== (outcome === 'withdrawn')) throw new Conflict(isOwn ? 'own-request' : 'other-request')
    await closeRequest(trx, row, outcome, { decidedBy: by, at })
  })
}

async function requireOpenRequest (trx: Transaction<Database>, id: string, now: Date): Promise<Selectable<ConfirmationRequestsTable>> {
  const row = await lockRequest(trx, id)
  if (row === undefined) throw new NotFound('confirmation-request')
  if (row.state !== 'open') throw new Conflict('request-ended')
  if (row.expires_at <= now) throw new Conflict('request-expired')
  return row
}

/** Ends the requests that no one has decided in time. @returns how many */
export async function expireRequests (db: Kysely<Database>, now: Date): Promise<number> {
  const due = await db.selectFrom('confirmation_requests').select('id').where('state', '=', 'open').where('expires_at', '<=', now).orderBy('requested_at').execute()
  for (const { id } of due) {
    await db.transaction().execute(async trx => {
      const row = await lockRequest(trx, id)
      if (row?.state === 'open') await closeRequest(trx, row, 'expired', { decidedBy: undefined, at: now })
    })
  }
  return due.length
}
