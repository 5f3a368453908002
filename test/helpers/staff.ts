/** Staff beside those of the demo, who sign in with the same password. */
import { insertStaff, type NewStaff } from '../../src/staff/queries.js'
import type { TestApp } from './app.js'

/** Somebody more who works here. @returns the id */
export async function addStaff ({ deps: { db, now } }: TestApp, staff: Pick<NewStaff, 'login' | 'roles' | 'servicePoints'>): Promise<string> {
  const { password_hash: passwordHash } = await db.selectFrom('staff').select('password_hash').where('login', '=', 'agent').executeTakeFirstOrThrow()
  const id = await db.transaction().execute(async trx => await insertStaff(trx, { ...staff, name: staff.login, passwordHash, createdAt: now() }))
  return id!
}
