/** Base of the domain errors: what the application refuses or cannot do, with the data that explains it. Pure. */
import type { TextValue } from '../i18n/locales.js'

/**
 * One invalid field. `path` is dotted (`letter.postcode`); `message` is a key under `fields` in the texts, and
 * `values` fill its placeholders.
 */
export interface FieldError {
  readonly path: string
  readonly message: string
  readonly values?: Readonly<Record<string, TextValue>>
}

/** Base of all domain errors; `kind` tells them apart. */
export abstract class BaseError extends Error {
  abstract readonly kind: string

  constructor (message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}
