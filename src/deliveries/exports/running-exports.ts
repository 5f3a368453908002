/** Tracks the progress of this process's exports, for the page that started them. Other processes report `unknown`. */

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
