/** A sealed log with every kind of event about slips, in which the verifier must find no fault. */
import type { Kysely } from 'kysely'
import { upsertAccounts } from '../../src/accounts/upsert-accounts.js'
import { toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { type LogVerification, verifyLog } from '../../src/audit/verification/verify-log.js'
import type { Database } from '../../src/database/schema.js'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { confirmReservation } from '../../src/redemptions/end-reservation.js'
import { reserveCode } from '../../src/redemptions/reserve-code.js'
import { holderRedeemer } from '../../src/redemptions/rules.js'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { computeCutoffDates } from '../../src/retention/rules.js'
import { listCodeAlerts, settleCodeAlert } from '../../src/slips/code-alerts.js'
import { recordExpiredSlips } from '../../src/slips/commands/end-slip.js'
import type { TestApp } from './app.js'
import { buildIssueRequest, passportCheck, postSlip, readPrintedCode, requireAccountId, requireStaffId, tryCode } from './issue-slips.js'
import { runAsSuperuser, sealTestLog } from './transparency-log.js'

export interface FullHistory {
  /** A holder with data in every field. */
  readonly holder: MarkedHolder
  /** Numbers of two redeemed slips: one by the holder, one by an identity system. */
  readonly redeemed: readonly [string, string]
  readonly expired: string
}

/** Records issue, dispatch, receive, handover, post, return, void, reissue, redeem, lock, expiry, refusal and erasure. */
export async function seedFullHistory (test: TestApp): Promise<FullHistory> {
  const { deps, api, clock, signIn } = test
  const holder = await createMarkedHolder(test, '71', 'RR473124829FI')
  const erased = await createMarkedHolder(test, '82', 'RR123456785FI')
  const agent = await signIn('agent')
  const atCounter = async (username: string) => {
    const answer = await postSlip(test, agent, await buildIssueRequest(test, username))
    return { number: String(answer.headers['slip-number']), code: await readPrintedCode(answer.rawPayload) }
  }
  const [first, second, third] = [await atCounter('lukng2101'), await atCounter(erased.username), await atCounter(holder.username)]
  const reservation = await reserveCode(deps, holderRedeemer, { username: 'lukng2101', code: first.code }, { quietly: true })
  await confirmReservation(deps, holderRedeemer, reservation!.id)
  const answer = await api(DEMO_IDENTITY_TOKEN, { method: 'POST', url: '/redemptions', payload: { username: erased.username, code: second.code.reveal() } })
  if (answer.statusCode >= 300) throw new Error(answer.body)
  await api(agent, { method: 'POST', url: `/slips/${third.number}/void`, payload: { reason: 'print-failed' } })
  const { number: expired } = await atCounter(holder.username)
  await postSlip(test, agent, { ...await buildIssueRequest(test, holder.username), identityCheck: undefined })
  clock.advance({ days: 30 })
  await recordExpiredSlips(deps.db, deps.now())
  for (const { id } of await listCodeAlerts(deps.db)) await settleCodeAlert(deps.db, id, { staff: { id: await requireStaffId(test, 'agent') }, servicePoint: null }, deps.now())
  await eraseHolder(deps, { actor: 'system', login: undefined }, erased.id, 'holder-asked')
  await sealTestLog(deps.db, deps.logSettings)
  return { holder, redeemed: [first.number, second.number], expired }
}

/** Verifies the log as `audit verify` does. */
export async function verifyTestLog ({ deps }: TestApp, db: Kysely<Database> = deps.db): Promise<LogVerification> {
  const { logSettings: log, profile, now } = deps
  return await verifyLog(db, { keys: toVerifierKeys(log.keys, log.origin), externalCheckpoints: [], cutoffs: computeCutoffDates(now(), profile) }) as LogVerification
}

/** Returns what `find` returns after a manipulation, then rolls the manipulation back. */
export async function findAfterTampering<T> (db: Kysely<Database>, tamper: (trx: Kysely<Database>) => Promise<unknown>, find: (trx: Kysely<Database>) => Promise<T>): Promise<T> {
  const undone = new Error('undone')
  let found: T | undefined
  await runAsSuperuser(db, async trx => {
    await tamper(trx)
    found = await find(trx)
    throw undone
  }).catch((error: unknown) => { if (error !== undone) throw error })
  return found!
}

export interface MarkedHolder {
  readonly id: string
  readonly username: string
  /** Slip numbers, oldest first: porter, letter, counter. All slips have ended; the first one's code was tried too early. */
  readonly numbers: readonly [string, string, string]
  /** All personal data of the holder, as typed. */
  readonly markers: readonly string[]
}

/**
 * Creates a holder with data in every field, each value a marker that a test can search for.
 * @param mark two digits that distinguish several holders
 * @param tracking the tracking number of the letter
 */
export async function createMarkedHolder (test: TestApp, mark: string, tracking: string): Promise<MarkedHolder> {
  const { deps, api, signIn } = test
  const username = `marky${mark}`
  const [first, last] = [`Žofie${mark}`, `Mårker${mark}`]
  const studentNumber = `9900${mark}`
  await deps.db.transaction().execute(async trx => await upsertAccounts(trx, [{
    username, displayName: `${first} ${last}`, latinName: `Latin${mark} ${last}`, lastName: last, affiliation: 'student', studentNumber, birthDate: '1987-03-14', preferredLanguage: 'sv',
  }], deps.now()))
  const id = await requireAccountId(test, username)
  await deps.directory.setPassword({ id, username }, `password of ${username}`)
  await signIn(`${username}@example.org`).catch(() => {})

  const [agent, porter] = [await signIn('agent'), await signIn('porter')]
  const step = async (token: string, number: string, payload: Record<string, unknown>) => {
    const answer = await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
    if (answer.statusCode !== 200) throw new Error(answer.body)
  }
  const make = async (issueRequest: Record<string, unknown>) => {
    test.clock.advance({ minutes: 1 })
    const answer = await postSlip(test, agent, { accountId: id, ...issueRequest }, { 'idempotency-key': `${username}-${String(issueRequest['channel'])}` })
    return { number: String(answer.headers['slip-number']), code: await readPrintedCode(answer.rawPayload) }
  }
  const { number: toPorter, code } = await make({ channel: 'porter', porter: { servicePointId: 'porter-arabia' }, requestReference: `REF-P-${mark}` })
  await step(agent, toPorter, { step: 'dispatch' })
  await step(porter, toPorter, { step: 'receive' })
  await tryCode(deps, username, code)
  const identityCheck = { ...passportCheck, issuingCountry: 'MH', validUntil: '2033-03-03', nameMatches: { reason: `name-reason-${mark}` } }
  await step(porter, toPorter, { step: 'hand-over', identityCheck })

  const { number: byLetter } = await make({
    channel: 'registered-letter', requestReference: `REF-L-${mark}`, letter: { recipient: `${first} ${last}`, lines: [`c/o Street-${mark}`, `Gatan ${mark}`], postcode: '33100', town: 'Tampere', country: 'FI' },
  })
  await step(agent, byLetter, { step: 'post', trackingNumber: tracking, personalHandover: true })
  await step(agent, byLetter, { step: 'return', note: `returned-words-${mark}` })

  const { number: atCounter } = await make({ channel: 'counter', identityCheck: { ...identityCheck, validUntil: 'none', birthDateMatches: { reason: `birth-date-reason-${mark}` } } })
  await api(agent, { method: 'POST', url: `/slips/${atCounter}/void`, payload: { reason: `void-words-${mark}` } })
  return {
    id,
    username,
    numbers: [toPorter, byLetter, atCounter],
    markers: [
      username, first, last, `Latin${mark}`, `latin${mark}`, `zofie${mark}`, `marker${mark}`, studentNumber, '1987-03-14', `REF-P-${mark}`, `REF-L-${mark}`, `Street-${mark}`, `Gatan ${mark}`, tracking,
      `name-reason-${mark}`, `birth-date-reason-${mark}`, `returned-words-${mark}`, `void-words-${mark}`, '2033-03-03', '"MH"', 'Tampere',
    ],
  }
}
