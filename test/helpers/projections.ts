/** Selects parts of larger values for `strictSame`, since `t.match` ignores keys that are missing in its pattern. */
import type { LightMyRequestResponse } from 'fastify'

/** Copies the named fields. A missing field is `undefined`, so that an expectation can say so. */
export function pick (value: unknown, ...keys: string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`no ${keys.join(', ')} in ${String(value)}`)
  return Object.fromEntries(keys.map(key => [key, (value as Record<string, unknown>)[key]]))
}

/** Copies the named fields of every row. */
export function pickEach (rows: readonly unknown[], ...keys: string[]): Array<Record<string, unknown>> {
  return rows.map(row => pick(row, ...keys))
}

export interface AnsweredProblem {
  status: number
  code: string
  /** The paths of the fields with a fault, in the order of the answer. */
  errors?: string[]
  /** The codes of the refusals, in the order of the answer. */
  refusals?: string[]
}

/** Reads a problem answer without its sentences. Throws if it is no problem, has a wrong status or lacks a sentence. */
export function readProblem (answer: LightMyRequestResponse): AnsweredProblem {
  const type = answer.headers['content-type']
  if (type !== 'application/problem+json; charset=utf-8') throw new Error(`${answer.statusCode} ${String(type)}: ${answer.body}`)
  const { status, code, title, detail, errors, refusals } = answer.json<ProblemBody>()
  if (status !== answer.statusCode) throw new Error(`the status line says ${answer.statusCode}, the body ${status}`)
  const sentences = [title, detail, ...errors?.map(error => error.message) ?? [], ...refusals?.map(refusal => refusal.detail) ?? []]
  if (!sentences.every(sentence => /\w/.test(sentence))) throw new Error(`a sentence is missing: ${answer.body}`)
  return {
    status,
    code,
    ...errors === undefined ? {} : { errors: errors.map(({ path }) => path) },
    ...refusals === undefined ? {} : { refusals: refusals.map(refusal => refusal.code) },
  }
}

interface ProblemBody {
  status: number
  code: string
  title: string
  detail: string
  errors?: Array<{ path: string, message: string }>
  refusals?: Array<{ code: string, detail: string }>
}
