/** Queries for staff and their service points. */
import { sql, type Kysely, type Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Role } from '../institution/vocabulary.js'
import type { Administrator } from './confirmations/rules.js'
import type { StaffAssignment } from './service-points.js'
import type { ServicePointRef, StaffMember } from './session.js'
import { IDLE_TIMEOUT_MS } from './session-store.js'

export interface PasswordState {
  /** Someone else has set the password. */
  readonly mustChangePassword: boolean
  /** From when a one-time password opens no session; null for any other password. */
  readonly passwordExpiresAt: Date | null
}

/** A member of staff with the data that signing in needs. */
export interface StaffWithPassword extends StaffMember, PasswordState {
  readonly active: boolean
  readonly passwordHash: string
}

/** One line of the staff list. */
export interface StaffListItem extends StaffMember {
  readonly active: boolean
  readonly mustChangePassword: boolean
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
  /** True by default. */
  readonly active?: boolean
  /** Left out for a password that the person need not change. */
  readonly firstPassword?: PasswordState
}

const staffColumns = [
  'id', 'login', 'name', 'roles', 'active', 'password_hash as passwordHash', 'must_change_password as mustChangePassword', 'password_expires_at as passwordExpiresAt',
] as const

/** Finds a member of staff. @param login in lower case */
export async function findStaffByLogin (db: Kysely<Database>, login: string): Promise<StaffWithPassword | undefined> {
  return await db.selectFrom('staff')
    .select(staffColumns)
    .where('login', '=', login)
    .executeTakeFirst()
}

/** Finds the login and the name of a member of staff. */
export async function findStaffMember (db: Kysely<Database>, id: string): Promise<Pick<StaffMember, 'login' | 'name'> | undefined> {
  return await db.selectFrom('staff').select(['login', 'name']).where('id', '=', id).executeTakeFirst()
}

/** Locks a member of staff until the transaction ends. */
export async function lockStaff (trx: Transaction<Database>, id: string): Promise<StaffWithPassword | undefined> {
  return await trx.selectFrom('staff')
    .select(staffColumns)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
}

/** Locks the active administrators, always in the same order, and returns them. */
export async function lockActiveAdministrators (trx: Transaction<Database>): Promise<Administrator[]> {
  return await trx.selectFrom('staff').select(['id', 'login', 'must_change_password as mustChangePassword'])
    .where('active', '=', true)
    .where(sql<boolean>`'administrator' = any(roles)`)
    .orderBy('id').forUpdate().execute()
}

/** Lists all staff, active ones first, by name; or one of them. */
export async function listStaff (db: Kysely<Database>, now: Date, { id }: { readonly id?: string } = {}): Promise<StaffListItem[]> {
  const members = await db.selectFrom('staff')
    .leftJoin('sessions', 'sessions.staff_id', 'staff.id')
    .select(({ fn }) => ['staff.id', 'staff.login', 'staff.name', 'staff.roles', 'staff.active', 'staff.must_change_password as mustChangePassword',
      fn.max('sessions.last_used_at').as('lastUsedAt'),
      sql<number>`count(*) filter (where sessions.revoked_at is null and sessions.ends_at > ${now} and sessions.last_used_at > ${new Date(now.getTime() - IDLE_TIMEOUT_MS)})`.as('openSessions')])
    .$if(id !== undefined, query => query.where('staff.id', '=', id!))
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
export async function insertStaff (trx: Transaction<Database>, { servicePoints, passwordHash, createdAt, firstPassword, ...staff }: NewStaff): Promise<string | undefined> {
  const row = await trx.insertInto('staff')
    .values({ ...staff, roles: [...staff.roles], password_hash: passwordHash, created_at: createdAt, ...(firstPassword === undefined ? {} : toPasswordColumns(firstPassword)) })
    .onConflict(conflict => conflict.column('login').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined) await insertServicePoints(trx, row.id, servicePoints)
  return row?.id
}

export type StaffUpdate = { readonly active: boolean } | { readonly passwordHash: string } & PasswordState | { readonly passwordExpiresAt: Date }

export async function updateStaff (trx: Transaction<Database>, id: string, change: StaffUpdate): Promise<void> {
  await trx.updateTable('staff')
    .set('active' in change ? { active: change.active } : 'passwordHash' in change ? { password_hash: change.passwordHash, ...toPasswordColumns(change) } : { password_expires_at: change.passwordExpiresAt })
    .where('id', '=', id).execute()
}

/** Replaces the roles and the service points of a member of staff. */
export async function updateAssignment (trx: Transaction<Database>, id: string, { roles, servicePoints }: StaffAssignment): Promise<void> {
  await trx.updateTable('staff').set({ roles: [...roles] }).where('id', '=', id).execute()
  await trx.deleteFrom('staff_service_points').where('staff_id', '=', id).execute()
  await insertServicePoints(trx, id, servicePoints)
}

async function insertServicePoints (trx: Transaction<Database>, id: string, servicePoints: readonly string[]): Promise<void> {
  if (servicePoints.length === 0) return
  await trx.insertInto('staff_service_points').values(servicePoints.map(office => ({ staff_id: id, service_point_id: office }))).execute()
}

function toPasswordColumns ({ mustChangePassword, passwordExpiresAt }: PasswordState) {
  return { must_change_password: mustChangePassword, password_expires_at: passwordExpiresAt }
}
