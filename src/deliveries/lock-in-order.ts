/** Several slips at once: their accounts under lock, before the first of them takes a step. */
import type { Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Channel } from '../institution/words.js'

/**
 * Locks the accounts of these slips in one statement and in the order in which everybody locks them: whoever has
 * the same slips in hand waits here, not halfway.
 * @param desk only slips that go to this porter's desk
 * @returns the slip numbers of the channel, in that order
 */
export async function lockAccountsOfSlips (trx: Transaction<Database>, numbers: readonly string[], { channel, desk }: { readonly channel: Channel, readonly desk?: string }): Promise<string[]> {
  const slips = await trx.selectFrom('slips')
    .innerJoin('accounts', 'accounts.id', 'slips.account_id')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select('slips.number')
    .where('slips.number', 'in', numbers).where('slips.channel', '=', channel)
    .$if(desk !== undefined, query => query.where('deliveries.porter_service_point_id', '=', desk!))
    .orderBy('accounts.id').orderBy('slips.number')
    .forUpdate(['accounts']).execute()
  return slips.map(({ number }) => number)
}
