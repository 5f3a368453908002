/** Issues slips in tests: request bodies, identity documents and the printed code. */
import type { LightMyRequestResponse } from 'fastify'
import { releaseReservation } from '../../src/redemptions/end-reservation.js'
import { type RedemptionDeps, reserveCode } from '../../src/redemptions/reserve-code.js'
import { holderRedeemer } from '../../src/redemptions/rules.js'
import { type ActivationCode, parseActivationCode } from '../../src/slips/codes.js'
import type { TestApp } from './app.js'
import { readPdf } from './read-pdf.js'

/** A valid passport with a match for photo, name and birth date. */
export const passportCheck = {
  documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-12-31', photoMatches: true, nameMatches: true, birthDateMatches: true,
}

/** A home address to which a registered letter may be sent. */
export const homeAddress = { lines: ['Kauppakatu 5 B 12'], postcode: '33100', town: 'Tampere', country: 'FI' }

/** Returns the id of a demo account. */
export async function requireAccountId ({ deps }: TestApp, username: string): Promise<string> {
  return (await deps.db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id
}

/** Builds a valid `POST /slips` body for a demo account and a channel. */
export async function buildIssueRequest (test: TestApp, username: string, channel: 'counter' | 'porter' | 'registered-letter' = 'counter'): Promise<Record<string, unknown>> {
  const account = await test.deps.db.selectFrom('accounts').selectAll().where('username', '=', username).executeTakeFirstOrThrow()
  const issueRequest = { accountId: account.id, channel }
  switch (channel) {
    case 'counter': return { ...issueRequest, identityCheck: passportCheck }
    case 'porter': return { ...issueRequest, porter: { servicePointId: 'porter-arabia' }, requestReference: 'REQ-1' }
    case 'registered-letter': return { ...issueRequest, letter: { recipient: account.display_name, ...homeAddress }, requestReference: 'REQ-1' }
  }
}

/** Sends `POST /slips`. */
export async function postSlip (test: TestApp, token: string | undefined, payload: unknown, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return await test.api(token, { method: 'POST', url: '/slips', payload: payload as Record<string, unknown>, headers })
}

/** Issues a slip and returns its number. Throws if the slip is refused. */
export async function issueSlipNumber (test: TestApp, token: string, payload: unknown): Promise<string> {
  const answer = await postSlip(test, token, payload)
  if (answer.statusCode !== 201) throw new Error(`not issued: ${answer.body}`)
  return String(answer.headers['slip-number'])
}

/** Reads the activation code from the printed slip. */
export async function readPrintedCode (paper: Buffer): Promise<ActivationCode> {
  const { text } = await readPdf(paper)
  const code = parseActivationCode(/[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}/.exec(text)?.[0] ?? '')
  if (code === undefined) throw new Error(`no code on the paper: ${text}`)
  return code
}

/** Counts the rows of each table that issuing a slip writes to, audit events excepted. */
export async function countIssueRows ({ deps }: TestApp): Promise<Record<string, number>> {
  const tables = ['slips', 'deliveries', 'identity_checks', 'slip_steps', 'idempotency_keys'] as const
  const counts = await Promise.all(tables.map(async table =>
    [table, (await deps.db.selectFrom(table).select(eb => eb.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow()).rows] as const))
  return Object.fromEntries(counts)
}

/** Lists the audit events of a kind, oldest first. Texts, salts and digests are keyed by name; `facts` has no digests. */
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

/** Returns the id of a staff member. */
export async function requireStaffId ({ deps }: TestApp, login: string): Promise<string> {
  return (await deps.db.selectFrom('staff').select('id').where('login', '=', login).executeTakeFirstOrThrow()).id
}

/** Tries a code as its holder and releases it. Returns the number of the active slip if the code is accepted. */
export async function tryCode (deps: RedemptionDeps, username: string, code: ActivationCode): Promise<{ number: string } | undefined> {
  const reservation = await reserveCode(deps, holderRedeemer, { username, code }, { quietly: true })
  if (reservation === undefined) return undefined
  await releaseReservation(deps, holderRedeemer, reservation.id, { reason: 'given-back' })
  return { number: reservation.slipNumber }
}
