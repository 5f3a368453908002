/**
 * Measures issuing on PostgreSQL: eight agents issue in parallel over HTTP, each slip for another account.
 * Prints the time to the complete PDF beside its limit and, from the same run, the rates of rendering alone and of
 * the SQL alone, to compare with. Creates its own database and drops it.
 */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lockAccount } from '../src/accounts/queries.js'
import { connect, type Connection } from '../src/database/connection.js'
import { metropolia } from '../src/institution/profiles/metropolia.js'
import { computeCodeHmac, createKeyRing } from '../src/slips/code-hmac.js'
import { generateActivationCode, generateSlipNumber } from '../src/slips/codes.js'
import { claimIdempotencyKey } from '../src/slips/commands/idempotency.js'
import { loadIssuingContext } from '../src/slips/issuing-context.js'
import { renderSlip } from '../src/slips/paper/draw-slip.js'
import { toSlipContent } from '../src/slips/paper/slip-content.js'
import { checkIssueRequest } from '../src/slips/rules/issuing-rules.js'
import { calculateLifetime } from '../src/slips/rules/limits.js'
import { insertSlip, lockOpenSlip } from '../src/slips/slip-store.js'
import type { Session } from '../src/staff/session.js'
import { startServer, withTemporaryDatabase } from './environment.js'
import { AGENT_COUNT, issueOverHttp, passportCheck, seedStudents, SERVER_PORT } from './issue-over-http.js'
import { type Measurement, percentile, printMeasurement, rate, reportLimit, runConcurrently } from './measurements.js'

const LIMIT_MS = 300
const ISSUES_PER_AGENT = 60

async function run (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: AGENT_COUNT })
  let child: ChildProcess | undefined
  try {
    const accounts = await seedStudents(connection, AGENT_COUNT * (2 * ISSUES_PER_AGENT + 5))
    child = await startServer(url, SERVER_PORT)
    const warmUp = accounts.splice(0, AGENT_COUNT * 5)
    await issueOverHttp(warmUp)
    const times = await issueOverHttp(accounts.splice(0, AGENT_COUNT * ISSUES_PER_AGENT))
    const rendering = await measureRendering(connection)
    const sql = await measureSql(connection, accounts.splice(0, AGENT_COUNT * ISSUES_PER_AGENT))
    return report(times, rendering, sql)
  } finally {
    child?.kill()
    await connection.close()
  }
}

const keys = createKeyRing([randomBytes(32)])

async function buildAgentSession ({ db }: Connection): Promise<Session> {
  const staff = await db.selectFrom('staff').selectAll().where('login', '=', 'agent').executeTakeFirstOrThrow()
  const office = await db.selectFrom('service_points').select(['id', 'kind', 'name']).where('kind', '=', 'helpdesk').executeTakeFirstOrThrow()
  return { id: '', clientType: 'api', staff, servicePoint: office, mustChangePassword: false, endsAt: new Date() }
}

/** Measures the transaction without the paper, with as many agents. */
async function measureSql (connection: Connection, accounts: readonly string[]): Promise<Measurement> {
  const by = await buildAgentSession(connection)
  return await runConcurrently(accounts, AGENT_COUNT, async accountId => await issueWithoutPaper(connection, by, accountId))
}

async function issueWithoutPaper ({ db }: Connection, by: Session, accountId: string): Promise<void> {
  const now = new Date()
  await db.transaction().execute(async trx => {
    const number = generateSlipNumber(randomBytes)
    await claimIdempotencyKey(trx, `api:${number}`, { staffId: by.staff.id, slipNumber: number, now })
    const account = (await lockAccount(trx, accountId))!
    const context = await loadIssuingContext(trx, account, { session: by, profile: metropolia, now })
    if (checkIssueRequest({ ...context, account: { ...context.account, hasNamesake: false } }, { channel: 'counter', identityCheck: passportCheck }).length > 0) throw new Error('refused')
    await lockOpenSlip(trx, account.id, now)
    await insertSlip(trx, buildSlipDraft(by, accountId, number, now))
  })
}

function buildSlipDraft (by: Session, accountId: string, number: string, now: Date) {
  return {
    accountId,
    number,
    channel: 'counter' as const,
    code: computeCodeHmac(generateActivationCode(randomBytes), number, keys),
    language: 'fi' as const,
    requestReference: undefined,
    latinName: undefined,
    recipientRules: [],
    patterns: [],
    issuedAt: now,
    by,
    office: by.servicePoint!,
    identityCheck: passportCheck,
    porter: undefined,
    letter: undefined,
    replaces: undefined,
    checkedAt: now,
    ...calculateLifetime('counter', now, metropolia),
  }
}

/** Measures drawing slips one after the other in this process. */
async function measureRendering (connection: Connection): Promise<Measurement> {
  const by = await buildAgentSession(connection)
  const account = { username: 'bench0000', latin_name: null, display_name: 'Łukasz Nguyễn-Đặng', preferred_language: 'fi' as const }
  const times: number[] = []
  const started = performance.now()
  for (let index = 0; index < 200; index++) {
    const began = performance.now()
    const draft = buildSlipDraft(by, '', generateSlipNumber(randomBytes), new Date())
    await renderSlip(toSlipContent(draft, generateActivationCode(randomBytes), { account, desk: undefined, profile: metropolia, publicUrl: 'https://slipdesk.example' }))
    times.push(performance.now() - began)
  }
  return { times, seconds: (performance.now() - started) / 1000 }
}

function report (issue: Measurement, rendering: Measurement, sql: Measurement): boolean {
  const p95 = percentile(issue.times, 95)
  printMeasurement(`issue to PDF over HTTP, ${AGENT_COUNT} agents`, issue)
  printMeasurement('rendering alone, one after the other', rendering)
  printMeasurement(`SQL alone, ${AGENT_COUNT} at once`, sql)
  process.stdout.write(`issuing runs at ${(rate(issue) / rate(rendering)).toFixed(2)} of rendering alone and ${(rate(issue) / rate(sql)).toFixed(2)} of the SQL alone\n`)
  return reportLimit('p95', `${p95.toFixed(0)} ms`, `${LIMIT_MS} ms`, p95 < LIMIT_MS)
}

withTemporaryDatabase(run).then(held => { process.exitCode = held ? 0 : 1 }, (error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
