/** A database for a benchmark, dropped after it. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

const serverUrl = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

export async function withTemporaryDatabase<T> (work: (url: string) => Promise<T>): Promise<T> {
  const name = `slipdesk_bench_${randomBytes(4).toString('hex')}`
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  try {
    return await work(Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href)
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.end()
  }
}
