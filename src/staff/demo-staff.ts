/** The demo institution's staff: one of each kind, all made up, all with one known password. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Role, ServicePointKind } from '../institution/words.js'
import { hashPassword } from '../passwords/hashing.js'
import { insertStaff } from './queries.js'

export const demoPassword = 'demo-slipdesk-2026'

interface DemoStaffMember {
  readonly login: string
  readonly name: string
  readonly roles: readonly Role[]
  /** Works at the first service point of this kind. */
  readonly at?: ServicePointKind
}

export const demoStaff: readonly DemoStaffMember[] = [
  { login: 'agent', name: 'Aino Virtanen', roles: ['agent'], at: 'helpdesk' },
  { login: 'student-affairs', name: 'Johanna Lindqvist', roles: ['agent'], at: 'student-affairs' },
  { login: 'hr', name: 'Mikko Hämäläinen', roles: ['agent'], at: 'human-resources' },
  { login: 'porter', name: 'Timo Koskela', roles: ['porter'], at: 'porter' },
  { login: 'auditor', name: 'Eeva Sjöberg', roles: ['auditor'] },
  { login: 'admin', name: 'Samira Haddad', roles: ['administrator'] },
]

/** Adds them where nobody works yet; the service points must be there. */
export async function loadDemoStaff (db: Kysely<Database>, now: Date): Promise<void> {
  if (await db.selectFrom('staff').select('id').limit(1).executeTakeFirst() !== undefined) return
  const passwordHash = await hashPassword(demoPassword)
  await db.transaction().execute(async trx => {
    const offices = await trx.selectFrom('service_points').select(['id', 'kind']).orderBy('id').execute()
    for (const { at, ...member } of demoStaff) {
      const servicePoints = offices.filter(office => office.kind === at).slice(0, 1).map(office => office.id)
      await insertStaff(trx, { ...member, servicePoints, passwordHash, createdAt: now })
    }
  })
}
