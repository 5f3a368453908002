/**
 * Measures redemptions on PostgreSQL: identity systems redeem over HTTP in parallel. In the same run, pgbench sends the
 * statements that a redemption was observed to send, and two kinds of rejected attempts are compared: a wrong code for
 * a known user name, and an unknown user name. Prints each measured value beside its limit. Creates its own database
 * and drops it.
 */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type pg from 'pg'
import { createBuiltInDirectory } from '../src/accounts/built-in-directory.js'
import { loadReferenceData } from '../src/bootstrap.js'
import { connect, type Connection } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import { loadDemoStaff } from '../src/demo/staff.js'
import { metropolia } from '../src/institution/profiles/metropolia.js'
import { redeemCode } from '../src/redemptions/redeem.js'
import { identitySystemRedeemer } from '../src/redemptions/rules.js'
import { computeCodeHmac, createKeyRing } from '../src/slips/code-hmac.js'
import { type ActivationCode, generateActivationCode, generateSlipNumber } from '../src/slips/codes.js'
import { createApiToken, findIdentitySystem } from '../src/staff/api-tokens.js'
import { startServer, withTemporaryDatabase } from './environment.js'
import { mean, type Measurement, percentile, printMeasurement, rate, reportLimit, runConcurrently } from './measurements.js'

const MIN_SHARE = 0.4
const MAX_DIFFERENCE = 0.05
const WORKER_COUNT = 8
const REDEMPTION_COUNT = 2000
const WARM_UP_COUNT = 400
const ATTEMPTS_PER_KIND = 2000
/** Fewer than five, the number after which an account has to wait. */
const ATTEMPTS_PER_ACCOUNT = 4
const ATTEMPTED_ACCOUNT_COUNT = ATTEMPTS_PER_KIND / ATTEMPTS_PER_ACCOUNT
const SERVER_PORT = 3800 + Math.floor(Math.random() * 90)
const codeKey = randomBytes(32)
const codeKeyRingOfBench = createKeyRing([codeKey])
const now = () => new Date()

interface IssuedCode { readonly username: string, readonly code: ActivationCode }

async function run (url: string): Promise<boolean> {
  const connection = await connect({ url, poolSize: 2 })
  let child: ChildProcess | undefined
  try {
    const { issued, token } = await seedSlips(connection)
    const statements = await captureStatements(connection, issued.pop()!, token)
    const forBench = issued.splice(0, REDEMPTION_COUNT)
    const alone = runPgbench(url, statements)
    child = await startServer(url, SERVER_PORT, codeKey)
    await runConcurrently(issued.splice(0, WARM_UP_COUNT), WORKER_COUNT, async one => await redeemOnce(token, one))
    const overHttp = await runConcurrently(forBench, WORKER_COUNT, async one => await redeemOnce(token, one))
    const tried = issued.splice(0, ATTEMPTED_ACCOUNT_COUNT)
    const times = await measureRejections(token, tried)
    return report(overHttp, alone, statements.length, times)
  } finally {
    child?.kill()
    await connection.close()
  }
}

