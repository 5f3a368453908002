/**
 * Alerts about an attempt with the correct code of an inactive slip, which means that the envelope has been opened.
 * A slip has at most one open alert. The person who tried the code does not learn about it.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { appendEvent, type Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { NotFound } from '../institution/errors.js'
import type { Session } from '../staff/session.js'
import type { Slip } from './slip.js'
import type { SlipState } from '../institution/vocabulary.js'

/** Raises an alert for a slip, or counts one more attempt on its open alert. Each attempt is an audit event. */
export async function raiseCodeAlert (trx: Transaction<Database>, slip: Pick<Slip, 'id' | 'number' | 'account_id' | 'state'>, by: Actor, now: Date): Promise<void> {
  await trx.insertInto('code_alerts')
    .values({ slip_id: slip.id, slip_state: slip.state, first_at: now, last_at: now })
    .onConflict(conflict => conflict.column('slip_id').where('settled_at', 'is', null)
      .doUpdateSet(eb => ({ tries: eb('code_alerts.tries', '+', 1), last_at: sql<Date>`greatest(code_alerts.last_at, excluded.last_at)` })))
    .execute()
  await appendEvent(trx, {
    kind: 'code-tried-while-dead', at: now, actor: by, slip: slip.number, account: slip.account_id, facts: { state: slip.state },
  })
}

export interface CodeAlert {
  readonly id: string
  readonly number: string
  /** The state in the slip's row; `stateAt` gives the state at a moment. */
  readonly stored_state: SlipState
  readonly expires_at: Date
  /** The state at the first attempt. */
  readonly slip_state: SlipState
  readonly first_at: Date
  readonly last_at: Date
  readonly tries: number
}

/** Lists the open alerts, newest first. */
export async function listCodeAlerts (db: Kysely<Database>, limit = 50): Promise<CodeAlert[]> {
  return await db.selectFrom('code_alerts')
    .innerJoin('slips', 'slips.id', 'code_alerts.slip_id')
    .select(['code_alerts.id', 'slips.number', 'slips.state as stored_state', 'slips.expires_at', 'code_alerts.slip_state', 'code_alerts.first_at', 'code_alerts.last_at', 'code_alerts.tries'])
    .where('code_alerts.settled_at', 'is', null)
    .orderBy('code_alerts.last_at', 'desc').orderBy('code_alerts.id').limit(limit).execute()
}

export type SettlingStaff = Pick<Session, 'servicePoint'> & { readonly staff: Pick<Session['staff'], 'id'> }

/**
 * Settles an alert that an agent has dealt with, for example by calling the holder or voiding the slip.
 * @throws {NotFound} when there is no such alert, or it is already settled
 */
export async function settleCodeAlert (db: Kysely<Database>, id: string, by: SettlingStaff, now: Date): Promise<void> {
  await db.transaction().execute(async trx => {
    const settled = await trx.updateTable('code_alerts').set({ settled_at: now, settled_by: by.staff.id })
      .from('slips').whereRef('slips.id', '=', 'code_alerts.slip_id')
      .where('code_alerts.id', '=', id).where('code_alerts.settled_at', 'is', null)
      .returning(['slips.number', 'slips.account_id', 'code_alerts.tries']).executeTakeFirst()
    if (settled === undefined) throw new NotFound('code-alert')
    await appendEvent(trx, {
      kind: 'code-alert-settled',
      at: now,
      actor: `staff:${by.staff.id}`,
      slip: settled.number,
      account: settled.account_id,
      servicePoint: by.servicePoint?.id,
      facts: { tries: settled.tries },
    })
  })
}
