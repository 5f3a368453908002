/** A desk at which all that can happen to slips has happened, sealed: what the verifier must find in order. */
import type { Kysely } from 'kysely'
import { toVerifierKeys } from '../../src/audit/sealing/log-keys.js'
import { verifyLog, type LogVerification } from '../../src/audit/verifying/verify-log.js'
import type { Database } from '../../src/database/schema.js'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo-data.js'
import { confirmReservation } from '../../src/redemptions/end-reservation.js'
import { holderRedeemer } from '../../src/redemptions/redeemer.js'
import { reserveCode } from '../../src/redemptions/reserve-code.js'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { computeCutoffDates } from '../../src/retention/terms.js'
import { recordExpiredSlips } from '../../src/slips/expiry-sweep.js'
import type { TestApp } from './app.js'
import { readPrintedCode, postSlip, buildIssueRequest } from './counter.js'
import { runAsSuperuser, sealTestLog } from './log.js'
import { createMarkedHolder, type MarkedHolder } from './marked-holder.js'

export interface FullHistory {
  /** Somebody about whom everything is kept. */
  readonly holder: MarkedHolder
  /** Two that were redeemed: by the holder and by an identity system. */
  readonly redeemed: readonly [string, string]
  readonly expired: string
}

/** Issue, dispatch, receive, handover, post, return, void, reissue, redeem, lock, expiry, a refusal and an erasure. */
export async function seedFullHistory (test: TestApp): Promise<FullHistory> {
  const { deps, api, clock, signIn } = test
  const kept = await createMarkedHolder(test, '71', 'RR473124829FI')
  const gone = await createMarkedHolder(test, '82', 'RR123456785FI')
  const agent = await signIn('agent')
  const atCounter = async (username: string) => {
    const answer = await postSlip(test, agent, await buildIssueRequest(test, username))
    return { number: String(answer.headers['slip-number']), code: await readPrintedCode(answer.rawPayload) }
  }
  const [first, second, third] = [await atCounter('lukng2101'), await atCounter(gone.username), await atCounter(kept.username)]
  const reservation = await reserveCode(deps, holderRedeemer, { username: 'lukng2101', code: first.code }, { quietly: true })
  await confirmReservation(deps, holderRedeemer, reservation!.id)
  const answer = await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: gone.username, code: second.code.reveal() } })
  if (answer.statusCode >= 300) throw new Error(answer.body)
  await api(agent, { method: 'POST', url: `/slips/${third.number}/void`, payload: { reason: 'print-failed' } })
  const { number: expired } = await atCounter(kept.username)
  await postSlip(test, agent, { ...await buildIssueRequest(test, kept.username), identityCheck: undefined })
  clock.advance({ days: 30 })
  await recordExpiredSlips(deps.db, deps.now())
  for (const alert of await deps.db.selectFrom('code_alerts').select('id').execute()) {
    await deps.db.updateTable('code_alerts').set({ settled_at: deps.now(), settled_by: eb => eb.selectFrom('staff').select('id').where('login', '=', 'agent') }).where('id', '=', alert.id).execute()
  }
  await eraseHolder(deps, { actor: 'system', login: undefined }, gone.id, 'holder-asked')
  await sealTestLog(deps.db, deps.log)
  return { holder: kept, redeemed: [first.number, second.number], expired }
}

/** The log as `audit verify` finds it. */
export async function verifyTestLog ({ deps }: TestApp, db: Kysely<Database> = deps.db): Promise<LogVerification> {
  const { log, profile, now } = deps
  return await verifyLog(db, { keys: toVerifierKeys(log.keys, log.origin), externalCheckpoints: [], cutoffs: computeCutoffDates(now(), profile) }) as LogVerification
}

/** What is found after a harm, which is then undone. */
export async function findAfterTampering<T> (db: Kysely<Database>, harm: (trx: Kysely<Database>) => Promise<unknown>, find: (trx: Kysely<Database>) => Promise<T>): Promise<T> {
  const undone = new Error('undone')
  let found: T | undefined
  await runAsSuperuser(db, async trx => {
    await harm(trx)
    found = await find(trx)
    throw undone
  }).catch((error: unknown) => { if (error !== undone) throw error })
  return found!
}