/** Inserts accounts and active slips straight into the tables. */
async function seedSlips ({ db }: Connection): Promise<{ issued: IssuedCode[], token: string }> {
  await migrate(db)
  await loadReferenceData(db, metropolia, now())
  await loadDemoStaff(db, now())
  const count = 1 + REDEMPTION_COUNT + WARM_UP_COUNT + ATTEMPTED_ACCOUNT_COUNT
  const pairs = Array.from({ length: count }, (_, i) => ({ username: `bench${i}`, code: generateActivationCode(randomBytes), number: generateSlipNumber(randomBytes) }))
  const { id: staff } = await db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select name, 'A ' || name, 'a ' || name, 'student', 'active', 'fi', now() from unnest(${pairs.map(({ username }) => username)}::text[]) as name`.execute(db)
  // The same number again for pgbench, with slip numbers that it can compute by counting.
  await sql`insert into accounts (id, username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, n::text, 'P ' || n, 'p ' || n, 'student', 'active', 'fi', now()
    from generate_series(100000, ${100_000 + WORKER_COUNT * 1000 - 1}::int) as n`.execute(db)
  await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select number, accounts.id, 'counter', 'handed-over', hmac, ${codeKeyRingOfBench.current.id}, 2, 'fi', now(), ${staff}::uuid, 'helpdesk-karamalmi', now() + interval '7 days', now() + interval '45 days'
    from unnest(${pairs.map(({ username }) => username)}::text[], ${pairs.map(({ number }) => number)}::text[], ${pairs.map(({ code, number }) => computeCodeHmac(code, number, codeKeyRingOfBench).hmac)}::bytea[]) as pair (username, number, hmac)
    join accounts using (username)`.execute(db)
  const numbers = Array.from({ length: WORKER_COUNT * 1000 }, () => generateSlipNumber(randomBytes))
  await sql`insert into slips (id, number, account_id, channel, state, code_hmac, code_key_id, code_scheme, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select ('00000000-0000-4000-9001-' || lpad((99999 + i)::text, 12, '0'))::uuid, number, ('00000000-0000-4000-9000-' || lpad((99999 + i)::text, 12, '0'))::uuid,
      'counter', 'handed-over', ${randomBytes(32)}, 'bench', 2, 'fi', now(), ${staff}::uuid, 'helpdesk-karamalmi', now() + interval '7 days', now() + interval '45 days'
    from unnest(${numbers}::text[]) with ordinality as numbers (number, i)`.execute(db)
  await sql`insert into deliveries (slip_id, channel, envelope_at) select id, channel, 'holder' from slips`.execute(db)
  await sql`vacuum analyze`.execute(db)
  return { issued: pairs, token: await createApiToken({ db, now, codeKeys: codeKeyRingOfBench }, 'bench', randomBytes) }
}

interface Statement { readonly text: string, readonly values: readonly unknown[] }

/** Records the statements of one redemption, in order. They are observed, so they cannot differ from the real ones. */
async function captureStatements ({ db, pool }: Connection, { username, code }: IssuedCode, token: string): Promise<string[]> {
  const seen: Statement[] = []
  const client = await pool.connect()
  const proto = Object.getPrototypeOf(client) as pg.PoolClient
  const original = proto.query
  client.release()
  Object.assign(proto, {
    query (this: pg.PoolClient, text: unknown, values: unknown, ...rest: unknown[]) {
      if (typeof text === 'string') seen.push({ text, values: Array.isArray(values) ? values : [] })
      return (original as (...all: unknown[]) => unknown).call(this, text, values, ...rest)
    }
  })
  try {
    const system = (await findIdentitySystem({ db, now, codeKeys: codeKeyRingOfBench }, token))!
    const deps = { db, profile: metropolia, codeKeys: codeKeyRingOfBench, directory: createBuiltInDirectory(db, now), logger: { warn: () => {} }, now }
    if (await redeemCode(deps, identitySystemRedeemer(system), { username, code }) === undefined) throw new Error('not redeemed')
  } finally {
    Object.assign(proto, { query: original })
  }
  const { id: account } = await db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow()
  const { id: slip } = await db.selectFrom('slips').select('id').where('account_id', '=', account).executeTakeFirstOrThrow()
  const { id: reservation } = await db.selectFrom('redemptions').select('id').where('slip_id', '=', slip).executeTakeFirstOrThrow()
  // The last use of a token is written once a minute, not at every redemption.
  return seen.filter(({ text }) => !text.startsWith('update "api_tokens"')).map(statement => toPgbenchStatement(statement, { username, account, slip, reservation }))
}

/** Replaces the values of this redemption by placeholders. */
function toPgbenchStatement ({ text, values }: Statement, own: Readonly<Record<'username' | 'account' | 'slip' | 'reservation', string>>): string {
  const counted = (block: string) => `('00000000-0000-4000-${block}-' || lpad((:n)::text, 12, '0'))::uuid`
  const filled = text.replaceAll(/\$(\d+)/g, (_, index) => {
    const value = values[Number(index) - 1]
    if (value === own.username) return '(:n)::text'
    if (value === own.account) return counted('9000')
    if (value === own.slip) return counted('9001')
    if (value === own.reservation) return ':reservation::uuid'
    if (index === '1' && text.startsWith('insert into "audit_events"')) return 'gen_random_uuid()'
    return toSqlLiteral(value)
  })
  if (!text.startsWith('insert into "redemptions"')) return `${filled};`
  return `${filled.replace('returning "id"', 'returning "id" as reservation')} \\gset`
}

function toSqlLiteral (value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Date) return `'${value.toISOString()}'::timestamptz`
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`
  const text = String(value)
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text) && !text.startsWith('00000000')) return `'${text}'::uuid`
  // pgbench reads a colon before a word as a variable.
  const literal = `'${text.replaceAll("'", "''").replaceAll(/:(?=\w)/g, "' || chr(58) || '")}'`
  return typeof value === 'number' ? text : text.startsWith('{') ? `(${literal})::jsonb` : literal
}

