/** Takes a user name and a code: a right, live one is reserved for five minutes, so that nothing is lost in between. */
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely, Transaction } from 'kysely'
import type { Directory } from '../accounts/directory.js'
import { type Account, lockAccountByUsername } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import { raiseCodeAlert } from '../slips/code-alerts.js'
import { type CodeKeys, isMatchingCode } from '../slips/code-hmac.js'
import type { ActivationCode } from '../slips/codes.js'
import { recordTransition, systemActor } from '../slips/record-transition.js'
import { stateAt } from '../slips/rules/state-machine.js'
import { saveAttempts, surrogateKey } from './attempts.js'
import { recordExpiredReservations } from './end-reservation.js'
import { attemptActor, type AttemptedSlip, type AttemptVerdict, countWrongAttempt, judgeAttempt, type Redeemer, redeemerActor, redeemerTokenId } from './rules.js'

export interface RedemptionDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly codeKeys: CodeKeys
  readonly directory: Directory
  readonly logger: Pick<FastifyBaseLogger, 'warn'>
  readonly now: () => Date
}

/** What somebody typed. */
export interface CodeCredentials {
  readonly username: string
  /** Undefined: no code at all, since its check symbol tells a typing error. */
  readonly code: ActivationCode | undefined
}

export interface Reservation {
  readonly id: string
  readonly slipNumber: string
  readonly account: { readonly id: string, readonly username: string }
  /** After this moment the code works again. */
  readonly confirmBy: Date
}

/** How long a right code is kept for whoever brought it. Milliseconds. */
const RESERVATION_MS = 5 * 60_000
/** How many of an account's slips are looked at, the newest first: more than the reissue limit lets exist at once. */
const MAX_SLIPS_CHECKED = 20
/** An id that no account has: looking for its slips takes as long as looking for somebody's. */
const NO_ACCOUNT_ID = '00000000-0000-4000-8000-000000000000'

/**
 * Reserves the slip that user name and code open. Whatever is wrong with them, the answer is the same and takes the
 * same work; each outcome is an audit event, except a reservation whose caller asks the directory about the account
 * and confirms at once (`quietly`).
 * @returns undefined when they were not accepted
 * @throws RangeError when the ring of keys lacks an open slip's: a fault of the configuration
 */
export async function reserveCode (deps: RedemptionDeps, by: Redeemer, typed: CodeCredentials, { quietly }: { quietly: boolean }): Promise<Reservation | undefined> {
  return await deps.db.transaction().execute(async trx => {
    const now = deps.now()
    const username = normalizeUsername(typed.username)
    const account = await lockAccountByUsername(trx, username)
    const slips = await lockRecentSlips(trx, account?.id ?? NO_ACCOUNT_ID)
    const isAskedNext = quietly && deps.directory.kind !== 'built-in'
    const verdict = judgeAttempt({ account, slips, matchesCode: typed.code && createCodeMatcher(typed.code, deps.codeKeys), isRefreshedNext: isAskedNext }, now)
    if (verdict.outcome === 'accepted') return await insertReservation(trx, by, verdict.slip, { account: account!, now, quietly })
    await recordRejection(trx, by, { account, username, verdict }, { profile: deps.profile, now })
    return undefined
  })
}

/** In lower case, without the blanks around it; what no user name can hold is nobody's. */
function normalizeUsername (typed: string): string {
  return typed.includes('\0') ? '' : typed.trim().toLowerCase()
}

async function lockRecentSlips (trx: Transaction<Database>, accountId: string): Promise<Array<AttemptedSlip & { code_hmac: Buffer, code_key_id: string }>> {
  return await trx.selectFrom('slips')
    .innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .leftJoin('code_tries', 'code_tries.key', 'slips.id')
    .leftJoin('redemptions', join => join.onRef('redemptions.slip_id', '=', 'slips.id').on('redemptions.ended_at', 'is', null))
    .select(['slips.id', 'slips.number', 'slips.account_id', 'slips.channel', 'slips.state as stored_state', 'slips.expires_at', 'slips.ended_at', 'slips.code_hmac', 'slips.code_key_id'])
    .select(['deliveries.envelope_at', 'code_tries.tries', 'code_tries.waits_until', 'redemptions.confirm_by'])
    .where('slips.account_id', '=', accountId).orderBy('slips.issued_at', 'desc').orderBy('slips.number').limit(MAX_SLIPS_CHECKED)
    .forUpdate('slips').execute()
}

/** A key may leave the ring once no open slip needs it: an ended slip of that key can no longer be told. */
function createCodeMatcher (code: ActivationCode, keys: CodeKeys) {
  return (slip: AttemptedSlip): boolean => {
    const { code_hmac: hmac, code_key_id: keyId } = slip as AttemptedSlip & { code_hmac: Buffer, code_key_id: string }
    return (slip.ended_at === null || keys.all.has(keyId)) && isMatchingCode(code, { hmac, keyId }, keys)
  }
}

interface ReservationOptions {
  readonly account: Account
  readonly now: Date
  /** True when the reservation itself is no audit event. */
  readonly quietly: boolean
}

async function insertReservation (trx: Transaction<Database>, by: Redeemer, slip: AttemptedSlip, { account, now, quietly }: ReservationOptions): Promise<Reservation> {
  if (slip.confirm_by !== null) await recordExpiredReservations(trx, now, slip.id)
  const confirmBy = new Date(now.getTime() + RESERVATION_MS)
  const { id } = await trx.insertInto('redemptions').values({ slip_id: slip.id, token_id: redeemerTokenId(by), reserved_at: now, confirm_by: confirmBy })
    .returning('id').executeTakeFirstOrThrow()
  if (!quietly) {
    await appendEvent(trx, { kind: 'redemption-reserved', at: now, actor: redeemerActor(by), slip: slip.number, account: account.id, facts: { confirmBy: confirmBy.toISOString() } })
  }
  return { id, slipNumber: slip.number, account: { id: account.id, username: account.username }, confirmBy }
}

interface Rejection {
  readonly account: Account | undefined
  readonly username: string
  readonly verdict: Exclude<AttemptVerdict, { outcome: 'accepted' }>
}

/** Counts a wrong attempt, and records why the attempt was rejected. */
async function recordRejection (trx: Transaction<Database>, by: Redeemer, { account, username, verdict }: Rejection, { profile, now }: { readonly profile: Profile, readonly now: Date }): Promise<void> {
  const { slip } = verdict
  const soFar = { tries: slip?.tries ?? 0, waitsUntil: slip?.waits_until ?? null }
  const counted = verdict.outcome === 'refused' && verdict.reason === 'wrong-code' ? countWrongAttempt(soFar, now, profile.wrongTries) : undefined
  await saveAttempts(trx, slip?.id ?? surrogateKey(username), counted ?? soFar, now)
  if (verdict.outcome === 'dead') return await raiseCodeAlert(trx, { ...verdict.slip, state: verdict.state }, attemptActor(by), now)
  await appendEvent(trx, {
    kind: 'redemption-refused',
    at: now,
    actor: attemptActor(by),
    slip: slip?.number,
    account: account?.id,
    facts: { reason: verdict.reason, ...counted === undefined ? {} : { tries: counted.tries } },
  })
  // The last wrong attempt locks the slip, never the account.
  if (counted?.shouldLock === true) await recordTransition(trx, { ...slip!, state: stateAt(slip!, now) }, 'lock', { actor: systemActor, at: now })
}
