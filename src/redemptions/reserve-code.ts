/** Checks a user name and a code, and reserves the slip for five minutes if they are right. */
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely, Transaction } from 'kysely'
import type { Directory } from '../accounts/directory.js'
import { type Account, lockAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { CodeScheme } from '../database/row-types.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { readUsername } from '../institution/user-names.js'
import { raiseCodeAlert } from '../slips/code-alerts.js'
import { type CodeKeys, isMatchingCode } from '../slips/code-hmac.js'
import type { ActivationCode } from '../slips/codes.js'
import { areEarlierCodesUnchanged } from '../slips/earlier-codes.js'
import { recordTransition, systemActor } from '../slips/record-transition.js'
import { stateAt } from '../slips/rules/state-machine.js'
import { saveAttempts, surrogateKey } from './attempts.js'
import { recordExpiredReservations, toReservationFacts } from './end-reservation.js'
import { attemptActor, type AttemptCount, type AttemptedSlip, type AttemptVerdict, countWrongAttempt, judgeAttempt, type Redeemer, redeemerActor, redeemerTokenId } from './rules.js'

export interface RedemptionDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly codeKeys: CodeKeys
  readonly directory: Directory
  readonly logger: Pick<FastifyBaseLogger, 'warn'>
  readonly now: () => Date
}

/** What the user typed. */
export interface CodeCredentials {
  readonly username: string
  /** Undefined when the check symbol shows a typing error: then it is not a code. */
  readonly code: ActivationCode | undefined
}

export interface Reservation {
  readonly id: string
  readonly slipNumber: string
  readonly account: { readonly id: string, readonly username: string }
  /** After this moment the code works again. */
  readonly confirmBy: Date
}

/** How long a reservation lasts (milliseconds). */
const RESERVATION_MS = 5 * 60_000
/** The newest slips of an account to check: more than the reissue limit allows to be open together. */
const MAX_SLIPS_CHECKED = 20
/** An id that no account has. Searching for its slips takes as long as for a real account. */
const NO_ACCOUNT_ID = '00000000-0000-4000-8000-000000000000'

/**
 * Reserves the slip that user name and code belong to. Every rejection gives the same answer and takes the same work.
 * Every outcome is recorded, except a reservation that its caller confirms immediately after refreshing the account
 * (`quietly`).
 * @returns undefined when they were not accepted
 * @throws RangeError when the key of an open slip is missing: a configuration error
 */
export async function reserveCode (deps: RedemptionDeps, by: Redeemer, credentials: CodeCredentials, { quietly }: { quietly: boolean }): Promise<Reservation | undefined> {
  return await deps.db.transaction().execute(async trx => {
    const now = deps.now()
    const { username } = readUsername(credentials.username, deps.profile.userNameDomains)
    const account = await lockAccountByUsername(trx, username)
    const slips = await lockRecentSlips(trx, account?.id ?? NO_ACCOUNT_ID)
    const isRefreshedNext = quietly && deps.directory.kind !== 'built-in'
    const judged = judgeAttempt({ account, slips, matchesCode: credentials.code && createCodeMatcher(credentials.code, deps.codeKeys), isRefreshedNext }, now)
    const verdict = await refuseMovedCode(trx, judged)
    if (verdict.outcome === 'accepted') return await insertReservation(trx, by, verdict.slip, { account: account!, now, quietly })
    await recordRejection(trx, by, { account, username, verdict }, { profile: deps.profile, now })
    return undefined
  })
}

/** One of the account's slips, with its stored code. */
interface SlipWithCode extends AttemptedSlip {
  readonly code_hmac: Buffer
  readonly code_key_id: string
  readonly code_scheme: CodeScheme
}

