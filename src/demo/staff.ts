/** The demo institution's staff: one of each kind, all made up, all with one known password. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import type { Role, ServicePointKind } from '../institution/vocabulary.js'
import { hashPassword } from '../passwords/hashing.js'
import { insertStaff } from '../staff/queries.js'
import { appendStaffChanged } from '../staff/staff-events.js'

export const DEMO_PASSWORD = 'demo-slipdesk-2026'

interface DemoStaffMember {
  readonly login: string
  readonly name: string
  readonly roles: readonly Role[]
  /** Works at the first service point of this kind. */
  readonly servicePointKind?: ServicePointKind
}

export const demoStaff: readonly DemoStaffMember[] = [
  { login: 'agent', name: 'Aino Virtanen', roles: ['agent'], servicePointKind: 'helpdesk' },
  { login: 'student-affairs', name: 'Johanna Lindqvist', roles: ['agent'], servicePointKind: 'student-affairs' },
  { login: 'hr', name: 'Mikko Hämäläinen', roles: ['agent'], servicePointKind: 'human-resources' },
  { login: 'porter', name: 'Timo Koskela', roles: ['porter'], servicePointKind: 'porter' },
  { login: 'auditor', name: 'Eeva Sjöberg', roles: ['auditor'] },
  { login: 'admin', name: 'Samira Haddad', roles: ['administrator'] },
]

/** Adds the demo's staff if there are none; the service points must exist. */
export async function loadDemoStaff (db: Kysely<Database>, now: Date): Promise<void> {
  if (await db.selectFrom('staff').select('id').limit(1).executeTakeFirst() !== undefined) return
  const passwordHash = await hashPassword(DEMO_PASSWORD)
  await db.transaction().execute(async trx => {
    const offices = await trx.selectFrom('service_points').select(['id', 'kind']).orderBy('id').execute()
    for (const { servicePointKind, ...member } of demoStaff) {
      const servicePoints = offices.filter(office => office.kind === servicePointKind).slice(0, 1).map(office => office.id)
      const staffId = await insertStaff(trx, { ...member, servicePoints, passwordHash, createdAt: now })
      await appendStaffChanged(trx, { staffId: staffId!, change: 'added', actor: 'system', at: now, texts: { login: member.login, name: member.name } })
    }
  })
}
