/**
 * Keeps a form that was sent after its session had ended, so that the same person finds it again after signing in at the
 * same service point. One form for each session, 15 minutes, 64 KiB. Passwords, codes and identity ticks are removed before.
 */
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import { listStaffServicePoints } from '../service-points/queries.js'
import type { ServicePointRef, Session } from './session.js'

const KEPT_FORM_MINUTES = 15
export const KEPT_FORM_MAX_BYTES = 64 * 1024

/** What was typed, by field name; a group of checkboxes is a list. */
export type TypedFields = Readonly<Record<string, string | string[]>>

/** A session of the pages, whether it has ended or not. */
export interface PastSession {
  readonly id: string
  readonly staffId: string
  readonly servicePointId: string | null
  /** Ids of the service points where the person may work: a form of the session was rendered at one of them, or at none. */
  readonly ownServicePointIds: readonly string[]
}

export interface FormToKeep {
  readonly sessionId: string
  /** Null where the form may come back at any service point. */
  readonly servicePointId: string | null
  /** The pattern of the form's route, such as `/slips/:number/void`. */
  readonly route: string
  readonly params: unknown
  readonly body: TypedFields
}

export interface KeptForm extends Omit<FormToKeep, 'sessionId'> {
  readonly servicePoint: Pick<ServicePointRef, 'name'> | undefined
  readonly keptUntil: Date
}

/** Finds the session of a page cookie, also one that has ended. */
export async function findPastSession (db: Kysely<Database>, tokenHash: Buffer): Promise<PastSession | undefined> {
  const row = await db.selectFrom('sessions').select(['id', 'staff_id', 'service_point_id'])
    .where('token_hash', '=', tokenHash).where('door', '=', 'page').executeTakeFirst()
  if (row === undefined) return undefined
  const own = await listStaffServicePoints(db, row.staff_id)
  return { id: row.id, staffId: row.staff_id, servicePointId: row.service_point_id, ownServicePointIds: own.map(({ id }) => id) }
}

/** Stores the form in place of an earlier one of the session. @returns false where it is too large */
export async function keepForm (db: Kysely<Database>, { sessionId, servicePointId, route, ...form }: FormToKeep, now: Date): Promise<boolean> {
  const [params, body] = [JSON.stringify(form.params ?? {}), JSON.stringify(form.body)]
  if (Math.max(Buffer.byteLength(params), Buffer.byteLength(body)) > KEPT_FORM_MAX_BYTES) return false
  const row = { service_point_id: servicePointId, route, params, body, kept_until: new Date(now.getTime() + KEPT_FORM_MINUTES * 60_000) }
  await db.insertInto('kept_forms').values({ session_id: sessionId, ...row }).onConflict(conflict => conflict.column('session_id').doUpdateSet(row)).execute()
  return true
}

/** Moves the kept form of an earlier session to the new one, if both belong to the same person. */
export async function moveKeptForm (trx: Transaction<Database>, earlierTokenHash: Buffer, session: Session): Promise<void> {
  const earlier = trx.selectFrom('sessions').select('id').where('token_hash', '=', earlierTokenHash).where('door', '=', 'page').where('staff_id', '=', session.staff.id)
  await trx.updateTable('kept_forms').set({ session_id: session.id }).where('session_id', 'in', earlier).execute()
}

/** Finds the kept form of a session. Show it only at its service point. */
export async function findKeptForm (db: Kysely<Database>, session: Session, now: Date): Promise<KeptForm | undefined> {
  const row = await db.selectFrom('kept_forms')
    .leftJoin('service_points', 'service_points.id', 'kept_forms.service_point_id')
    .select(['kept_forms.service_point_id', 'kept_forms.route', 'kept_forms.params', 'kept_forms.body', 'kept_forms.kept_until', 'service_points.name'])
    .where('session_id', '=', session.id).where('kept_until', '>', now)
    .executeTakeFirst()
  return row && {
    servicePointId: row.service_point_id,
    servicePoint: row.name === null ? undefined : { name: row.name },
    route: row.route,
    params: JSON.parse(row.params),
    body: JSON.parse(row.body) as TypedFields,
    keptUntil: row.kept_until,
  }
}

export async function deleteKeptForm (db: Kysely<Database>, sessionId: string): Promise<void> {
  await db.deleteFrom('kept_forms').where('session_id', '=', sessionId).execute()
}

/** Deletes the forms that no one came back for. */
export async function deleteExpiredForms (db: Kysely<Database>, now: Date): Promise<void> {
  await db.deleteFrom('kept_forms').where('kept_until', '<=', now).execute()
}
