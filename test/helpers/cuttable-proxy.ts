/** A TCP proxy that tests can cut and restore, to simulate an unavailable server. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export interface CuttableProxy {
  /** The target's address through the proxy. */
  readonly url: string
  /** Breaks every connection and refuses new ones. */
  cut (): Promise<void>
  restore (): Promise<void>
}

/** Starts the proxy. @param target the address to forward to, such as a PostgreSQL address */
export async function startCuttableProxy (t: Test, target: string): Promise<CuttableProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(port || 5432), hostname)
    for (const [one, other] of [[near, far], [far, near]] as const) {
      open.add(one)
      one.on('error', () => {}).on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  async function cut (): Promise<void> {
    if (!server.listening) return
    server.close()
    for (const socket of open) socket.destroy()
    await once(server, 'close')
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: ownPort } = server.address() as { port: number }
  t.teardown(cut)
  const url = new URL(target)
  url.host = `127.0.0.1:${ownPort}`
  return {
    url: url.href,
    cut,
    restore: async () => {
      server.listen(ownPort, '127.0.0.1')
      await once(server, 'listening')
    },
  }
}
