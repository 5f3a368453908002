/** A few sessions with the directory: one task at a time on each, a fresh one after a fault, another server where one is away. */
import type { Client } from 'ldapts'
import { DirectoryFault } from '../directory.js'
import { asFault, mayPassElsewhere } from './faults.js'
import type { LdapServer } from './servers.js'
import { NobodyAnswers, openSession, type Session } from './session.js'
import type { LdapSettings } from './settings.js'

const mostSessions = 5
/** More would wait longer than anybody who stands at a counter. */
const mostWaiting = 50
/** Firewalls forget connections that say nothing. Milliseconds. */
const longestIdle = 60_000
/** A server that did not answer is asked last for as long. Milliseconds. */
const mistrust = 30_000

export class SessionPool {
  readonly #settings: LdapSettings
  readonly #now: () => Date
  readonly #idle: Session[] = []
  readonly #waiting: Array<{ begin: () => void, giveUp: (fault: DirectoryFault) => void }> = []
  readonly #failedAt = new Map<LdapServer, number>()
  #busy = 0
  #closed = false

  constructor (settings: LdapSettings, now: () => Date) {
    this.#settings = settings
    this.#now = now
  }

  /**
   * Runs a task on a session of its own. Where the connection fails, the task is begun once more on a fresh one,
   * so give only such as may be done twice.
   * @throws {DirectoryFault}
   */
  async use<T> (task: (client: Client, session: Session) => Promise<T>): Promise<T> {
    await this.#takeTurn()
    try {
      return await this.#attempt(task, this.#takeIdle()).catch(async (error: unknown) => {
        if (!mayPassElsewhere(error)) throw error
        return await this.#attempt(task, undefined)
      })
    } catch (error) {
      const fault = asFault(error)
      // Whoever waits would wait for the same, one after the other.
      if (error instanceof NobodyAnswers || mayPassElsewhere(error)) for (const { giveUp } of this.#waiting.splice(0)) giveUp(fault)
      throw fault
    } finally {
      // The turn is handed over, so that no newcomer takes it in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy--
      else next.begin()
    }
  }

  close (): void {
    this.#closed = true
    for (const session of this.#idle.splice(0)) session.end()
  }

  async #attempt<T> (task: (client: Client, session: Session) => Promise<T>, idle: Session | undefined): Promise<T> {
    const session = idle ?? await openSession(this.#serversInOrder(), this.#settings, server => this.#mistrust(server))
    try {
      session.beginAnswer()
      const result = await task(session.client, session)
      this.#giveBack(session)
      return result
    } catch (error) {
      if (mayPassElsewhere(error)) {
        this.#mistrust(session.server)
        session.abandon()
      } else {
        this.#giveBack(session)
      }
      throw error
    }
  }

  async #takeTurn (): Promise<void> {
    if (this.#waiting.length >= mostWaiting) throw new DirectoryFault('away', 'too many wait for the directory')
    if (this.#busy < mostSessions) this.#busy++
    else await new Promise<void>((resolve, reject) => { this.#waiting.push({ begin: resolve, giveUp: reject }) })
  }

  #takeIdle (): Session | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.alive && this.#now().getTime() - session.freeSince.getTime() < longestIdle) return session
      session.end()
    }
    return undefined
  }

  #giveBack (session: Session): void {
    session.freeSince = this.#now()
    if (this.#closed || !session.alive) session.end()
    else this.#idle.push(session)
  }

  #mistrust (server: LdapServer): void {
    this.#failedAt.set(server, this.#now().getTime())
  }

  #serversInOrder (): LdapServer[] {
    const failedLately = (server: LdapServer) => this.#now().getTime() - (this.#failedAt.get(server) ?? -Infinity) < mistrust
    return this.#settings.servers.toSorted((one, other) => Number(failedLately(one)) - Number(failedLately(other)))
  }
}
