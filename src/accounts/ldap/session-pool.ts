/** A pool of LDAP sessions. It opens a new session after an error, and uses another server when one is unavailable. */
import type { Client } from 'ldapts'
import { DirectoryError } from '../directory.js'
import { isRetryable, toDirectoryError } from './errors.js'
import { type LdapSession, NoServerAvailableError, openSession } from './session.js'
import type { LdapServer, LdapSettings } from './settings.js'

const MAX_SESSIONS = 5
/** With more waiting tasks, a person at the service desk would wait too long. */
const MAX_WAITING_TASKS = 50
/** Firewalls drop idle connections (milliseconds). */
const MAX_IDLE_MS = 60_000
/** How long a server that did not answer is tried last (milliseconds). */
const SERVER_COOLDOWN_MS = 30_000

export class SessionPool {
  readonly #settings: LdapSettings
  readonly #now: () => Date
  readonly #idle: LdapSession[] = []
  readonly #waiting: Array<{ begin: () => void, reject: (error: DirectoryError) => void }> = []
  readonly #failedAt = new Map<LdapServer, number>()
  #busy = 0
  #closed = false

  constructor (settings: LdapSettings, now: () => Date) {
    this.#settings = settings
    this.#now = now
  }

  /**
   * Runs a task on a session. If the connection fails, the task is repeated once on a new one, so it must be safe to run
   * twice.
   * @throws {DirectoryError}
   */
  async use<T> (task: (client: Client, session: LdapSession) => Promise<T>): Promise<T> {
    await this.#acquireSlot()
    try {
      return await this.#attempt(task, this.#takeIdle()).catch(async (error: unknown) => {
        if (!isRetryable(error)) throw error
        return await this.#attempt(task, undefined)
      })
    } catch (error) {
      const fault = toDirectoryError(error)
      // The waiting tasks would all fail in the same way, one after the other.
      if (error instanceof NoServerAvailableError || isRetryable(error)) for (const { reject } of this.#waiting.splice(0)) reject(fault)
      throw fault
    } finally {
      // Hands the slot over directly, so that a new task cannot take it in between.
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
    const session = idle ?? await openSession(this.#sortServers(), this.#settings, server => this.#markFailed(server))
    try {
      session.resetResponseSize()
      const result = await task(session.client, session)
      this.#release(session)
      return result
    } catch (error) {
      if (isRetryable(error)) {
        this.#markFailed(session.server)
        session.destroy()
      } else {
        this.#release(session)
      }
      throw error
    }
  }

  async #acquireSlot (): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING_TASKS) throw new DirectoryError('away', 'too many tasks are waiting for the directory')
    if (this.#busy < MAX_SESSIONS) this.#busy++
    else await new Promise<void>((resolve, reject) => { this.#waiting.push({ begin: resolve, reject }) })
  }

  #takeIdle (): LdapSession | undefined {
    for (let session = this.#idle.pop(); session !== undefined; session = this.#idle.pop()) {
      if (session.isAlive && this.#now().getTime() - session.idleSince.getTime() < MAX_IDLE_MS) return session
      session.close()
    }
    return undefined
  }

  #release (session: LdapSession): void {
    session.idleSince = this.#now()
    if (this.#closed || !session.isAlive) session.close()
    else this.#idle.push(session)
  }

  #markFailed (server: LdapServer): void {
    this.#failedAt.set(server, this.#now().getTime())
  }

  #sortServers (): LdapServer[] {
    const hasFailedRecently = (server: LdapServer) => this.#now().getTime() - (this.#failedAt.get(server) ?? -Infinity) < SERVER_COOLDOWN_MS
    return this.#settings.servers.toSorted((a, b) => Number(hasFailedRecently(a)) - Number(hasFailedRecently(b)))
  }
}
