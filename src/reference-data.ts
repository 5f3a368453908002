/** What every installation starts with: the profile's service points and the postcode register. */
import type { Kysely } from 'kysely'
import { loadBundledRegister } from './addresses/postcode-register.js'
import type { Database } from './database/schema.js'
import { insertMissingServicePoints } from './service-points/queries.js'
import type { Profile } from './institution/profile.js'

/** Adds what is missing; what an administrator changed stays. */
export async function loadReferenceData (db: Kysely<Database>, profile: Profile, now: Date): Promise<void> {
  await insertMissingServicePoints(db, profile)
  await loadBundledRegister(db, now)
}
