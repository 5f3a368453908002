/** Creates a database for a benchmark and drops it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
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

// The server in its own process, as an operator starts it, for benchmarks over HTTP.

const createKey = () => randomBytes(32).toString('base64')

/**
 * Starts the server and waits until it listens.
 * @param codeKey given when the benchmark creates codes itself
 * @throws when it exits instead; its error message is on stderr
 */
export async function startServer (url: string, port: number, codeKey?: Buffer): Promise<ChildProcess> {
  const child = spawn(process.execPath, [new URL('../src/server.js', import.meta.url).pathname], {
    env: { ...process.env, DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'warn', CODE_KEY: codeKey?.toString('base64') ?? createKey(), SESSION_KEY: createKey(), LOG_KEY: createKey() },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`The server ended with ${String(code)}`) })
  await Promise.race([once(child.stdout!, 'data'), ended])
  ended.catch(() => {})
  return child
}
