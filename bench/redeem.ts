/**
 * Codes come back: identity systems redeem over HTTP, as many at once as there are workers, on PostgreSQL. In the
 * same run pgbench sends the very statements that a redemption was seen to send, and tries that are not accepted are
 * held against each other: a wrong code of a known user name, and an unknown user name. Prints what it measured beside
 * the limits. Makes its own database and drops it.
 */
import { execFileSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { builtInDirectory } from '../src/accounts/built-in-directory.js'
import { connect, type Connection } from '../src/database/connect.js'
import { migrate } from '../src/database/migrate.js'
import { metropolia } from '../src/institution/metropolia.js'
import { redeem } from '../src/redemptions/redeem.js'
import { identitySystem } from '../src/redemptions/redeemer.js'
import { loadReferenceData } from '../src/reference-data.js'
import { activationCode, type ActivationCode } from '../src/slips/activation-code.js'
import { codeHmac, codeKeyRing } from '../src/slips/code-hmac.js'
import { slipNumber } from '../src/slips/slip-number.js'
import { createToken, findIdentitySystem } from '../src/staff/api-tokens.js'
import { loadDemoStaff } from '../src/staff/demo-staff.js'
import { allAtOnce, held, mean, percentile, print, rate, type Measured } from './measured.js'
import { startServer } from './server.js'

const leastShare = 0.4
const mostDifference = 0.05
const workers = 8
const redemptions = 2000
const warmUp = 400
const triesEach = 2000
/** Below five, after which an account waits. */
const triesAnAccount = 4
const triedAccounts = triesEach / triesAnAccount
const port = 3800 + Math.floor(Math.random() * 90)
const server = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const codeKey = randomBytes(32)
const keys = codeKeyRing([codeKey])
const now = () => new Date()

interface Issued { readonly username: string, readonly code: ActivationCode }

async function run (): Promise<boolean> {
  const name = `slipdesk_bench_${randomBytes(4).toString('hex')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const connection = await connect({ url, poolSize: 2 })
  let child: ChildProcess | undefined
  try {
    const { issued, token } = await fill(connection)
    const statements = await statementsOfOne(connection, issued.pop()!, token)
    const forBench = issued.splice(0, redemptions)
    const alone = runPgbench(url, statements)
    child = await startServer(url, port, codeKey)
    await allAtOnce(issued.splice(0, warmUp), workers, async one => await redeemOnce(token, one))
    const overHttp = await allAtOnce(forBench, workers, async one => await redeemOnce(token, one))
    const tried = issued.splice(0, triedAccounts)
    const times = await tryInVain(token, tried)
    return report(overHttp, alone, statements.length, times)
  } finally {
    child?.kill()
    await connection.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  }
}

/** Accounts and live slips, put straight into the tables. */
async function fill ({ db }: Connection): Promise<{ issued: Issued[], token: string }> {
  await migrate(db)
  await loadReferenceData(db, metropolia, now())
  await loadDemoStaff(db, now())
  const count = 1 + redemptions + warmUp + triedAccounts
  const pairs = Array.from({ length: count }, (_, i) => ({ username: `bench${i}`, code: activationCode(randomBytes), number: slipNumber(randomBytes) }))
  const { id: staff } = await db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()
  await sql`insert into accounts (username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select name, 'A ' || name, 'a ' || name, 'student', 'active', 'fi', now() from unnest(${pairs.map(({ username }) => username)}::text[]) as name`.execute(db)
  // The same again for pgbench, whose slips are known by numbers that it can count.
  await sql`insert into accounts (id, username, display_name, folded_name, affiliation, status, preferred_language, updated_at)
    select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, n::text, 'P ' || n, 'p ' || n, 'student', 'active', 'fi', now()
    from generate_series(100000, ${100_000 + workers * 1000 - 1}::int) as n`.execute(db)
  await sql`insert into slips (number, account_id, channel, state, code_hmac, code_key_id, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select number, accounts.id, 'counter', 'handed-over', hmac, ${keys.current.id}, 'fi', now(), ${staff}::uuid, 'helpdesk-karamalmi', now() + interval '7 days', now() + interval '45 days'
    from unnest(${pairs.map(({ username }) => username)}::text[], ${pairs.map(({ number }) => number)}::text[], ${pairs.map(({ code }) => codeHmac(code, keys).hmac)}::bytea[]) as pair (username, number, hmac)
    join accounts using (username)`.execute(db)
  const theirs = Array.from({ length: workers * 1000 }, () => slipNumber(randomBytes))
  await sql`insert into slips (id, number, account_id, channel, state, code_hmac, code_key_id, language, issued_at, issued_by, service_point_id, expires_at, ceiling_at)
    select ('00000000-0000-4000-9001-' || lpad((99999 + i)::text, 12, '0'))::uuid, number, ('00000000-0000-4000-9000-' || lpad((99999 + i)::text, 12, '0'))::uuid,
      'counter', 'handed-over', ${randomBytes(32)}, 'bench', 'fi', now(), ${staff}::uuid, 'helpdesk-karamalmi', now() + interval '7 days', now() + interval '45 days'
    from unnest(${theirs}::text[]) with ordinality as theirs (number, i)`.execute(db)
  await sql`vacuum analyze`.execute(db)
  return { issued: pairs, token: await createToken({ db, now }, 'bench', randomBytes) }
}

interface Statement { readonly text: string, readonly values: readonly unknown[] }

/** What one redemption says to the database, in order: seen, not written down, so that it cannot differ. */
async function statementsOfOne ({ db, pool }: Connection, { username, code }: Issued, token: string): Promise<string[]> {
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
    const system = (await findIdentitySystem({ db, now }, token))!
    const deps = { db, profile: metropolia, codeKeys: keys, directory: builtInDirectory(db, now), logger: { warn: () => {} }, now }
    if (await redeem(deps, identitySystem(system), { username, code }) === undefined) throw new Error('not redeemed')
  } finally {
    Object.assign(proto, { query: original })
  }
  const { id: account } = await db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow()
  const { id: slip } = await db.selectFrom('slips').select('id').where('account_id', '=', account).executeTakeFirstOrThrow()
  const { id: reservation } = await db.selectFrom('redemptions').select('id').where('slip_id', '=', slip).executeTakeFirstOrThrow()
  // A token's use is noted once a minute, not at every redemption.
  return seen.filter(({ text }) => !text.startsWith('update "api_tokens"')).map(statement => forPgbench(statement, { username, account, slip, reservation }))
}

/** The statement with what belongs to this redemption left open, and everything else as it was. */
function forPgbench ({ text, values }: Statement, own: Readonly<Record<'username' | 'account' | 'slip' | 'reservation', string>>): string {
  const counted = (block: string) => `('00000000-0000-4000-${block}-' || lpad((:n)::text, 12, '0'))::uuid`
  const filled = text.replaceAll(/\$(\d+)/g, (_, index) => {
    const value = values[Number(index) - 1]
    if (value === own.username) return '(:n)::text'
    if (value === own.account) return counted('9000')
    if (value === own.slip) return counted('9001')
    if (value === own.reservation) return ':reservation::uuid'
    if (index === '1' && text.startsWith('insert into "audit_events"')) return 'gen_random_uuid()'
    return literal(value)
  })
  if (!text.startsWith('insert into "redemptions"')) return `${filled};`
  return `${filled.replace('returning "id"', 'returning "id" as reservation')} \\gset`
}

function literal (value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof Date) return `'${value.toISOString()}'::timestamptz`
  if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'::bytea`
  const text = String(value)
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text) && !text.startsWith('00000000')) return `'${text}'::uuid`
  // pgbench takes a colon before a word for a variable of its own.
  return typeof value === 'number' ? text : `'${text.replaceAll("'", "''").replaceAll(/:(?=\w)/g, "' || chr(58) || '")}'`
}

/** The statements, by as many clients; each redeems slips of its own, which it counts through. */
function runPgbench (url: string, statements: readonly string[]): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'slipdesk-bench-'))
  try {
    const script = join(folder, 'redeem.sql')
    writeFileSync(script, ['\\set n 100000 + :client_id * 1000 + :i', '\\set i :i + 1', ...statements, ''].join('\n'))
    const each = redemptions / workers
    const began = performance.now()
    execFileSync('pgbench', ['-n', '-M', 'extended', '-D', 'i=0', '-c', String(workers), '-j', '2', '-t', String(each), '-f', script, '-l', '--log-prefix', join(folder, 'log'), url], { stdio: ['ignore', 'pipe', 'pipe'] })
    const seconds = (performance.now() - began) / 1000
    const times = readdirSync(folder).filter(name => name.startsWith('log')).flatMap(name =>
      readFileSync(join(folder, name), 'utf8').trim().split('\n').map(line => Number(line.split(' ')[2]) / 1000))
    if (times.length !== redemptions) throw new Error(`pgbench made ${times.length} of ${redemptions} redemptions`)
    return { times, seconds }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Connections that stay open, as an identity system keeps them. */
const connections = new Agent({ keepAlive: true, maxSockets: workers })

async function send (token: string, username: string, code: ActivationCode): Promise<number> {
  const asking = request({
    host: '127.0.0.1', port, path: '/api/v1/redemptions', method: 'POST', agent: connections, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  asking.end(JSON.stringify({ username, code: code.reveal() }))
  const [answer] = await once(asking, 'response') as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode!
}

async function redeemOnce (token: string, { username, code }: Issued): Promise<void> {
  const status = await send(token, username, code)
  if (status !== 200) throw new Error(`${username}: ${status}`)
}

interface InVain { readonly wrongCode: readonly number[], readonly unknownUser: readonly number[] }

/** One after the other and by turns, so that whatever else the machine does meets both alike. */
async function tryInVain (token: string, accounts: readonly Issued[]): Promise<InVain> {
  const wrongCode: number[] = []
  const unknownUser: number[] = []
  const timed = async (times: number[], username: string) => {
    const code = activationCode(randomBytes)
    const began = performance.now()
    const status = await send(token, username, code)
    times.push(performance.now() - began)
    if (status !== 422) throw new Error(`${username}: ${status}`)
  }
  for (let i = 0; i < triesEach; i++) {
    const { username } = accounts[i % accounts.length]!
    const turns = [async () => await timed(wrongCode, username), async () => await timed(unknownUser, `x${username}`)]
    for (const turn of i % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  return { wrongCode, unknownUser }
}

function report (overHttp: Measured, alone: Measured, statements: number, { wrongCode, unknownUser }: InVain): boolean {
  print(`redeeming over HTTP, ${workers} at once`, overHttp)
  print(`its ${statements} statements alone, by pgbench`, alone)
  const share = rate(overHttp) / rate(alone)
  const difference = Math.abs(mean(wrongCode) / mean(unknownUser) - 1)
  process.stdout.write(`p95 over HTTP is ${(percentile(overHttp.times, 95) / percentile(alone.times, 95)).toFixed(1)} times that of the statements alone\n`)
  process.stdout.write(`not accepted, mean of ${triesEach} each: ${mean(wrongCode).toFixed(3)} ms for a wrong code, ${mean(unknownUser).toFixed(3)} ms for an unknown user name\n`)
  return [
    held('rate beside the same SQL', share.toFixed(2), `${leastShare} or more`, share >= leastShare),
    held('difference of the means', `${(difference * 100).toFixed(1)} %`, `${mostDifference * 100} %`, difference <= mostDifference),
  ].every(Boolean)
}

run().then(isHeld => { process.exitCode = isHeld ? 0 : 1 }, (error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`)
  process.exitCode = 1
})
