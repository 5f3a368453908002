/** The server in a process of its own, as an operator starts it, for benchmarks over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

const createKey = () => randomBytes(32).toString('base64')

/**
 * Starts it and waits until it listens.
 * @param codeKey where the benchmark makes codes of its own
 * @throws when it ends instead; what it said of that stands on stderr
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
