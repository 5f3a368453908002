/** How far exports have come, for the page that began them. In this process only: elsewhere nothing is known of it. */

export interface Told {
  readonly rows: number
  readonly of: number | null
  readonly state: 'running' | 'whole' | 'broken' | 'unknown'
}

/** What an export says of itself. */
export interface Progress {
  rows (rows: number, of: number): void
  over (whole: boolean): void
}

const mostRemembered = 100

export class ExportProgress {
  readonly #told = new Map<string, Told>()

  /** @param ticket made up by the page, with who it is for */
  begin (ticket: string): Progress {
    const tell = (told: Told) => { this.#told.set(ticket, told) }
    tell({ rows: 0, of: null, state: 'running' })
    const oldest = this.#told.keys().next().value
    if (this.#told.size > mostRemembered && oldest !== undefined) this.#told.delete(oldest)
    return {
      rows: (rows, of) => tell({ rows, of, state: 'running' }),
      over: whole => tell({ ...this.of(ticket), state: whole ? 'whole' : 'broken' }),
    }
  }

  of (ticket: string): Told {
    return this.#told.get(ticket) ?? { rows: 0, of: null, state: 'unknown' }
  }
}
