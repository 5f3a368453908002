/** One authenticated connection to the directory. */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import { Client } from 'ldapts'
import { DirectoryError } from '../directory.js'
import { describeError } from './errors.js'
import type { LdapServer, LdapSettings } from './settings.js'

/** Far more than any expected response. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024

export class LdapSession {
  readonly server: LdapServer
  readonly client: Client
  /** When it was last released to the pool. */
  idleSince = new Date(0)
  readonly #socket: Socket
  #received = 0

  private constructor (server: LdapServer, socket: Socket, client: Client) {
    this.server = server
    this.client = client
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      if (this.#received > MAX_RESPONSE_BYTES) socket.destroy(new Error('The directory sends an endless response.'))
    })
  }

  /** Opens a session. @throws when the server cannot be reached in time, is not trusted, or rejects the credentials */
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

  /** Whether the session looks usable, as far as known without a request. */
  get isAlive (): boolean {
    return this.client.isBound && this.#socket.writable
  }

  /** Restarts the size limit for the next response. */
  resetResponseSize (): void {
    this.#received = 0
  }

  /** Unbinds, if the connection is still open, and closes it. */
  close (): void {
    if (!this.isAlive) return this.destroy()
    this.client.unbind().catch(() => {}).finally(() => this.destroy())
  }

  destroy (): void {
    this.#socket.destroy()
  }
}

/** No server accepted a session. */
export class NoServerAvailableError extends DirectoryError {}

/**
 * Opens a session with the first server that accepts one.
 * @param onFailure called for each server that fails
 * @throws {NoServerAvailableError} `away`, with the error of each server
 */
export async function openSession (servers: readonly LdapServer[], settings: LdapSettings, onFailure: (server: LdapServer) => void = () => {}): Promise<LdapSession> {
  const faults: string[] = []
  for (const server of servers) {
    try {
      return await LdapSession.open(server, settings)
    } catch (error) {
      onFailure(server)
      faults.push(`${server.host}:${server.port}: ${describeError(error)}`)
    }
  }
  throw new NoServerAvailableError('away', faults.join('; '))
}

type SocketOptions = Pick<LdapSettings, 'ca' | 'timeout'>

const START_TLS_OID = '1.3.6.1.4.1.1466.20037'

/** Opens a connection, encrypted and verified as configured. @throws when there is no trusted connection in time */
async function openSocket (server: LdapServer, trust: SocketOptions): Promise<Socket> {
  const { host, port } = server
  if (server.security === 'ldaps') return await waitForConnection(tls.connect({ port, ...buildTlsOptions(server, trust) }), 'secureConnect', trust)
  const plain = await waitForConnection(connect({ host, port }), 'connect', trust)
  return server.security === 'none' ? plain : await startTls(plain, server, trust)
}

/**
 * Encrypts a plain connection (RFC 4511 §4.14). The client that sent the request is discarded, together with anything
 * that an attacker injected unencrypted after the response.
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

/** Builds the TLS options. NODE_TLS_REJECT_UNAUTHORIZED cannot disable the verification. */
function buildTlsOptions ({ host }: LdapServer, { ca }: SocketOptions): tls.ConnectionOptions {
  return { host, ...isIP(host) === 0 && { servername: host }, ...ca !== undefined && { ca }, rejectUnauthorized: true, minVersion: 'TLSv1.2' }
}

async function waitForConnection<S extends Socket> (socket: S, event: string, { timeout }: SocketOptions): Promise<S> {
  // `once` reports an error to the caller and then stops listening. Without a listener, a later error would end the process.
  socket.on('error', () => {})
  try {
    await once(socket, event, { signal: AbortSignal.timeout(timeout) })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Creates a client for this connection only. ldapts would silently open another one, unencrypted and unauthenticated. */
function createClientOverSocket (socket: Socket, { timeout }: Pick<LdapSettings, 'timeout'>): Client {
  let isUsed = false
  return new Client({
    url: 'ldap://directory',
    timeout,
    createConnection: () => {
      if (isUsed) throw new Error('The connection has ended.')
      isUsed = true
      return socket
    },
  })
}
