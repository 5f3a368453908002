/** Limits and tracks the exports of this process. */
import { TooManyExports } from '../../institution/errors.js'

/** Four, so that a user can export every format at the same time. */
const MAX_EXPORTS_PER_USER = 4
/** Each export uses one of the ten database connections. */
const MAX_EXPORTS = 6

/** Counts the exports of this process. */
export class ExportLimiter {
  readonly #running = new Map<string, number>()

  /**
   * Reserves an export for a staff member.
   * @returns a function that ends the reservation; it can be called more than once
   * @throws {TooManyExports} when the limit of this staff member, or of everyone, is reached
   */
  acquire (staffId: string): () => void {
    const own = this.#running.get(staffId) ?? 0
    const all = [...this.#running.values()].reduce((sum, count) => sum + count, 0)
    if (own >= MAX_EXPORTS_PER_USER) throw new TooManyExports('own', MAX_EXPORTS_PER_USER)
    if (all >= MAX_EXPORTS) throw new TooManyExports('all', MAX_EXPORTS)
    this.#running.set(staffId, own + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#running.set(staffId, this.#running.get(staffId)! - 1)
    }
  }
}

// The progress of exports, for the page that started them. Other processes report `unknown`.

export interface ProgressState {
  readonly rows: number
  readonly of: number | null
  readonly state: 'running' | 'whole' | 'broken' | 'unknown'
}

/** Reports the progress of an export. */
export interface ProgressReporter {
  reportRows (rows: number, of: number): void
  reportEnd (whole: boolean): void
}

const MAX_TRACKED_EXPORTS = 100

export class ExportProgressStore {
  readonly #states = new Map<string, ProgressState>()

  /** @param ticket the id of the staff member and a random id from the page */
  startTracking (ticket: string): ProgressReporter {
    const update = (state: ProgressState) => { this.#states.set(ticket, state) }
    update({ rows: 0, of: null, state: 'running' })
    const oldest = this.#states.keys().next().value
    if (this.#states.size > MAX_TRACKED_EXPORTS && oldest !== undefined) this.#states.delete(oldest)
    return {
      reportRows: (rows, of) => update({ rows, of, state: 'running' }),
      reportEnd: whole => update({ ...this.getProgress(ticket), state: whole ? 'whole' : 'broken' }),
    }
  }

  getProgress (ticket: string): ProgressState {
    return this.#states.get(ticket) ?? { rows: 0, of: null, state: 'unknown' }
  }
}
