/** How many exports may run at once: each keeps a connection of the database while it does, of ten. One person may take every format at once. */
import { TooManyExports } from '../../institution/errors.js'

const MAX_EXPORTS_PER_USER = 4
const MAX_EXPORTS = 6

/** Counts the exports of this process. */
export class ExportLimiter {
  readonly #running = new Map<string, number>()

  /**
   * Takes a place for a member of staff.
   * @returns gives the place back; once is enough, more often does no harm
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

// How far exports have come, for the page that began them. In this process only: elsewhere nothing is known of it.

export interface ProgressState {
  readonly rows: number
  readonly of: number | null
  readonly state: 'running' | 'whole' | 'broken' | 'unknown'
}

/** What an export says of itself. */
export interface ProgressReporter {
  reportRows (rows: number, of: number): void
  reportEnd (whole: boolean): void
}

const MAX_TRACKED_EXPORTS = 100

export class ExportProgressStore {
  readonly #told = new Map<string, ProgressState>()

  /** @param ticket made up by the page, with who it is for */
  startTracking (ticket: string): ProgressReporter {
    const tell = (told: ProgressState) => { this.#told.set(ticket, told) }
    tell({ rows: 0, of: null, state: 'running' })
    const oldest = this.#told.keys().next().value
    if (this.#told.size > MAX_TRACKED_EXPORTS && oldest !== undefined) this.#told.delete(oldest)
    return {
      reportRows: (rows, of) => tell({ rows, of, state: 'running' }),
      reportEnd: whole => tell({ ...this.getProgress(ticket), state: whole ? 'whole' : 'broken' }),
    }
  }

  getProgress (ticket: string): ProgressState {
    return this.#told.get(ticket) ?? { rows: 0, of: null, state: 'unknown' }
  }
}