async function lockRecentSlips (trx: Transaction<Database>, accountId: string): Promise<SlipWithCode[]> {
  return await trx.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .leftJoin('code_tries', 'code_tries.key', 'slips.id')
    .leftJoin('redemptions', join => join.onRef('redemptions.slip_id', '=', 'slips.id').on('redemptions.ended_at', 'is', null))
    .select(['slips.id', 'slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'slips.ended_at', 'slips.code_hmac', 'slips.code_key_id', 'slips.code_scheme'])
    .select(['deliveries.envelope_at', 'code_tries.tries', 'code_tries.waits_until', 'redemptions.confirm_by'])
    .where('slips.account_id', '=', accountId).orderBy('slips.issued_at', 'desc').orderBy('slips.number').limit(MAX_SLIPS_CHECKED)
    .forUpdate('slips').execute()
}

/** Creates the code check. A key may be removed once no open slip needs it; codes of ended slips with that key no longer match. */
function createCodeMatcher (code: ActivationCode, keys: CodeKeys) {
  return ({ number, ended_at: endedAt, code_hmac: hmac, code_key_id: keyId, code_scheme: scheme }: SlipWithCode): boolean =>
    (endedAt === null || keys.all.has(keyId)) && isMatchingCode(code, { number, hmac, keyId, scheme }, keys)
}

/** Counts a right code of scheme 1 as wrong where its slip is not one of those that the migration recorded, or where one of these was changed. */
async function refuseMovedCode (trx: Transaction<Database>, verdict: AttemptVerdict<SlipWithCode>): Promise<AttemptVerdict<SlipWithCode>> {
  if (verdict.outcome !== 'accepted' || verdict.slip.code_scheme === 2) return verdict
  const isRecorded = verdict.slip.code_scheme === 1 && await areEarlierCodesUnchanged(trx, 'open')
  return isRecorded ? verdict : { outcome: 'refused', reason: 'wrong-code', slip: verdict.slip }
}

interface ReservationOptions {
  readonly account: Account
  readonly now: Date
  /** True when the reservation itself is not recorded. */
  readonly quietly: boolean
}

async function insertReservation (trx: Transaction<Database>, by: Redeemer, slip: AttemptedSlip, { account, now, quietly }: ReservationOptions): Promise<Reservation> {
  if (slip.confirm_by !== null) await recordExpiredReservations(trx, now, slip.id)
  const confirmBy = new Date(now.getTime() + RESERVATION_MS)
  const { id } = await trx.insertInto('redemptions').values({ slip_id: slip.id, token_id: redeemerTokenId(by), reserved_at: now, confirm_by: confirmBy })
    .returning('id').executeTakeFirstOrThrow()
  if (!quietly) {
    await appendEvent(trx, { kind: 'redemption-reserved', at: now, actor: redeemerActor(by), slip: slip.number, account: account.id, facts: toReservationFacts({ id, reserved_at: now, confirm_by: confirmBy }) })
  }
  return { id, slipNumber: slip.number, account: { id: account.id, username: account.username }, confirmBy }
}

interface Rejection {
  readonly account: Account | undefined
  readonly username: string
  readonly verdict: Exclude<AttemptVerdict, { outcome: 'accepted' }>
}

/** Returns the facts of a counted attempt. A wait is recorded by the attempt that begins it. */
function toAttemptFacts ({ tries, waitsUntil }: AttemptCount, previous: AttemptCount) {
  return { tries, ...waitsUntil === null || waitsUntil === previous.waitsUntil ? {} : { waitsUntil: waitsUntil.toISOString() } }
}

/** Counts a wrong attempt, and records why the attempt was rejected. */
async function recordRejection (trx: Transaction<Database>, by: Redeemer, { account, username, verdict }: Rejection, { profile, now }: { readonly profile: Profile, readonly now: Date }): Promise<void> {
  const { slip } = verdict
  const previous = { tries: slip?.tries ?? 0, waitsUntil: slip?.waits_until ?? null }
  const counted = verdict.outcome === 'refused' && verdict.reason === 'wrong-code' ? countWrongAttempt(previous, now, profile.wrongTries) : undefined
  await saveAttempts(trx, slip?.id ?? surrogateKey(username), counted ?? previous, now)
  if (verdict.outcome === 'dead') return await raiseCodeAlert(trx, { ...verdict.slip, state: verdict.state }, attemptActor(by), now)
  await appendEvent(trx, {
    kind: 'redemption-refused',
    at: now,
    actor: attemptActor(by),
    slip: slip?.number,
    account: account?.id,
    facts: { reason: verdict.reason, ...counted === undefined ? {} : toAttemptFacts(counted, previous) },
  })
  // The last wrong attempt locks the slip, never the account.
  if (counted?.shouldLock === true) await recordTransition(trx, { ...slip!, state: stateAt(slip!, now) }, 'lock', { actor: systemActor, at: now })
}
