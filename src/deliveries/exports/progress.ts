/** How far exports have come, for the page that began them. In this process only: elsewhere nothing is known of it. */

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
