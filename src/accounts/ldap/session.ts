/** One connection to the directory on which we have been let in. */
import type { Socket } from 'node:net'
import type { Client } from 'ldapts'
import { DirectoryError } from '../directory.js'
import { describeError } from './faults.js'
import { createClientOverSocket, openSocket } from './open-socket.js'
import type { LdapServer } from './servers.js'
import type { LdapSettings } from './settings.js'

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
