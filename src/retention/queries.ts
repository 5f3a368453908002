/** Finds whom a request is about, by nothing but what names one person exactly; and says how much is kept. */
import { type Kysely, sql } from 'kysely'
import { type Account, findAccountByIdentifier } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import type { ErasureObstacleCode } from '../institution/errors.js'
import { findOpenSlip } from '../slips/queries.js'
import { isOwnAccount } from '../slips/rules/issuing-rules.js'

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** By whole user name, whole student number or account id; somebody erased has only the id left. */
export async function findHolder (db: Kysely<Database>, typed: string): Promise<Account | undefined> {
  const q = typed.trim()
  if (!uuidPattern.test(q)) return await findAccountByIdentifier(db, q)
  return await db.selectFrom('accounts').selectAll().where('id', '=', q).executeTakeFirst()
}

/** What is kept, by its kinds. */
export const storedDataKinds = ['slips', 'addresses', 'identityChecks', 'references', 'notes', 'texts', 'password', 'events'] as const
export type StoredDataCounts = Readonly<Record<(typeof storedDataKinds)[number], number>>

/** How much is kept about an account. An erasure takes all of it but the slips, the checks' kinds and the events. */
export async function countStoredData (db: Kysely<Database>, id: string): Promise<StoredDataCounts> {
  const { rows } = await sql<StoredDataCounts>`with own as (select * from slips where account_id = ${id}),
    happened as (select id from audit_events where account = ${id} or slip in (select number from own))
    select (select count(*) from own) as slips,
      (select count(*) from deliveries join own on own.id = slip_id where recipient is not null or tracking_number is not null) as addresses,
      (select count(*) from identity_checks join own on own.id = slip_id where erased_at is null) as "identityChecks",
      (select count(*) from own where request_reference is not null) as "references",
      (select count(*) from slip_steps join own on own.id = slip_id where note is not null) as notes,
      (select count(*) from audit_texts where event_id in (select id from happened)) as texts,
      (select count(*) from account_passwords where account_id = ${id}) as password,
      (select count(*) from happened) as events`.execute(db)
  return rows[0]!
}

// Why a holder cannot be forgotten yet: something about them is still under way.

export interface ErasureObstacle {
  readonly code: ErasureObstacleCode
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
