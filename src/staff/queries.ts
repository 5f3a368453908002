/** Queries for staff and their service points. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Role } from '../institution/vocabulary.js'
import type { ServicePointRef, StaffMember } from './session.js'
import { IDLE_TIMEOUT_MS } from './session-store.js'

/** A member of staff with the data that signing in needs. */
export interface StaffWithPassword extends StaffMember {
  readonly active: boolean
  readonly passwordHash: string
}

/** One line of the staff list. */
export interface StaffListItem extends StaffMember {
  readonly active: boolean
  readonly servicePoints: readonly ServicePointRef[]
  /** The number of sessions that have not ended. */
  readonly openSessions: number
  readonly lastUsedAt: Date | null
}

export interface NewStaff {
  readonly login: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly servicePoints: readonly string[]
  readonly passwordHash: string
  readonly createdAt: Date
}

/** Finds a member of staff. @param login in lower case */
export async function findStaffByLogin (db: Kysely<Database>, login: string): Promise<StaffWithPassword | undefined> {
  return await db.selectFrom('staff')
    .select(['id', 'login', 'name', 'roles', 'active', 'password_hash as passwordHash'])
    .where('login', '=', login)
    .executeTakeFirst()
}

/** Locks a member of staff until the transaction ends. */
export async function lockStaff (trx: Transaction<Database>, id: string): Promise<StaffWithPassword | undefined> {
  return await trx.selectFrom('staff')
    .select(['id', 'login', 'name', 'roles', 'active', 'password_hash as passwordHash'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** Locks the active administrators, always in the same order, and returns their ids. */
export async function lockActiveAdministrators (trx: Transaction<Database>): Promise<string[]> {
  const rows = await trx.selectFrom('staff').select('id')
    .where('active', '=', true)
    .where(sql<boolean>`'administrator' = any(roles)`)
    .orderBy('id').forUpdate().execute()
  return rows.map(row => row.id)
}

/** Lists all staff, active ones first, by name. */
export async function listStaff (db: Kysely<Database>, now: Date): Promise<StaffListItem[]> {
  const members = await db.selectFrom('staff')
    .leftJoin('sessions', 'sessions.staff_id', 'staff.id')
    .select(({ fn }) => ['staff.id', 'staff.login', 'staff.name', 'staff.roles', 'staff.active',
      fn.max('sessions.last_used_at').as('lastUsedAt'),
      sql<number>`count(*) filter (where sessions.revoked_at is null and sessions.ends_at > ${now} and sessions.last_used_at > ${new Date(now.getTime() - IDLE_TIMEOUT_MS)})`.as('openSessions')])
    .groupBy('staff.id')
    .orderBy('staff.active', 'desc').orderBy('staff.name').orderBy('staff.login')
    .execute()
  const places = await db.selectFrom('staff_service_points as own')
    .innerJoin('service_points', 'service_points.id', 'own.service_point_id')
    .select(['own.staff_id', 'service_points.id', 'service_points.kind', 'service_points.name'])
    .orderBy('service_points.id')
    .execute()
  return members.map(member => ({
    ...member,
    servicePoints: places.filter(place => place.staff_id === member.id).map(({ id, kind, name }) => ({ id, kind, name })),
  }))
}

/** Inserts a member of staff. @returns the new member's id, or undefined when the login is already in use */
export async function insertStaff (trx: Transaction<Database>, { servicePoints, passwordHash, createdAt, ...staff }: NewStaff): Promise<string | undefined> {
  const row = await trx.insertInto('staff')
    .values({ ...staff, roles: [...staff.roles], password_hash: passwordHash, created_at: createdAt })
    .onConflict(conflict => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined && servicePoints.length > 0) {
    await trx.insertInto('staff_service_points').values(servicePoints.map(id => ({ staff_id: row.id, service_point_id: id }))).execute()
  }
  return row?.id
}

export async function updateStaff (trx: Transaction<Database>, id: string, change: { active: boolean } | { passwordHash: string }): Promise<void> {
  await trx.updateTable('staff')
    .set('active' in change ? { active: change.active } : { password_hash: change.passwordHash })
    .where('id', '=', id).execute()
}
