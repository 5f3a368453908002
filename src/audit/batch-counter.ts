/** Counts the outcomes of a bulk operation and appends them to the log, in events that refer to the first of them. */
import type { Transaction } from 'kysely'
import { appendEvent, type EventKind } from './events.js'
import type { Database } from '../database/schema.js'

/** Advisory lock for bulk writes: two at the same time could give one student number to two accounts. */
export const BULK_ACCOUNT_LOCK_KEY = 7_548_001

export class BatchCounter<Outcome extends string> {
  readonly totals: Record<Outcome, number>
  readonly #event: { readonly kind: EventKind, readonly texts?: Readonly<Record<string, string>> }
  /** The totals that events have recorded so far. */
  #recorded: Record<Outcome, number>
  #firstEvent: string | undefined

  /** @param zeroCounts every outcome with the count 0 */
  constructor (zeroCounts: Record<Outcome, number>, event: { kind: EventKind, texts?: Readonly<Record<string, string>> }) {
    this.totals = { ...zeroCounts }
    this.#recorded = { ...zeroCounts }
    this.#event = event
  }

  /** Appends an event with the counts since the previous event. */
  async appendCounts (trx: Transaction<Database>, at: Date, complete: boolean): Promise<void> {
    const outcomes = Object.keys(this.totals) as Outcome[]
    const since = Object.fromEntries(outcomes.map(outcome => [outcome, this.totals[outcome] - this.#recorded[outcome]]))
    this.#recorded = { ...this.totals }
    const facts = { ...since, complete, ...(this.#firstEvent === undefined ? {} : { continues: this.#firstEvent }) }
    const event = await appendEvent(trx, { ...this.#event, at, actor: 'system', facts })
    this.#firstEvent ??= event
  }
}
