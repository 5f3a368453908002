/** Reads forms and turns what zod found into field errors with the house's wording. Pure. */
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { hasText, type Translate } from '../i18n/translate.js'
import { type FieldError, Problem } from './problems.js'

/** What is missing is `required`, whatever it should have been; a schema's own words are for what is there. */
z.config({ customError: ({ input }) => input === undefined ? 'required' : undefined })

export type ParsedForm<T> = { ok: true, value: T } | { ok: false, errors: FieldError[] }

/** Parses a form's body; the errors' messages are keys under `fields`. */
export function parseForm<S extends z.ZodType> (schema: S, body: unknown): ParsedForm<z.output<S>> {
  const parsed = schema.safeParse(body ?? {})
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, errors: toFieldErrors(parsed.error.issues) }
}

/** zod's issues as field errors; an issue without wording of the house gets the general one of its kind. */
export function toFieldErrors (issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap(issue => {
    const nearest = issue.code === 'invalid_union' ? findClosestBranch(issue) : undefined
    return nearest === undefined ? [toFieldError(issue)] : toFieldErrors(nearest.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

/**
 * Of several shapes the one that the input came nearest to: the deepest fault, else the last shape, since blank
 * and plain ones are named first. None where the house has words for all of them together.
 */
function findClosestBranch ({ errors, message }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const deepest = Math.max(0, ...errors.map(measureDepth))
  if (deepest === 0 && hasText(`fields.${message}`)) return undefined
  return errors.findLast(branch => branch.length > 0 && measureDepth(branch) === deepest)
}

/** The wording of a check for what is there; what is missing is `required`. */
export function errorIfPresent (message: string): { error: (issue: { readonly input?: unknown }) => string | undefined } {
  return { error: ({ input }) => input === undefined ? undefined : message }
}

/** The sentence of a field error in the reader's language. */
export function formatFieldError (t: Translate, error: FieldError): string {
  const key = `fields.${error.message}`
  return hasText(key) ? t(key, error.values) : t('fields.invalid')
}

function toFieldError (issue: z.core.$ZodIssue): FieldError {
  const path = issue.path.map(String).join('.')
  if (hasText(`fields.${issue.message}`)) return { path, message: issue.message, values: listMessageValues(issue) }
  return { path, message: genericMessageKey(issue), values: listMessageValues(issue) }
}

function genericMessageKey (issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': return issue.message.endsWith('received undefined') ? 'required' : 'wrong-type'
    case 'too_big': return issue.origin === 'string' ? 'too-long' : 'too-large'
    case 'too_small': return issue.origin === 'string' && Number(issue.minimum) === 1 ? 'required' : issue.origin === 'string' ? 'too-short' : 'too-small'
    case 'unrecognized_keys': return 'unknown-field'
    case 'invalid_value': return 'not-a-choice'
    default: return 'invalid'
  }
}

function listMessageValues (issue: z.core.$ZodIssue): Record<string, string | number> {
  switch (issue.code) {
    case 'too_big': return { limit: String(issue.maximum) }
    case 'too_small': return { limit: String(issue.minimum) }
    case 'invalid_value': return { choices: issue.values.map(String).join(', ') }
    case 'unrecognized_keys': return { names: issue.keys.map(key => key.slice(0, 40)).join(', ') }
    default: return {}
  }
}

function measureDepth (issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(issue => issue.path.length))
}

// Requests are checked against their zod schemas; what does not fit is a Problem with the house's wording.

export const validateWithZod: FastifySchemaCompiler<z.ZodType> = ({ schema }) => data => {
  const parsed = schema.safeParse(data ?? undefined)
  return parsed.success
    ? { value: parsed.data }
    : { error: new Problem('validation-failed', { errors: toFieldErrors(parsed.error.issues) }) }
}
