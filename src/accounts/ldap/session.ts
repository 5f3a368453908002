/** One connection to the directory on which we have been let in. */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import { Client } from 'ldapts'
import { DirectoryError } from '../directory.js'
import { describeError } from './errors.js'
import type { LdapServer, LdapSettings } from './settings.js'

/** No answer that we ask for comes near it. Bytes. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024

export class LdapSession {
  readonly server: LdapServer
  readonly client: Client
  /** When it was last given back. */
  idleSince = new Date(0)
  readonly #socket: Socket
  #received = 0

  private constructor (server: LdapServer, socket: Socket, client: Client) {
    this.server = server
    this.client = client
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      if (this.#received > MAX_RESPONSE_BYTES) socket.destroy(new Error('The directory sends without end.'))
    })
  }

  /** @throws when the server cannot be reached in time, cannot be trusted, or does not let us in */
  static async open (server: LdapServer, settings: LdapSettings): Promise<LdapSession> {
    const socket = await openSocket(server, settings)
    const session = new LdapSession(server, socket, createClientOverSocket(socket, settings))
    try {
      await session.client.bind(settings.bindDn, settings.bindPassword.reveal())
      return session
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** As far as can be told before something is asked. */
  get isAlive (): boolean {
    return this.client.isBound && this.#socket.writable
  }

  /** The next answer is measured by itself. */
  resetResponseSize (): void {
    this.#received = 0
  }

  /** Takes leave, where anybody is there to hear it. */
  close (): void {
    if (!this.isAlive) return this.destroy()
    this.client.unbind().catch(() => {}).finally(() => this.destroy())
  }

  destroy (): void {
    this.#socket.destroy()
  }
}

/** No server let us in. */
export class NoServerAvailableError extends DirectoryError {}

/**
 * A session with the first server that lets us in.
 * @param failed is told of each that does not
 * @throws {NoServerAvailableError} `away`, saying of each server what is wrong with it
 */
export async function openSession (servers: readonly LdapServer[], settings: LdapSettings, failed: (server: LdapServer) => void = () => {}): Promise<LdapSession> {
  const faults: string[] = []
  for (const server of servers) {
    try {
      return await LdapSession.open(server, settings)
    } catch (error) {
      failed(server)
      faults.push(`${server.host}:${server.port}: ${describeError(error)}`)
    }
  }
  throw new NoServerAvailableError('away', faults.join('; '))
}

// A connection to one server of the directory, encrypted and its certificate verified where the settings say so.

type SocketOptions = Pick<LdapSettings, 'ca' | 'timeout'>

const START_TLS_OID = '1.3.6.1.4.1.1466.20037'

/** @throws when there is no connection, or none that can be trusted, in time */
export async function openSocket (server: LdapServer, trust: SocketOptions): Promise<Socket> {
  const { host, port } = server
  if (server.security === 'ldaps') return await waitForConnection(tls.connect({ port, ...buildTlsOptions(server, trust) }), 'secureConnect', trust)
  const plain = await waitForConnection(connect({ host, port }), 'connect', trust)
  return server.security === 'none' ? plain : await startTls(plain, server, trust)
}

/**
 * Encrypts a plain connection (RFC 4511 §4.14). The client that asked for it is left behind: whatever somebody
 * slipped in after the answer, still unencrypted, stays with that one.
 */
async function startTls (plain: Socket, server: LdapServer, trust: SocketOptions): Promise<Socket> {
  try {
    await createClientOverSocket(plain, trust).exop(START_TLS_OID)
    plain.removeAllListeners('data')
    return await waitForConnection(tls.connect({ socket: plain, ...buildTlsOptions(server, trust) }), 'secureConnect', trust)
  } catch (error) {
    plain.destroy()
    throw error
  }
}

/** Never by the environment's leave: NODE_TLS_REJECT_UNAUTHORIZED does not reach here. */
function buildTlsOptions ({ host }: LdapServer, { ca }: SocketOptions): tls.ConnectionOptions {
  return { host, ...isIP(host) === 0 && { servername: host }, ...ca !== undefined && { ca }, rejectUnauthorized: true, minVersion: 'TLSv1.2' }
}

async function waitForConnection<S extends Socket> (socket: S, event: string, { timeout }: SocketOptions): Promise<S> {
  // Whoever waits for an answer is told otherwise; without a listener an error would end the process.
  socket.on('error', () => {})
  try {
    await once(socket, event, { signal: AbortSignal.timeout(timeout) })
    return socket.on('error', () => {})
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw error
  }
}

/** A client of this connection alone: ldapts would open the next one in silence, neither encrypted nor let in. */
export function createClientOverSocket (socket: Socket, { timeout }: Pick<LdapSettings, 'timeout'>): Client {
  let given = false
  return new Client({
    url: 'ldap://directory',
    timeout,
    createConnection: () => {
      if (given) throw new Error('The connection has ended.')
      given = true
      return socket
    },
  })
}
