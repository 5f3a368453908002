/**
 * Opens, finds and ends sessions in the database. Only a keyed hash of the token is stored. Each row has a binding, a MAC
 * that only the server can compute with the token: a row that was written or changed by anyone else signs no one in.
 */
import { randomUUID } from 'node:crypto'
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { SessionsTable } from '../database/staff-row-types.js'
import type { Database } from '../database/schema.js'
import type { Session } from './session.js'
import { computeSessionBinding, generateToken, hashSessionToken, isSameHash } from './tokens.js'

const MINUTE_MS = 60_000
/** A session ends when it has not been used for this long (ms). */
export const IDLE_TIMEOUT_MS = 30 * MINUTE_MS
/** A session ends after this long in any case: a working day with its breaks (ms). */
const SESSION_LIFETIME_MS = 10 * 60 * MINUTE_MS
/** Last use is written at most this often (ms), so that not every request writes. */
const TOUCH_INTERVAL_MS = MINUTE_MS
/** A session is stored for this long after its end, so that a theft can be investigated (ms). */
const ENDED_SESSION_RETENTION_MS = 30 * 24 * 60 * MINUTE_MS

export interface NewSession {
  readonly staffId: string
  readonly servicePointId: string | null
  readonly clientType: Session['clientType']
  readonly now: Date
  readonly randomBytes: (size: number) => Buffer
  readonly sessionKey: Buffer
}

/** What proves who a session belongs to: the client's token and the server's key. */
export interface SessionProof {
  readonly token: string
  readonly sessionKey: Buffer
}

export interface SessionQuery extends SessionProof {
  readonly clientType: Session['clientType']
  readonly now: Date
  /** Called with the ids in the row when it does not match its binding: someone changed the database. */
  readonly onBindingMismatch?: (sessionId: string, staffId: string) => void
}

/** Opens a session; the token is returned here once and never again. */
export async function openSession (trx: Transaction<Database>, opening: NewSession): Promise<{ token: string, session: Session }> {
  const { staffId, servicePointId, clientType, now } = opening
  const token = generateToken(opening.randomBytes)
  const proof = { token, sessionKey: opening.sessionKey }
  const row = {
    id: randomUUID(),
    door: clientType,
    staff_id: staffId,
    service_point_id: servicePointId,
    created_at: now,
    last_used_at: now,
    ends_at: new Date(now.getTime() + SESSION_LIFETIME_MS),
  }
  await trx.insertInto('sessions').values({
    ...row, token_hash: hashSessionToken(opening.sessionKey, token), binding: computeSessionBinding(proof, row), revoked_at: null,
  }).execute()
  const session = await findSession(trx, { ...proof, clientType, now })
  if (session === undefined) throw new Error('A session just opened was not found')
  return { token, session }
}

/**
 * Finds the session of a token of this client type and records its use; undefined when it has ended, its staff member
 * is inactive or its row does not match its binding. A service point that is no longer the member's own is left out.
 * Pass `db`, or a transaction that has just opened the session: a rollback would undo the record of its use.
 */
export async function findSession (db: Kysely<Database>, { clientType, now, onBindingMismatch, ...proof }: SessionQuery): Promise<Session | undefined> {
  const row = await selectSessionsWithStaff(db)
    .where('sessions.token_hash', '=', hashSessionToken(proof.sessionKey, proof.token))
    .where('sessions.door', '=', clientType)
    .where('sessions.revoked_at', 'is', null)
    .where('sessions.ends_at', '>', now)
    .where('sessions.last_used_at', '>', new Date(now.getTime() - IDLE_TIMEOUT_MS))
    .where('staff.active', '=', true)
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (!hasBinding(row, proof)) {
    onBindingMismatch?.(row.id, row.staff_id)
    return undefined
  }
  await updateLastUsed(db, row, proof, now)
  const { id, staff_id: staffId, login, staff_name: name, roles, ends_at: endsAt, must_change_password: mustChangePassword } = row
  const servicePoint = row.office_id !== null && row.kind !== null && row.office_name !== null
    ? { id: row.office_id, kind: row.kind, name: row.office_name }
    : null
  return { id, clientType, staff: { id: staffId, login, name, roles }, servicePoint, mustChangePassword, endsAt }
}

