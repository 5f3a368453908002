/**
 * From request to slip: eight agents issue at once over HTTP, each slip for another account, on PostgreSQL.
 * Prints the time to the whole PDF beside its limit, and in the same run what rendering alone and what the
 * SQL alone manage, so that the ratio can be read. Makes its own database and drops it.
 */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lockAccount } from '../src/accounts/queries.js'
import { connect, type Connection } from '../src/database/connect.js'
import { metropolia } from '../src/institution/metropolia.js'
import { activationCode } from '../src/slips/activation-code.js'
import { gatherCircumstances } from '../src/slips/circumstances.js'
import { codeHmac, codeKeyRing } from '../src/slips/code-hmac.js'
import { lockOpenSlip } from '../src/slips/end-slip.js'
import { claimKey } from '../src/slips/idempotency.js'
import { insertSlip } from '../src/slips/insert-slip.js'
import { lifetime } from '../src/slips/lifetimes.js'
import { renderSlip } from '../src/slips/paper/render-slip.js'
import { issuingRefusals } from '../src/slips/rules.js'
import { paperOf } from '../src/slips/slip-on-paper.js'
import { slipNumber } from '../src/slips/slip-number.js'
import type { Session } from '../src/staff/session.js'
import { agents, check, fill, issueOverHttp, port } from './issuing.js'
import { held, percentile, print, rate, type Measured } from './measured.js'
import { withDatabase } from './own-database.js'
import { startServer } from './server.js'

const limitMilliseconds = 300
const issuesPerAgent = 60

async function run (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: agents })
  let child: ChildProcess | undefined
  try {
    const accounts = await fill(connection, agents * (2 * issuesPerAgent + 5))
    child = await startServer(url, port)
    const warmUp = accounts.splice(0, agents * 5)
    await issueOverHttp(warmUp)
    const times = await issueOverHttp(accounts.splice(0, agents * issuesPerAgent))
    const rendering = await renderAlone(connection)
    const sql = await sqlAlone(connection, accounts.splice(0, agents * issuesPerAgent))
    return report(times, rendering, sql)
  } finally {
    child?.kill()
    await connection.close()
  }
}

const keys = codeKeyRing([randomBytes(32)])

async function agentSession ({ db }: Connection): Promise<Session> {
  const staff = await db.selectFrom('staff').selectAll().where('login', '=', 'agent').executeTakeFirstOrThrow()
  const office = await db.selectFrom('service_points').select(['id', 'kind', 'name']).where('kind', '=', 'helpdesk').executeTakeFirstOrThrow()
  return { id: '', door: 'api', staff, servicePoint: office, endsAt: new Date() }
}

/** The issue's transaction with everything but the paper, by as many agents. */
async function sqlAlone (connection: Connection, accounts: readonly string[]): Promise<Measured> {
  const by = await agentSession(connection)
  const queue = [...accounts]
  const began = performance.now()
  const times = await Promise.all(Array.from({ length: agents }, async () => {
    const own: number[] = []
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) own.push(await withoutPaper(connection, by, id))
    return own
  }))
  return { times: times.flat(), seconds: (performance.now() - began) / 1000 }
}

async function withoutPaper ({ db }: Connection, by: Session, accountId: string): Promise<number> {
  const began = performance.now()
  const now = new Date()
  await db.transaction().execute(async trx => {
    const number = slipNumber(randomBytes)
    await claimKey(trx, by.staff.id, `api:${number}`, number, now)
    const account = (await lockAccount(trx, accountId))!
    const circumstances = await gatherCircumstances(trx, account, by, metropolia, now)
    if (issuingRefusals({ ...circumstances, account: { ...circumstances.account, hasNamesake: false } }, { channel: 'counter', identityCheck: check }).length > 0) throw new Error('refused')
    await lockOpenSlip(trx, account.id)
    await insertSlip(trx, draftOf(by, accountId, number, now))
  })
  return performance.now() - began
}

function draftOf (by: Session, accountId: string, number: string, now: Date) {
  return {
    accountId,
    number,
    channel: 'counter' as const,
    code: codeHmac(activationCode(randomBytes), keys),
    language: 'fi' as const,
    requestReference: undefined,
    issuedAt: now,
    by,
    office: by.servicePoint!,
    identityCheck: check,
    porter: undefined,
    letter: undefined,
    replaces: undefined,
    checkedAt: now,
    ...lifetime('counter', now, metropolia),
  }
}

/** Papers drawn one after the other in this process. */
async function renderAlone (connection: Connection): Promise<Measured> {
  const by = await agentSession(connection)
  const account = { username: 'bench0000', display_name: 'Łukasz Nguyễn-Đặng', preferred_language: 'fi' as const }
  const times: number[] = []
  const started = performance.now()
  for (let index = 0; index < 200; index++) {
    const began = performance.now()
    const draft = draftOf(by, '', slipNumber(randomBytes), new Date())
    await renderSlip(paperOf(draft, activationCode(randomBytes), account, undefined, { profile: metropolia, publicUrl: 'https://slipdesk.example' }))
    times.push(performance.now() - began)
  }
  return { times, seconds: (performance.now() - started) / 1000 }
}

function report (issue: Measured, rendering: Measured, sql: Measured): boolean {
  const p95 = percentile(issue.times, 95)
  print(`issue to PDF over HTTP, ${agents} agents`, issue)
  print('rendering alone, one after the other', rendering)
  print(`SQL alone, ${agents} at once`, sql)
  process.stdout.write(`issuing runs at ${(rate(issue) / rate(rendering)).toFixed(2)} of rendering alone and ${(rate(issue) / rate(sql)).toFixed(2)} of the SQL alone\n`)
  return held('p95', `${p95.toFixed(0)} ms`, `${limitMilliseconds} ms`, p95 < limitMilliseconds)
}

withDatabase(run).then(held => { process.exitCode = held ? 0 : 1 }, (error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
