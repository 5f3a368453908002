/**
 * Every way a request can fail: one table of code → status. A command throws a Problem; the one error
 * handler writes it as `application/problem+json` or as a page, in the reader's language. Pure.
 */
import { refusalCodes, type Refusal, type RefusalCode } from '../institution/refusals.js'

const statuses = {
  'validation-failed': 400,
  'not-signed-in': 401,
  'not-permitted': 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'code-not-accepted': 422,
  'too-many-requests': 429,
  'internal-error': 500,
  unavailable: 503,
} as const

export type ProblemCode = keyof typeof statuses | RefusalCode

/** The HTTP status of a problem; every refusal of a rule is 422. */
export function statusOf (code: ProblemCode): number {
  return code in statuses ? statuses[code as keyof typeof statuses] : 422
}

export const problemCodes: readonly ProblemCode[] = [...Object.keys(statuses) as Array<keyof typeof statuses>, ...refusalCodes]

/**
 * One bad field. `path` is dotted (`letter.postcode`); `message` is a key under `fields` in the texts,
 * `values` fill it.
 */
export interface FieldError {
  readonly path: string
  readonly message: string
  readonly values?: Readonly<Record<string, string | number>>
}

export interface ProblemDetails {
  /** Which sentence under `problems` tells it; by default the code's own. */
  readonly variant?: string
  /** Fill the sentence. */
  readonly values?: Readonly<Record<string, string | number>>
  /**
   * Fill the sentence with texts of their own, in the reader's language, listed. Each entry is the key of a text
   * and the keys of what stands behind it in brackets.
   */
  readonly words?: Readonly<Record<string, ReadonlyArray<readonly string[]>>>
  readonly errors?: readonly FieldError[]
  /** Stand in the API's answer beside the problem's own members. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** A request that cannot be done, with everything its answer needs. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly variant: string | undefined
  readonly values: Readonly<Record<string, string | number>>
  readonly words: Readonly<Record<string, ReadonlyArray<readonly string[]>>>
  readonly errors: readonly FieldError[]
  readonly members: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor (code: ProblemCode, details: ProblemDetails = {}) {
    super(code, { cause: details.cause })
    this.name = 'Problem'
    this.code = code
    this.variant = details.variant
    this.values = details.values ?? {}
    this.words = details.words ?? {}
    this.errors = details.errors ?? []
    this.members = details.members ?? {}
    this.headers = details.headers ?? {}
  }
}

/** The rules said no. Never empty; the first refusal names the problem. */
export class Refused extends Problem {
  readonly refusals: readonly Refusal[]

  constructor (refusals: readonly Refusal[]) {
    const first = refusals[0]
    if (first === undefined) throw new TypeError('Refused needs a refusal')
    super(first.code)
    this.name = 'Refused'
    this.refusals = refusals
  }
}
