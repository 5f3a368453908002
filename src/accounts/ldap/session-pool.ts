/** A few sessions with the directory: one task at a time on each, a fresh one after a fault, another server where one is away. */
import type { Client } from 'ldapts'
import { DirectoryError } from '../directory.js'
import { isRetryable, toDirectoryError } from './errors.js'
import { type LdapSession, NoServerAvailableError, openSession } from './session.js'
import type { LdapServer, LdapSettings } from './settings.js'

const MAX_SESSIONS = 5
/** More would wait longer than anybody who stands at a counter. */
const MAX_WAITING_TASKS = 50
/** Firewalls forget connections that say nothing. Milliseconds. */
const MAX_IDLE_MS = 60_000
/** A server that did not answer is asked last for as long. Milliseconds. */
const SERVER_COOLDOWN_MS = 30_000

export class SessionPool {
  readonly #settings: LdapSettings
  readonly #now: () => Date
  readonly #idle: LdapSession[] = []
  readonly #waiting: Array<{ begin: () => void, giveUp: (fault: DirectoryError) => void }> = []
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
   * @throws {DirectoryError}
   */
  async use<T> (task: (client: Client, session: LdapSession) => Promise<T>): Promise<T> {
    await this.#takeTurn()
    try {
      return await this.#attempt(task, this.#takeIdle()).catch(async (error: unknown) => {
        if (!isRetryable(error)) throw error
        return await this.#attempt(task, undefined)
      })
    } catch (error) {
      const fault = toDirectoryError(error)
      // Whoever waits would wait for the same, one after the other.
      if (error instanceof NoServerAvailableError || isRetryable(error)) for (const { giveUp } of this.#waiting.splice(0)) giveUp(fault)
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
    for (const session of this.#idle.splice(0)) session.close()
  }

  async #attempt<T> (task: (client: Client, session: LdapSession) => Promise<T>, idle: LdapSession | undefined): Promise<T> {
    const session = idle ?? await openSession(this.#serversInOrder(), this.#settings, server => this.#mistrust(server))
    try {
      session.resetResponseSize()
      const result = await task(session.client, session)
      this.#giveBack(session)
      return result
    } catch (error) {
      if (isRetryable(error)) {
        this.#mistrust(session.server)
        session.destroy()
      } else {
        this.#giveBack(session)
      }
      throw error
    }
  }

  async #takeTurn (): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING_TASKS) throw new DirectoryError('away', 'too many wait for the directory')
    if (this.#busy < MAX_SESSIONS) this.#busy++
    else await new Promise<void>((resolve, reject) => { this.#waiting.push({ begin: resolve, giveUp: reject }) })
  }

  #takeIdle (): LdapSession | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.isAlive && this.#now().getTime() - session.idleSince.getTime() < MAX_IDLE_MS) return session
      session.close()
    }
    return undefined
  }

  #giveBack (session: LdapSession): void {
    session.idleSince = this.#now()
    if (this.#closed || !session.isAlive) session.close()
    else this.#idle.push(session)
  }

  #mistrust (server: LdapServer): void {
    this.#failedAt.set(server, this.#now().getTime())
  }

  #serversInOrder (): LdapServer[] {
    const failedLately = (server: LdapServer) => this.#now().getTime() - (this.#failedAt.get(server) ?? -Infinity) < SERVER_COOLDOWN_MS
    return this.#settings.servers.toSorted((one, other) => Number(failedLately(one)) - Number(failedLately(other)))
  }
}
