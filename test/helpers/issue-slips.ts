/** What happens at a counter, for tests: who comes, with which document, and what the paper says. */
import type { LightMyRequestResponse } from 'fastify'
import { releaseReservation } from '../../src/redemptions/end-reservation.js'
import { type RedemptionDeps, reserveCode } from '../../src/redemptions/reserve-code.js'
import { holderRedeemer } from '../../src/redemptions/rules.js'
import { type ActivationCode, parseActivationCode } from '../../src/slips/codes.js'
import type { TestApp } from './app.js'
import { readPdf } from './read-pdf.js'

/** A passport that proves everything. */
export const passportCheck = {
  documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-12-31', photoMatches: true, nameMatches: true, birthDateMatches: true,
}

/** A home outside the area. */
export const homeAddress = { lines: ['Kauppakatu 5 B 12'], postcode: '33100', town: 'Tampere', country: 'FI' }

/** The id of a demo account. */
export async function requireAccountId ({ deps }: TestApp, username: string): Promise<string> {
  return (await deps.db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id
}

/** A `POST /slips` body for a demo account, as it should be for its channel. */
export async function buildIssueRequest (test: TestApp, username: string, channel: 'counter' | 'porter' | 'registered-letter' = 'counter'): Promise<Record<string, unknown>> {
  const account = await test.deps.db.selectFrom('accounts').selectAll().where('username', '=', username).executeTakeFirstOrThrow()
  const wish = { accountId: account.id, channel }
  switch (channel) {
    case 'counter': return { ...wish, identityCheck: passportCheck }
    case 'porter': return { ...wish, porter: { servicePointId: 'porter-arabia' }, requestReference: 'REQ-1' }
    case 'registered-letter': return { ...wish, letter: { recipient: account.display_name, ...homeAddress }, requestReference: 'REQ-1' }
  }
}

/** Sends `POST /slips`. */
export async function postSlip (test: TestApp, token: string | undefined, payload: unknown, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return await test.api(token, { method: 'POST', url: '/slips', payload: payload as Record<string, unknown>, headers })
}

/** Issues a slip that must succeed, and gives its number. */
export async function issueSlipNumber (test: TestApp, token: string, payload: unknown): Promise<string> {
  const answer = await postSlip(test, token, payload)
  if (answer.statusCode !== 201) throw new Error(`not issued: ${answer.body}`)
  return String(answer.headers['slip-number'])
}

/** The code that is printed on the paper. */
export async function readPrintedCode (paper: Buffer): Promise<ActivationCode> {
  const { text } = await readPdf(paper)
  const code = parseActivationCode(/[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}/.exec(text)?.[0] ?? '')
  if (code === undefined) throw new Error(`no code on the paper: ${text}`)
  return code
}

/** How many rows each table holds of what an issue writes, and what audit events tell. */
export async function countIssueRows ({ deps }: TestApp): Promise<Record<string, number>> {
  const tables = ['slips', 'deliveries', 'identity_checks', 'slip_steps', 'idempotency_keys'] as const
  const counts = await Promise.all(tables.map(async table =>
    [table, (await deps.db.selectFrom(table).select(eb => eb.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow()).rows] as const))
  return Object.fromEntries(counts)
}

/** Lists the audit events of a kind, oldest first. Texts, their salts and their digests are by name; `facts` is without the digests. */
export async function listAuditEvents ({ deps }: TestApp, kind: string) {
  const events = await deps.db.selectFrom('audit_events').select(['sequence', 'id', 'at', 'actor', 'slip', 'account', 'service_point', 'facts'])
    .where('kind', '=', kind).orderBy('sequence').execute()
  const texts = await deps.db.selectFrom('audit_texts').selectAll().execute()
  return events.map(event => {
    const own = texts.filter(text => text.event_id === event.id)
    const { digests = {}, ...facts } = event.facts as Record<string, unknown> & { digests?: Record<string, string> }
    return {
      ...event,
      facts,
      digests,
      texts: Object.fromEntries(own.map(({ name, text }) => [name, text])),
      salts: Object.fromEntries(own.map(({ name, salt }) => [name, salt])),
    }
  })
}

/** The random id of a member of staff. */
export async function requireStaffId ({ deps }: TestApp, login: string): Promise<string> {
  return (await deps.db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id
}

// Tries a code as a holder would, and gives it back at once: for tests of when a code opens its slip.

/** @returns the number of the live slip that user name and code open; undefined for every other pair */
export async function tryCode (deps: RedemptionDeps, username: string, code: ActivationCode): Promise<{ number: string } | undefined> {
  const reservation = await reserveCode(deps, holderRedeemer, { username, code }, { quietly: true })
  if (reservation === undefined) return undefined
  await releaseReservation(deps, holderRedeemer, reservation.id, { reason: 'given-back' })
  return { number: reservation.slipNumber }
}
