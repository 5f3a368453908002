/**
 * Measures how fast the search answers in 10,000 and in 1,000,000 accounts on PostgreSQL.
 * Creates its own databases on DATABASE_URL and drops them; `--keep` leaves them for the next run.
 */
import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import { searchAccounts } from '../src/accounts/search.js'
import { type AccountDraft, upsertAccounts } from '../src/accounts/upsert-accounts.js'
import { connect } from '../src/database/connection.js'
import { migrate } from '../src/database/migrations.js'
import type { Database } from '../src/database/schema.js'
import { percentile } from './measurements.js'
import { createAccountDraft, createRandom, pick, queries, type Query } from './search-fixtures.js'

const sizes = [10_000, 1_000_000] as const
const limits = { p95: 50, growth: 1.5 }
const WARM_UP_ROUNDS = 5
const ROUND_COUNT = 60
const SERVER_URL = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const shouldKeepDatabase = process.argv.includes('--keep')
const printLine = (line: string) => { process.stdout.write(`${line}\n`) }

interface Directory {
  readonly size: number
  readonly db: Kysely<Database>
  readonly accounts: readonly AccountDraft[]
  readonly times: Map<string, number[]>
  close (): Promise<void>
}

async function openDirectory (admin: pg.Client, size: number): Promise<Directory> {
  const name = `slipdesk_bench_search_${size}`
  const isMade = shouldKeepDatabase && (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1
  if (!isMade) {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name}`)
  }
  const { db, close } = await connect({ url: Object.assign(new URL(SERVER_URL), { pathname: `/${name}` }).href })
  const accounts = isMade ? createAccounts(size) : await seedAccounts(db, size)
  return {
    size,
    db,
    accounts,
    times: new Map(Object.keys(queries).concat('next page').map(query => [query, []])),
    close: async () => {
      await close()
      if (!shouldKeepDatabase) await admin.query(`drop database ${name} with (force)`)
    },
  }
}

function createAccounts (size: number): AccountDraft[] {
  const random = createRandom(1)
  return Array.from({ length: size }, (_, index) => createAccountDraft(index, random))
}

async function seedAccounts (db: Kysely<Database>, size: number): Promise<AccountDraft[]> {
  const begun = performance.now()
  await migrate(db)
  const accounts = createAccounts(size)
  for (let start = 0; start < size; start += 5000) {
    await db.transaction().execute(async trx => {
      await sql`set local synchronous_commit = off`.execute(trx)
      await upsertAccounts(trx, accounts.slice(start, start + 5000), new Date('2026-11-19'))
    })
  }
  await sql`vacuum analyze`.execute(db)
  const seconds = (performance.now() - begun) / 1000
  printLine(`${size} accounts made in ${seconds.toFixed(1)} s, ${Math.round(size / seconds)} a second`)
  return accounts
}

/** Measures the sizes in turns, so that other load on the machine affects both alike. */
async function measure (directories: readonly Directory[]): Promise<void> {
  const random = createRandom(2)
  for (let round = -WARM_UP_ROUNDS; round < ROUND_COUNT; round++) {
    if (round === 0) directories.forEach(({ times }) => times.forEach(list => list.splice(0)))
    for (const [name, query] of Object.entries<Query>(queries)) {
      for (const directory of directories) await runQuery(directory, name, query(pick(directory.accounts, random), random), random() < 0.5)
    }
  }
}

/** Requests the first page and, if asked for and present, the second. */
async function runQuery ({ db, times }: Directory, name: string, q: string, goOn: boolean): Promise<void> {
  const next = await measureTime(times.get(name)!, async () => (await searchAccounts(db, { q, limit: 50 })).next)
  if (next !== undefined && goOn) await measureTime(times.get('next page')!, async () => await searchAccounts(db, { q, cursor: next, limit: 50 }))
}

async function measureTime<T> (times: number[], work: () => Promise<T>): Promise<T> {
  const begun = performance.now()
  const result = await work()
  times.push(performance.now() - begun)
  return result
}

function report ({ size, times }: Directory): number {
  printLine(`\n${`${size} accounts, ms`.padEnd(32)}${['p50', 'p95', 'p99'].map(head => head.padStart(9)).join('')}`)
  times.forEach((list, name) => printLine(formatRow(name, list)))
  const all = [...times.values()].flat()
  printLine(formatRow(`all ${all.length} queries`, all))
  return percentile(all, 95)
}

function formatRow (name: string, times: readonly number[]): string {
  return `${name.padEnd(32)}${[50, 95, 99].map(percent => percentile(times, percent).toFixed(1).padStart(9)).join('')}`
}

async function run (): Promise<void> {
  const admin = new pg.Client({ connectionString: SERVER_URL })
  await admin.connect()
  const directories: Directory[] = []
  try {
    for (const size of sizes) directories.push(await openDirectory(admin, size))
    await measure(directories)
  } finally {
    for (const directory of directories) await directory.close()
    await admin.end()
  }
  const [small, large] = directories.map(report) as [number, number]
  const growth = large / small
  printLine(`\np95 in ${sizes[1]} accounts: ${large.toFixed(1)} ms (limit ${limits.p95} ms)`)
  printLine(`growth of p95 from ${sizes[0]}: ${growth.toFixed(2)} times (limit ${limits.growth})`)
  if (large >= limits.p95 || growth >= limits.growth) process.exitCode = 1
}

await run()
