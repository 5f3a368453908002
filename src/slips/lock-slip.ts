/** A slip under lock, for whoever is about to change it. */
import type { Selectable, Transaction } from 'kysely'
import { lockAccount, type Account } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import type { DeliveriesTable, SlipsTable } from '../database/tables/slips.js'
import { stateAt, type SlipState } from './life.js'

type SlipColumns = Pick<Selectable<SlipsTable>, 'id' | 'number' | 'account_id' | 'channel' | 'expires_at' | 'ceiling_at' | 'ended_at' | 'issued_at'>
type DeliveryColumns = Pick<Selectable<DeliveriesTable>, 'porter_service_point_id' | 'country' | 'envelope_at'>

export type LockedSlip = SlipColumns & DeliveryColumns & {
  readonly account: Account
  /** What holds at the moment. */
  readonly state: SlipState
  /** What the row says. */
  readonly row_state: SlipState
}

/**
 * Locks the account's row, then the slip's: in one order everywhere, so that nobody waits for each other crosswise.
 * @returns undefined when there is no such slip
 */
export async function lockSlip (trx: Transaction<Database>, number: string, now: Date): Promise<LockedSlip | undefined> {
  const found = await trx.selectFrom('slips').select('account_id').where('number', '=', number).executeTakeFirst()
  const account = found && await lockAccount(trx, found.account_id)
  if (account === undefined) return undefined
  const slip = await trx.selectFrom('slips')
    .select(['id', 'number', 'account_id', 'channel', 'state as row_state', 'expires_at', 'ceiling_at', 'ended_at', 'issued_at'])
    .where('number', '=', number).forUpdate().executeTakeFirstOrThrow()
  const delivery = await trx.selectFrom('deliveries').select(['porter_service_point_id', 'country', 'envelope_at'])
    .where('slip_id', '=', slip.id).executeTakeFirstOrThrow()
  return { ...slip, ...delivery, account, state: stateAt({ state: slip.row_state, expires_at: slip.expires_at }, now) }
}
