/** Counts what became of many accounts, and tells it in audit events that name their first. */
import type { Transaction } from 'kysely'
import { appendEvent, type EventKind } from '../audit/events.js'
import type { Database } from '../database/schema.js'

/** Two at once could give one student number to two accounts: whoever writes many takes this lock. */
export const manyAccountsLock = 7_548_001

export class Tally<Word extends string> {
  readonly total: Record<Word, number>
  readonly #event: { readonly kind: EventKind, readonly texts?: Readonly<Record<string, string>> }
  /** What the audit events have told so far. */
  #told: Record<Word, number>
  #firstEvent: string | undefined

  /** @param none of every word, the number 0 */
  constructor (none: Record<Word, number>, event: { kind: EventKind, texts?: Readonly<Record<string, string>> }) {
    this.total = { ...none }
    this.#told = { ...none }
    this.#event = event
  }

  /** Appends an event with the counts since the one before. */
  async tell (trx: Transaction<Database>, at: Date, complete: boolean): Promise<void> {
    const words = Object.keys(this.total) as Word[]
    const since = Object.fromEntries(words.map(word => [word, this.total[word] - this.#told[word]]))
    this.#told = { ...this.total }
    const facts = { ...since, complete, ...(this.#firstEvent === undefined ? {} : { continues: this.#firstEvent }) }
    const event = await appendEvent(trx, { ...this.#event, at, actor: 'system', facts })
    this.#firstEvent ??= event
  }
}
