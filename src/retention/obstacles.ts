/** Why a holder cannot be forgotten yet: something about them is still under way. */
import type { Kysely } from 'kysely'
import type { Account } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import { findOpenSlip } from '../slips/circumstances.js'
import { isOwnAccount } from '../slips/rules.js'

export interface ErasureObstacle {
  readonly code: 'own-account' | 'open-slip' | 'envelope-out' | 'alert-open'
  /** The slip's number; '' where it is no slip's matter. */
  readonly number: string
}

/** @param login of who asks; undefined at the command line */
export async function listErasureObstacles (db: Kysely<Database>, account: Account, login: string | undefined, now: Date): Promise<ErasureObstacle[]> {
  const open = await findOpenSlip(db, account.id, now)
  const out = await db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id').select('slips.number')
    .where('slips.account_id', '=', account.id).where('deliveries.envelope_at', 'in', ['on-the-way', 'desk'])
    .orderBy('slips.issued_at').execute()
  const alerts = await db.selectFrom('slips').innerJoin('code_alerts', 'code_alerts.slip_id', 'slips.id').select('slips.number')
    .where('slips.account_id', '=', account.id).where('code_alerts.settled_at', 'is', null)
    .orderBy('slips.issued_at').execute()
  return [
    // Nobody wipes out what they have done themselves.
    ...login !== undefined && isOwnAccount(login, account.username) ? [{ code: 'own-account', number: '' } as const] : [],
    ...open === undefined ? [] : [{ code: 'open-slip', number: open.number } as const],
    ...out.filter(({ number }) => number !== open?.number).map(({ number }) => ({ code: 'envelope-out', number } as const)),
    ...alerts.map(({ number }) => ({ code: 'alert-open', number } as const)),
  ]
}
