/** Gathers what the rules look at: account, history, office, desks, register. */
import type { Kysely } from 'kysely'
import { countNamesakes, type Account } from '../accounts/queries.js'
import type { Destination } from '../addresses/rules.js'
import { findPostcode, requirePostcodeRegister } from '../addresses/postcode-register.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { listServicePoints } from '../service-points/queries.js'
import type { Session } from '../staff/session.js'
import type { IssuingContext, LetterAddress } from './rules/issuing-rules.js'
import type { EarlierSlip } from './rules/limits.js'

const DAY_MS = 24 * 60 * 60_000

export interface IssuingContextOptions {
  readonly session: Session
  readonly profile: Profile
  readonly now: Date
}

/**
 * Loads everything that the rules need besides the request. In a transaction that holds the account locked, it stays true
 * until the end.
 */
export async function loadIssuingContext (db: Kysely<Database>, account: Account, { session, profile, now }: IssuingContextOptions): Promise<IssuingContext> {
  const namesakes = await countNamesakes(db, account)
  return {
    account: {
      username: account.username,
      displayName: account.display_name,
      affiliation: account.affiliation,
      status: account.status,
      birthDate: account.birth_date,
      hasNamesake: namesakes > 0,
    },
    earlierSlips: await listRecentSlips(db, account.id, new Date(now.getTime() - profile.reissue.days * DAY_MS)),
    agentLogin: session.staff.login,
    office: session.servicePoint?.kind,
    porterDesks: await listServicePoints(db, { kind: 'porter' }),
    profile,
    now,
  }
}

/** What the register knows of an address; abroad it knows nothing. */
export async function lookUpLetterAddress (db: Kysely<Database>, destination: Destination): Promise<LetterAddress> {
  const { dataDate } = await requirePostcodeRegister(db)
  return { destination, found: await findPostcode(db, destination.postcode), dataDate }
}

/** The slips of an account since a moment, oldest first. */
async function listRecentSlips (db: Kysely<Database>, accountId: string, since: Date): Promise<EarlierSlip[]> {
  return await db.selectFrom('slips')
    .select(['issued_at', 'ended_at', 'void_reason'])
    .where('account_id', '=', accountId).where('issued_at', '>', since)
    .orderBy('issued_at').execute()
}
