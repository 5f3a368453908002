/** Counts the outcomes of a bulk operation and appends them to the log, in events that refer to the first of them. */
import type { Transaction } from 'kysely'
import { type Actor, appendEvent, type EventKind } from './events.js'
import type { Database } from '../database/schema.js'

/** Advisory lock for bulk writes: two at the same time could give one student number to two accounts. */
export const BULK_ACCOUNT_LOCK_KEY = 7_548_001

/** The event that each batch appends. By default the system acts. */
interface BatchEvent { readonly kind: EventKind, readonly actor?: Actor, readonly texts?: Readonly<Record<string, string>> }

export class BatchCounter<Outcome extends string> {
  readonly totals: Record<Outcome, number>
  readonly #event: BatchEvent
  /** The totals that events have recorded so far. */
  #recorded: Record<Outcome, number>
  #firstEvent: string | undefined

  /** @param zeroCounts every outcome with the count 0 */
  constructor (zeroCounts: Record<Outcome, number>, event: BatchEvent) {
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
    const event = await appendEvent(trx, { actor: 'system', ...this.#event, at, facts })
    this.#firstEvent ??= event
  }
}
