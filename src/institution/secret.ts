/** A secret that never appears when it is logged, printed or serialised. Pure. */

/** A text that only `reveal()` returns; everywhere else it appears as its label in brackets. */
export class Secret {
  readonly #label: string
  readonly #text: string

  constructor (label: string, text: string) {
    this.#label = `[${label}]`
    this.#text = text
  }

  reveal (): string {
    return this.#text
  }

  toString (): string {
    return this.#label
  }

  toJSON (): string {
    return this.#label
  }

  [Symbol.for('nodejs.util.inspect.custom')] (): string {
    return this.#label
  }
}
