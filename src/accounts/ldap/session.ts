/** One connection to the directory on which we have been let in. */
import type { Socket } from 'node:net'
import type { Client } from 'ldapts'
import { DirectoryFault } from '../directory.js'
import { reasonOf } from './faults.js'
import { clientOver, openSocket } from './open-socket.js'
import type { LdapServer } from './servers.js'
import type { LdapSettings } from './settings.js'

/** No answer that we ask for comes near it. Bytes. */
const largestAnswer = 64 * 1024 * 1024

export class Session {
  readonly server: LdapServer
  readonly client: Client
  /** When it was last given back. */
  freeSince = new Date(0)
  readonly #socket: Socket
  #received = 0

  private constructor (server: LdapServer, socket: Socket, client: Client) {
    this.server = server
    this.client = client
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      if (this.#received > largestAnswer) socket.destroy(new Error('The directory sends without end.'))
    })
  }

  /** @throws when the server cannot be reached in time, cannot be trusted, or does not let us in */
  static async open (server: LdapServer, settings: LdapSettings): Promise<Session> {
    const socket = await openSocket(server, settings)
    const session = new Session(server, socket, clientOver(socket, settings))
    try {
      await session.client.bind(settings.bindDn, settings.bindPassword.reveal())
      return session
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** As far as can be told before something is asked. */
  get alive (): boolean {
    return this.client.isBound && this.#socket.writable
  }

  /** The next answer is measured by itself. */
  beginAnswer (): void {
    this.#received = 0
  }

  /** Takes leave, where anybody is there to hear it. */
  end (): void {
    if (!this.alive) return this.abandon()
    this.client.unbind().catch(() => {}).finally(() => this.abandon())
  }

  abandon (): void {
    this.#socket.destroy()
  }
}

/** No server let us in. */
export class NobodyAnswers extends DirectoryFault {}

/**
 * A session with the first server that lets us in.
 * @param failed is told of each that does not
 * @throws {NobodyAnswers} `away`, saying of each server what is wrong with it
 */
export async function openSession (servers: readonly LdapServer[], settings: LdapSettings, failed: (server: LdapServer) => void = () => {}): Promise<Session> {
  const faults: string[] = []
  for (const server of servers) {
    try {
      return await Session.open(server, settings)
    } catch (error) {
      failed(server)
      faults.push(`${server.host}:${server.port}: ${reasonOf(error)}`)
    }
  }
  throw new NobodyAnswers('away', faults.join('; '))
}