// The end of a session also removes its binding: resetting `revoked_at` alone does not bring it back.

/** Ends one session; one that has ended stays as it was. */
export async function revokeSession (db: Kysely<Database>, id: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ revoked_at: now, binding: null }).where('id', '=', id).where('revoked_at', 'is', null).execute()
}

/** Ends every session of a member of staff, on the pages and at the API. */
export async function revokeAllSessions (db: Kysely<Database>, staffId: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ revoked_at: now, binding: null }).where('staff_id', '=', staffId).where('revoked_at', 'is', null).execute()
}

/** Ends every session of a session's owner but this one. */
export async function revokeOtherSessions (db: Kysely<Database>, { id, staff }: Session, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ revoked_at: now, binding: null }).where('staff_id', '=', staff.id).where('id', '<>', id).where('revoked_at', 'is', null).execute()
}

/** Deletes up to a hundred of a member's sessions that ended long ago; each sign-in opens only one, so they do not pile up. */
export async function deleteOldSessions (trx: Transaction<Database>, staffId: string, now: Date): Promise<void> {
  const old = trx.selectFrom('sessions').select('id')
    .where('staff_id', '=', staffId)
    .where('ends_at', '<', new Date(now.getTime() - ENDED_SESSION_RETENTION_MS))
    .limit(100)
  await trx.deleteFrom('sessions').where('id', 'in', old).execute()
}

/**
 * Changes the service point of a session and renews its binding.
 * @returns false, and changes nothing, when it is not one of the member's own, or the session has ended
 */
export async function updateSessionServicePoint (trx: Transaction<Database>, session: Session, proof: SessionProof, servicePointId: string): Promise<boolean> {
  const row = await trx.selectFrom('sessions').select(boundColumns).select('binding')
    .where('id', '=', session.id)
    .where(({ exists, selectFrom }) => exists(selectFrom('staff_service_points').select(sql`1`.as('one'))
      .where('staff_id', '=', session.staff.id)
      .where('service_point_id', '=', servicePointId)))
    .forUpdate().executeTakeFirst()
  // A changed row must not get a new, valid binding.
  if (row === undefined || !hasBinding(row, proof)) return false
  const binding = computeSessionBinding(proof, { ...row, service_point_id: servicePointId })
  await trx.updateTable('sessions').set({ service_point_id: servicePointId, binding }).where('id', '=', session.id).execute()
  return true
}

function selectSessionsWithStaff (db: Kysely<Database>) {
  return db.selectFrom('sessions')
    .innerJoin('staff', 'staff.id', 'sessions.staff_id')
    .leftJoin('staff_service_points as own', join => join
      .onRef('own.staff_id', '=', 'sessions.staff_id')
      .onRef('own.service_point_id', '=', 'sessions.service_point_id'))
    .leftJoin('service_points', 'service_points.id', 'own.service_point_id')
    .select(boundColumns)
    .select([
      'sessions.binding', 'staff.login', 'staff.name as staff_name', 'staff.roles', 'staff.must_change_password',
      'service_points.id as office_id', 'service_points.kind', 'service_points.name as office_name',
    ])
}

/** The columns that the binding covers. */
const boundColumns = [
  'sessions.id', 'sessions.door', 'sessions.staff_id', 'sessions.service_point_id', 'sessions.created_at', 'sessions.last_used_at', 'sessions.ends_at',
] as const
type BoundRow = Pick<Selectable<SessionsTable>, 'id' | 'door' | 'staff_id' | 'service_point_id' | 'created_at' | 'last_used_at' | 'ends_at' | 'binding'>

function hasBinding (row: BoundRow, proof: SessionProof): boolean {
  return row.binding !== null && isSameHash(row.binding, computeSessionBinding(proof, row))
}

/** Does nothing when another request has changed the row since it was read: that request has recorded the use. */
async function updateLastUsed (db: Kysely<Database>, row: BoundRow, proof: SessionProof, now: Date): Promise<void> {
  if (now.getTime() - row.last_used_at.getTime() < TOUCH_INTERVAL_MS) return
  const binding = computeSessionBinding(proof, { ...row, last_used_at: now })
  await db.updateTable('sessions').set({ last_used_at: now, binding }).where('id', '=', row.id).where('binding', '=', row.binding).execute()
}
