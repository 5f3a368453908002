/** Inserts slips directly in any state, for tests that do not depend on how the slip got there. */
import { randomBytes, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { foldText } from '../../src/institution/text.js'
import type { Channel, EnvelopePlace, SlipState } from '../../src/institution/vocabulary.js'
import { computeCodeHmac } from '../../src/slips/code-hmac.js'
import { type ActivationCode, generateActivationCode, generateSlipNumber } from '../../src/slips/codes.js'
import type { TestApp } from './app.js'

export interface SlipFixture {
  readonly channel: Channel
  readonly state: SlipState
  readonly place: EnvelopePlace
  /** By default ten days from now. */
  readonly expiresAt?: Date
  /** By default 45 days from now. */
  readonly ceilingAt?: Date
  /** The holder's user name, by default a unique one. */
  readonly username?: string
  /** The country of a letter, by default Finland. */
  readonly country?: string
}

export interface InsertedSlip extends SlipFixture {
  readonly id: string
  readonly number: string
  readonly accountId: string
  readonly username: string
  readonly code: ActivationCode
}

const DAY_MS = 24 * 60 * 60_000

/** Creates a random tracking number with its check digit (UPU S10). */
export function createTrackingNumber (): string {
  const serial = String(randomInt(100_000_000)).padStart(8, '0')
  const sum = [8, 6, 4, 2, 3, 5, 9, 7].reduce((total, weight, i) => total + weight * Number(serial[i]), 0)
  const check = 11 - sum % 11
  return `RR${serial}${check === 10 ? 0 : check === 11 ? 5 : check}FI`
}

/** Inserts students with unique names and no birth dates. Returns their ids in order. */
export async function insertAccounts ({ deps }: TestApp, usernames: readonly string[]): Promise<string[]> {
  const rows = usernames.map(username => ({
    username, display_name: `Visitor ${username}`, folded_name: foldText(`Visitor ${username}`), affiliation: 'student' as const, status: 'active' as const, preferred_language: 'fi' as const, birth_date: null, updated_at: deps.now(),
  }))
  const inserted = await deps.db.insertInto('accounts').values(rows).returning(['id', 'username']).execute()
  return usernames.map(username => inserted.find(row => row.username === username)!.id)
}

/** Inserts a slip for each situation, with its own account, its delivery and its issue step. */
export async function insertSlips (test: TestApp, situations: readonly SlipFixture[]): Promise<InsertedSlip[]> {
  const { db, codeKeys, now } = test.deps
  const moment = now().getTime()
  const usernames = situations.map(({ username }) => username ?? `v${randomBytes(6).toString('hex')}`)
  const accountIds = await insertAccounts(test, usernames)
  const { id: agentId } = await db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  const drafts = situations.map((situation, i) => ({ ...situation, number: generateSlipNumber(randomBytes), accountId: accountIds[i]!, username: usernames[i]!, code: generateActivationCode(randomBytes) }))
  const rows = await db.insertInto('slips').values(drafts.map(({ number, accountId, channel, state, code, ...draft }) => {
    const stored = computeCodeHmac(code, number, codeKeys)
    const ended = ['redeemed', 'returned', 'voided', 'expired', 'locked'].includes(state)
    return {
      number,
      account_id: accountId,
      channel,
      state,
      code_hmac: stored.hmac,
      code_scheme: stored.scheme,
      code_key_id: stored.keyId,
      language: 'fi' as const,
      request_reference: 'REQ-1',
      issued_at: new Date(moment - DAY_MS),
      issued_by: agentId,
      service_point_id: 'helpdesk-karamalmi',
      expires_at: draft.expiresAt ?? new Date(moment + 10 * DAY_MS),
      ceiling_at: draft.ceilingAt ?? new Date(moment + 45 * DAY_MS),
      ended_at: ended ? new Date(moment - DAY_MS / 2) : null,
      void_reason: state === 'voided' ? 'lost' as const : null,
    }
  })).returning(['id', 'number']).execute()
  const slips = drafts.map(draft => ({ ...draft, id: rows.find(row => row.number === draft.number)!.id }))
  await db.insertInto('deliveries').values(slips.map(({ id, channel, place, state, country }) => {
    const posted = channel === 'registered-letter' && (place === 'post' || ['posted', 'delivered'].includes(state))
    return {
      slip_id: id,
      channel,
      porter_service_point_id: channel === 'porter' ? 'porter-arabia' : null,
      collect_by: channel === 'porter' ? new Date(moment + 9 * DAY_MS) : null,
      country: channel === 'registered-letter' ? country ?? 'FI' : null,
      tracking_number: posted ? createTrackingNumber() : null,
      personal_handover: posted ? true : null,
      envelope_at: place,
    }
  })).execute()
  await db.insertInto('slip_steps').values(slips.map(({ id, channel }) => ({
    slip_id: id, step: 'issue' as const, from_state: null, to_state: channel === 'counter' ? 'handed-over' as const : 'prepared' as const, at: new Date(moment - DAY_MS), staff_id: agentId, service_point_id: 'helpdesk-karamalmi',
  }))).execute()
  return slips
}

/** Reads the stored state of slips, in the order of their numbers, to detect changes. */
export async function readSlipStates ({ deps }: TestApp, slips: ReadonlyArray<Pick<InsertedSlip, 'id'>>) {
  return await deps.db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.number', 'slips.state', 'slips.ended_at', 'slips.expires_at', 'slips.void_reason', 'deliveries.envelope_at', 'deliveries.tracking_number'])
    .select([
      sql<number>`(select count(*) from slip_steps where slip_id = slips.id)`.as('steps'),
      sql<number>`(select count(*) from identity_checks where slip_id = slips.id)`.as('identityChecks'),
    ])
    .where('slips.id', 'in', slips.map(slip => slip.id)).orderBy('slips.number').execute()
}