/** Runs the statements with as many clients; each client counts through its own slips. */
function runPgbench (url: string, statements: readonly string[]): Measurement {
  const folder = mkdtempSync(join(tmpdir(), 'slipdesk-bench-'))
  try {
    const script = join(folder, 'redeem.sql')
    writeFileSync(script, ['\\set n 100000 + :client_id * 1000 + :i', '\\set i :i + 1', ...statements, ''].join('\n'))
    const each = REDEMPTION_COUNT / WORKER_COUNT
    const began = performance.now()
    execFileSync('pgbench', ['-n', '-M', 'extended', '-D', 'i=0', '-c', String(WORKER_COUNT), '-j', '2', '-t', String(each), '-f', script, '-l', '--log-prefix', join(folder, 'log'), url], { stdio: ['ignore', 'pipe', 'pipe'] })
    const seconds = (performance.now() - began) / 1000
    const times = readdirSync(folder).filter(name => name.startsWith('log')).flatMap(name =>
      readFileSync(join(folder, name), 'utf8').trim().split('\n').map(line => Number(line.split(' ')[2]) / 1000))
    if (times.length !== REDEMPTION_COUNT) throw new Error(`pgbench made ${times.length} of ${REDEMPTION_COUNT} redemptions`)
    return { times, seconds }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Opens connections that stay open, as an identity system does. */
const keepAliveAgent = new Agent({ keepAlive: true, maxSockets: WORKER_COUNT })

async function postRedemption (token: string, username: string, code: ActivationCode): Promise<number> {
  const asking = request({
    host: '127.0.0.1', port: SERVER_PORT, path: '/api/v1/redemptions', method: 'POST', agent: keepAliveAgent, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  asking.end(JSON.stringify({ username, code: code.reveal() }))
  const [answer] = await once(asking, 'response') as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode!
}

async function redeemOnce (token: string, { username, code }: IssuedCode): Promise<void> {
  const status = await postRedemption(token, username, code)
  if (status !== 200) throw new Error(`${username}: ${status}`)
}

interface RejectionTimes { readonly wrongCode: readonly number[], readonly unknownUser: readonly number[] }

/** Measures both kinds in turns, so that other load on the machine affects both alike. */
async function measureRejections (token: string, accounts: readonly IssuedCode[]): Promise<RejectionTimes> {
  const wrongCode: number[] = []
  const unknownUser: number[] = []
  const timed = async (times: number[], username: string) => {
    const code = generateActivationCode(randomBytes)
    const began = performance.now()
    const status = await postRedemption(token, username, code)
    times.push(performance.now() - began)
    if (status !== 422) throw new Error(`${username}: ${status}`)
  }
  for (let i = 0; i < ATTEMPTS_PER_KIND; i++) {
    const { username } = accounts[i % accounts.length]!
    const turns = [async () => await timed(wrongCode, username), async () => await timed(unknownUser, `x${username}`)]
    for (const turn of i % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  return { wrongCode, unknownUser }
}

function report (overHttp: Measurement, alone: Measurement, statements: number, { wrongCode, unknownUser }: RejectionTimes): boolean {
  printMeasurement(`redeeming over HTTP, ${WORKER_COUNT} at once`, overHttp)
  printMeasurement(`its ${statements} statements alone, by pgbench`, alone)
  const share = rate(overHttp) / rate(alone)
  const difference = Math.abs(mean(wrongCode) / mean(unknownUser) - 1)
  process.stdout.write(`p95 over HTTP is ${(percentile(overHttp.times, 95) / percentile(alone.times, 95)).toFixed(1)} times that of the statements alone\n`)
  process.stdout.write(`not accepted, mean of ${ATTEMPTS_PER_KIND} each: ${mean(wrongCode).toFixed(3)} ms for a wrong code, ${mean(unknownUser).toFixed(3)} ms for an unknown user name\n`)
  return [
    reportLimit('rate beside the same SQL', share.toFixed(2), `${MIN_SHARE} or more`, share >= MIN_SHARE),
    reportLimit('difference of the means', `${(difference * 100).toFixed(1)} %`, `${MAX_DIFFERENCE * 100} %`, difference <= MAX_DIFFERENCE),
  ].every(Boolean)
}

withTemporaryDatabase(run).then(isHeld => { process.exitCode = isHeld ? 0 : 1 }, (error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
