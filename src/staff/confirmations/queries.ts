/** Queries for what waits for a second administrator. */
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'

/** Lists the requests that can still be confirmed, the oldest first. Names are those of now. */
export async function listOpenRequests (db: Kysely<Database>, now: Date) {
  return await db.selectFrom('confirmation_requests')
    .innerJoin('staff as requester', 'requester.id', 'confirmation_requests.requested_by')
    .leftJoin('staff as member', 'member.id', 'confirmation_requests.staff_id')
    .leftJoin('accounts as holder', 'holder.id', 'confirmation_requests.account_id')
    .select([
      'confirmation_requests.id', 'confirmation_requests.action', 'confirmation_requests.payload',
      'confirmation_requests.staff_id as staffId', 'confirmation_requests.account_id as accountId',
      'confirmation_requests.requested_by as requestedBy', 'confirmation_requests.requested_at as requestedAt', 'confirmation_requests.expires_at as expiresAt',
      'requester.name as requesterName', 'member.name as memberName', 'member.login as memberLogin', 'holder.username as username',
    ])
    .where('confirmation_requests.state', '=', 'open').where('confirmation_requests.expires_at', '>', now)
    .orderBy('confirmation_requests.requested_at').orderBy('confirmation_requests.id')
    .execute()
}

export type OpenRequest = Awaited<ReturnType<typeof listOpenRequests>>[number]

/** True while the erasure of this holder waits for a confirmation. */
export async function isErasureRequested (db: Kysely<Database>, accountId: string, now: Date): Promise<boolean> {
  const found = await db.selectFrom('confirmation_requests').select('id').where('account_id', '=', accountId).where('state', '=', 'open').where('expires_at', '>', now).executeTakeFirst()
  return found !== undefined
}
