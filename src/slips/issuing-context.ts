/** Loads the data that the issuing rules need: account, earlier slips, office, desks, postcode register. */
import type { Kysely } from 'kysely'
import { matchNames, mustBeUnique, type OwnNames } from '../accounts/names/match-names.js'
import { couldNameAnother, hasNamesake, toOwnNames } from '../accounts/names/queries.js'
import type { Account } from '../accounts/queries.js'
import type { Destination } from '../addresses/rules.js'
import { findPostcode, listMunicipalityNames, requirePostcodeRegister } from '../addresses/postcode-register.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { toOpeningCalendar } from '../service-points/pick-up.js'
import { listServicePoints } from '../service-points/queries.js'
import type { ServicePoint } from '../service-points/service-point.js'
import type { Session } from '../staff/session.js'
import type { EnteredLatinName, Recipient } from './rules/holder-name.js'
import type { IssuingContext, LetterAddress } from './rules/issuing-rules.js'
import type { EarlierSlip } from './rules/limits.js'
import { listIssuePatterns, REFUSALS_WITHIN_HOURS, type UnusualPattern } from './rules/patterns.js'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

export interface IssuingContextOptions {
  readonly session: Session
  readonly profile: Profile
  readonly now: Date
}

/** What the rules need, and the session's service point, whose opening hours decide about an unusual pattern. */
export interface LoadedIssuingContext extends IssuingContext {
  readonly servicePoint: ServicePoint | undefined
}

/**
 * Loads everything that the rules need besides the request. It stays valid until the end of a transaction that has
 * locked the account.
 */
export async function loadIssuingContext (db: Kysely<Database>, account: Account, { session, profile, now }: IssuingContextOptions): Promise<LoadedIssuingContext> {
  const servicePoints = await listServicePoints(db)
  return {
    account: {
      username: account.username,
      ...toOwnNames(account),
      affiliation: account.affiliation,
      status: account.status,
      birthDate: account.birth_date,
      hasNamesake: await hasNamesake(db, account),
    },
    earlierSlips: await listRecentSlips(db, account.id, new Date(now.getTime() - profile.reissue.days * DAY_MS)),
    agentLogin: session.staff.login,
    office: session.servicePoint?.kind,
    servicePoint: servicePoints.find(({ id }) => id === session.servicePoint?.id),
    porterDesks: servicePoints.filter(({ kind }) => kind === 'porter'),
    profile,
    now,
  }
}

/**
 * Looks up an address in the postcode register. For an address abroad, finds what an address at home with the same
 * postcode and town would be, so that the rules recognise one with the wrong country.
 */
export async function lookUpLetterAddress (db: Kysely<Database>, destination: Destination, { country, letterFreeArea }: Pick<Profile, 'country' | 'letterFreeArea'>): Promise<LetterAddress> {
  const { dataDate } = await requirePostcodeRegister(db)
  return {
    destination,
    found: await findPostcode(db, destination.postcode.replace(/[ -]/g, '')),
    dataDate,
    areaTowns: destination.country === country ? [] : await listMunicipalityNames(db, letterFreeArea.municipalities),
  }
}

/**
 * Looks up whether a letter's recipient could also be another holder. Only asked where the recipient is not the whole name in
 * its own order: whole names may be alike.
 */
export async function lookUpRecipient (db: Kysely<Database>, recipient: string, own: OwnNames, accountId: string): Promise<Recipient> {
  const decision = matchNames(recipient, own)
  const isShared = decision.isSame && mustBeUnique(decision) &&
    (await couldNameAnother(db, recipient, accountId) || await couldNameAnother(db, decision.remaining, accountId))
  return { recipient, isShared }
}

/** Looks up whether an entered Latin name is also the name of another holder. */
export async function lookUpLatinName (db: Kysely<Database>, { value, reason }: Pick<EnteredLatinName, 'value' | 'reason'>, accountId: string): Promise<EnteredLatinName> {
  return { value, reason, isShared: await couldNameAnother(db, value, accountId) }
}

/** Lists the slips that an account got since a time, oldest first. */
async function listRecentSlips (db: Kysely<Database>, accountId: string, since: Date): Promise<EarlierSlip[]> {
  return await db.selectFrom('slips')
    .select(['issued_at', 'ended_at', 'void_reason'])
    .where('account_id', '=', accountId).where('issued_at', '>', since)
    .orderBy('issued_at').execute()
}

/** Finds the unusual patterns of a slip that is about to be issued at the session's service point. */
export async function findIssuePatterns (db: Kysely<Database>, accountId: string, { earlierSlips, servicePoint, profile, now }: LoadedIssuingContext, { staff }: Session): Promise<UnusualPattern[]> {
  if (servicePoint === undefined) return []
  const { refusals } = await db.selectFrom('audit_events').select(eb => eb.fn.countAll<number>().as('refusals'))
    .where('account', '=', accountId).where('kind', '=', 'slip-refused').where('slip', 'is', null)
    .where('actor', '=', `staff:${staff.id}`).where('at', '>=', new Date(now.getTime() - REFUSALS_WITHIN_HOURS * HOUR_MS))
    .executeTakeFirstOrThrow()
  return listIssuePatterns({ earlierSlips, calendar: toOpeningCalendar(servicePoint, profile), refusals, profile, now })
}
