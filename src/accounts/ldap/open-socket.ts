/** A connection to one server of the directory, encrypted and its certificate verified where the settings say so. */
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import tls from 'node:tls'
import { Client } from 'ldapts'
import type { LdapServer } from './servers.js'
import type { LdapSettings } from './settings.js'

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
