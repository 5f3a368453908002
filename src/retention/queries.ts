/** Finds a holder by an exact identifier, counts the stored data, and lists what blocks an erasure. */
import { type Kysely, sql } from 'kysely'
import { type Account, findAccountByIdentifier } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import type { ErasureObstacleCode } from '../institution/slip-errors.js'
import { isUuid } from '../institution/text.js'
import { findOpenSlip } from '../slips/queries.js'
import { isOwnAccount } from '../slips/rules/issuing-rules.js'

/** Finds a holder by whole user name, whole student number or account id. An erased holder has only the id left. */
export async function findHolder (db: Kysely<Database>, typed: string): Promise<Account | undefined> {
  const q = typed.trim()
  if (!isUuid(q)) return await findAccountByIdentifier(db, q)
  return await db.selectFrom('accounts').selectAll().where('id', '=', q).executeTakeFirst()
}

/** The kinds of stored data. */
export const storedDataKinds = ['slips', 'addresses', 'identityChecks', 'references', 'notes', 'texts', 'password', 'events'] as const
export type StoredDataCounts = Readonly<Record<(typeof storedDataKinds)[number], number>>

/** Counts the data stored about an account. An erasure removes all of it except slips, kinds of documents and events. */
export async function countStoredData (db: Kysely<Database>, id: string): Promise<StoredDataCounts> {
  const { rows } = await sql<StoredDataCounts>`with own as (select * from slips where account_id = ${id}),
    own_events as (select id from audit_events where account = ${id} or slip in (select number from own))
    select (select count(*) from own) as slips,
      (select count(*) from deliveries join own on own.id = slip_id where recipient is not null or tracking_number is not null) as addresses,
      (select count(*) from identity_checks join own on own.id = slip_id where erased_at is null) as "identityChecks",
      (select count(*) from own where request_reference is not null) as "references",
      (select count(*) from slip_steps join own on own.id = slip_id where note is not null) as notes,
      (select count(*) from audit_texts where event_id in (select id from own_events)) as texts,
      (select count(*) from account_passwords where account_id = ${id}) as password,
      (select count(*) from own_events) as events`.execute(db)
  return rows[0]!
}

/** Why a holder cannot be erased yet. */
export interface ErasureObstacle {
  readonly code: ErasureObstacleCode
  /** The number of the slip; '' when it does not concern a slip. */
  readonly number: string
}

/** Lists what blocks an erasure. @param login of the requester; undefined at the command line */
export async function listErasureObstacles (db: Kysely<Database>, account: Account, login: string | undefined, now: Date): Promise<ErasureObstacle[]> {
  const open = await findOpenSlip(db, account.id, now)
  const out = await db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id').select('slips.number')
    .where('slips.account_id', '=', account.id).where('deliveries.envelope_at', 'in', ['on-the-way', 'desk'])
    .orderBy('slips.issued_at').execute()
  const alerts = await db.selectFrom('slips').innerJoin('code_alerts', 'code_alerts.slip_id', 'slips.id').select('slips.number')
    .where('slips.account_id', '=', account.id).where('code_alerts.settled_at', 'is', null)
    .orderBy('slips.issued_at').execute()
  return [
    // Staff may not erase the traces of their own actions.
    ...login !== undefined && isOwnAccount(login, account.username) ? [{ code: 'own-account', number: '' } as const] : [],
    ...open === undefined ? [] : [{ code: 'open-slip', number: open.number } as const],
    ...out.filter(({ number }) => number !== open?.number).map(({ number }) => ({ code: 'envelope-out', number } as const)),
    ...alerts.map(({ number }) => ({ code: 'alert-open', number } as const)),
  ]
}
