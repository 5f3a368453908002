/** Counts what became of many accounts, and tells it in audit events that name their first. */
import type { Transaction } from 'kysely'
import { appendEvent, type EventKind } from './events.js'
import type { Database } from '../database/schema.js'

/** Two at once could give one student number to two accounts: whoever writes many takes this lock. */
export const BULK_ACCOUNT_LOCK_KEY = 7_548_001

export class BatchCounter<Word extends string> {
  readonly totals: Record<Word, number>
  readonly #event: { readonly kind: EventKind, readonly texts?: Readonly<Record<string, string>> }
  /** What the audit events have told so far. */
  #told: Record<Word, number>
  #firstEvent: string | undefined

  /** @param none of every word, the number 0 */
  constructor (none: Record<Word, number>, event: { kind: EventKind, texts?: Readonly<Record<string, string>> }) {
    this.totals = { ...none }
    this.#told = { ...none }
    this.#event = event
  }

  /** Appends an event with the counts since the one before. */
  async appendCounts (trx: Transaction<Database>, at: Date, complete: boolean): Promise<void> {
    const words = Object.keys(this.totals) as Word[]
    const since = Object.fromEntries(words.map(word => [word, this.totals[word] - this.#told[word]]))
    this.#told = { ...this.totals }
    const facts = { ...since, complete, ...(this.#firstEvent === undefined ? {} : { continues: this.#firstEvent }) }
    const event = await appendEvent(trx, { ...this.#event, at, actor: 'system', facts })
    this.#firstEvent ??= event
  }
}
