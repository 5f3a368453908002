/** Reads input: the values of a form, and parsing with zod, whose issues become field errors. Pure. */
import { z } from 'zod'
import type { FieldError } from './base-error.js'
import { hasText, type TextValues, type Translate } from '../i18n/translate.js'

/** A missing value is always `required`; the messages of a schema are for values that are present. */
z.config({ customError: ({ input }) => input === undefined ? 'required' : undefined })

export type ParsedInput<T> = { ok: true, value: T } | { ok: false, errors: FieldError[] }

/** Parses input; the messages of the errors are keys under `fields`. */
export function parseInput<S extends z.ZodType> (schema: S, input: unknown): ParsedInput<z.output<S>> {
  const parsed = schema.safeParse(input ?? {})
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, errors: toFieldErrors(parsed.error.issues) }
}

/** Adds errors that the schema cannot find, such as a tick that contradicts a field. */
export function withFormErrors<T> (parsed: ParsedInput<T>, errors: readonly FieldError[]): ParsedInput<T> {
  return errors.length === 0 ? parsed : { ok: false, errors: [...parsed.ok ? [] : parsed.errors, ...errors] }
}

/** Parses the fields of an object one by one and leaves out those with an error. */
export function parseValidFields<S extends z.ZodRawShape> ({ shape }: z.ZodObject<S>, input: unknown): Partial<z.output<z.ZodObject<S>>> {
  const fields = new Map<string, unknown>(Object.entries(input ?? {}))
  const parsed = Object.entries(shape).map(([name, schema]) => [name, (schema as z.ZodType).safeParse(fields.get(name))] as const)
  return Object.fromEntries(parsed.flatMap(([name, { success, data }]) => success ? [[name, data]] : [])) as Partial<z.output<z.ZodObject<S>>>
}

// Posted forms.

/** What was typed, by field name; a ticked box is 'yes'. */
export type FormValues = Readonly<Record<string, string>>

/** Reads the fields of a posted form that hold one text. Passwords and tokens are left out: they are never shown again. */
export function readFormValues (body: unknown): FormValues {
  const entries = Object.entries(body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries.filter(([name]) => !/^(?:password|_csrf$)/.test(name)))
}

/** Lists the values of a field that can be sent several times, such as a group of checkboxes. */
export function listFormValues (body: unknown, name: string): string[] {
  const sent: unknown = Object.entries(body ?? {}).find(([field]) => field === name)?.[1]
  return [sent].flat().filter(value => typeof value === 'string')
}

/** Creates the schema of a group of checkboxes: a form sends one ticked box as a text, several as a list, none not at all. */
export function checkboxListSchema<T extends z.ZodType> (one: T) {
  return z.preprocess(
    sent => sent === undefined ? [] : Array.isArray(sent) ? sent : [sent],
    z.array(one).transform(list => [...new Set(list)])
  )
}

// From zod's issues to field errors.

/** Turns zod's issues into field errors; an issue without a message of ours gets the general one of its kind. */
export function toFieldErrors (issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap(issue => {
    const nearest = issue.code === 'invalid_union' ? findClosestBranch(issue) : undefined
    return nearest === undefined ? [toFieldError(issue)] : toFieldErrors(nearest.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

/**
 * Finds the branch of a union that the input is closest to: the one with the deepest error, else the last one, because
 * schemas list empty and simple shapes first. Undefined if one message covers them all.
 */
function findClosestBranch ({ errors, message }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const deepest = Math.max(0, ...errors.map(measureDepth))
  if (deepest === 0 && hasText(`fields.${message}`)) return undefined
  return errors.findLast(branch => branch.length > 0 && measureDepth(branch) === deepest)
}

/** Formats a field error in the reader's language. */
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
    case 'invalid_format': case 'not_multiple_of': case 'invalid_union': case 'invalid_key': case 'invalid_element': case 'custom': return 'invalid'
    default: return issue satisfies never
  }
}

function listMessageValues (issue: z.core.$ZodIssue): TextValues {
  switch (issue.code) {
    case 'too_big': return { limit: String(issue.maximum) }
    case 'too_small': return { limit: String(issue.minimum) }
    case 'invalid_value': return { choices: issue.values.map(String) }
    case 'unrecognized_keys': return { names: issue.keys.map(key => key.slice(0, 40)) }
    case 'custom': return issue.params ?? {}
    case 'invalid_type': case 'invalid_format': case 'not_multiple_of': case 'invalid_union': case 'invalid_key': case 'invalid_element': return {}
    default: return issue satisfies never
  }
}

function measureDepth (issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(issue => issue.path.length))
}
