/** A database of delivery records for a benchmark: made, and dropped at the end unless it is to be kept (`--keep`). */
import pg from 'pg'
import { connect, type Connection } from '../src/database/connect.js'
import { insertRecords } from './records-data.js'

const serverUrl = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const shouldKeepDatabase = process.argv.includes('--keep')

export const printLine = (line: string) => { process.stdout.write(`${line}\n`) }

/** @param of how many records; a kept database of as many is used again */
export async function withRecordsDatabase (of: number, run: (connection: Connection, url: string) => Promise<void>): Promise<void> {
  const name = `slipdesk_bench_records_${of}`
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  const isMade = shouldKeepDatabase && (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1
  if (!isMade) {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.query(`create database ${name}`)
    const patient = await connect({ url, hasNoTimeouts: true })
    await insertRecords(patient.db, of, printLine)
    await patient.close()
  }
  const connection = await connect({ url })
  try {
    await run(connection, url)
  } finally {
    await connection.close()
    if (!shouldKeepDatabase) await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}

/** The value below which so large a share of them lies. */
export function quantile (times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
