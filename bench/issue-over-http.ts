/** Issues slips over HTTP for the benchmarks: eight agents in parallel on a server in its own process. */
import { randomBytes } from 'node:crypto'
import { upsertAccounts } from '../src/accounts/upsert-accounts.js'
import type { Connection } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import { metropolia } from '../src/institution/profiles/metropolia.js'
import { loadReferenceData } from '../src/bootstrap.js'
import { DEMO_PASSWORD, loadDemoStaff } from '../src/demo/staff.js'
import { type Measurement, runConcurrently } from './measurements.js'

export const AGENT_COUNT = 8
export const passportCheck = { documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-12-31', photoMatches: true, nameMatches: true } as const
export const SERVER_PORT = 3900 + Math.floor(Math.random() * 90)
/** The API of the server under test. */
export const API_BASE = `http://127.0.0.1:${SERVER_PORT}/api/v1`

/** Seeds the staff and `count` students without a slip. @returns the ids of the students */
export async function seedStudents ({ db }: Connection, students: number): Promise<string[]> {
  const now = new Date()
  await migrate(db)
  await loadReferenceData(db, metropolia, now)
  await loadDemoStaff(db, now)
  const drafts = Array.from({ length: students }, (_, index) => ({
    username: `bench${String(index).padStart(5, '0')}`,
    studentNumber: null,
    displayName: `Łukasz Nguyễn-Đặng ${index}`,
    affiliation: 'student' as const,
    status: 'active' as const,
    preferredLanguage: 'fi' as const,
    birthDate: null,
  }))
  await db.transaction().execute(async trx => await upsertAccounts(trx, drafts, now))
  return (await db.selectFrom('accounts').select('id').orderBy('username').execute()).map(({ id }) => id)
}

/** Measures each issue from the request to the last byte of the PDF, in milliseconds. */
export async function issueOverHttp (accounts: readonly string[]): Promise<Measurement> {
  const tokens = await Promise.all(Array.from({ length: AGENT_COUNT }, async () => await signIn('agent')))
  return await runConcurrently(accounts, AGENT_COUNT, async (accountId, worker) => await issueOnce(tokens[worker]!, accountId))
}

async function issueOnce (token: string, accountId: string): Promise<void> {
  const answer = await fetch(`${API_BASE}/slips`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomBytes(12).toString('hex') },
    body: JSON.stringify({ accountId, channel: 'counter', identityCheck: passportCheck }),
  })
  const paper = await answer.arrayBuffer()
  if (answer.status !== 201) throw new Error(`${answer.status} ${Buffer.from(paper).toString()}`)
}

/** Returns the token of a new API session. */
export async function signIn (login: string): Promise<string> {
  const answer = await fetch(`${API_BASE}/sessions`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password: DEMO_PASSWORD }),
  })
  return (await answer.json() as { token: string }).token
}
