/**
 * Every way a request can fail: the codes, their HTTP statuses and what an answer is made from. Pure.
 * Domain code throws domain errors; `problem-mapping.ts` turns them into problems.
 */
import type { problems } from '../i18n/en/problems.js'
import type { FieldError } from '../institution/base-error.js'
import { refusalCodes, type Refusal, type RefusalCode } from '../institution/refusals.js'
import type { TextValue } from '../i18n/locales.js'

const statuses = {
  'validation-failed': 400,
  'not-signed-in': 401,
  'password-change-required': 401,
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

/** Returns the HTTP status of a problem; every refusal of a rule is 422. */
export function statusOf (code: ProblemCode): number {
  return code in statuses ? statuses[code as keyof typeof statuses] : 422
}

export const problemCodes: readonly ProblemCode[] = [...Object.keys(statuses) as Array<keyof typeof statuses>, ...refusalCodes]

/** The keys of a code's sentences. */
type Variant<Code extends ProblemCode> = Code extends keyof typeof problems ? Exclude<keyof typeof problems[Code] & string, 'title'> : 'detail'

export interface ProblemDetails<Code extends ProblemCode = ProblemCode> {
  /** Which of the code's sentences; `detail` by default. */
  readonly variant?: Variant<Code> | undefined
  /** Fill the sentence. */
  readonly values?: Readonly<Record<string, TextValue>>
  /**
   * Fill the sentence with lists of texts, in the reader's language. Each entry is the key of a text, followed by
   * the keys of the texts in parentheses after it.
   */
  readonly words?: Readonly<Record<string, ReadonlyArray<readonly string[]>>>
  readonly errors?: readonly FieldError[]
  /** Reasons of a refusal, in the order of the rules; the first one is the problem's code. */
  readonly refusals?: readonly Refusal[]
  /** Further members of the API's answer. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A failed request, with everything that its answer needs. */
export class Problem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: ProblemCode
  readonly variant: string
  readonly values: NonNullable<ProblemDetails['values']>
  readonly words: NonNullable<ProblemDetails['words']>
  readonly errors: NonNullable<ProblemDetails['errors']>
  readonly refusals: NonNullable<ProblemDetails['refusals']>
  readonly members: NonNullable<ProblemDetails['members']>
  readonly headers: NonNullable<ProblemDetails['headers']>

  constructor (code: Code, details: ProblemDetails<Code> = {}) {
    super(code)
    this.name = 'Problem'
    this.code = code
    this.variant = details.variant ?? 'detail'
    this.values = details.values ?? {}
    this.words = details.words ?? {}
    this.errors = details.errors ?? []
    this.refusals = details.refusals ?? []
    this.members = details.members ?? {}
    this.headers = details.headers ?? {}
  }
}
