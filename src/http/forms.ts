/** Parses input with zod, and turns a posted form into what its page shows: values, errors, summary. Pure. */
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { hasText, type TextKey, type Translate } from '../i18n/translate.js'
import { type FieldError, Problem } from './problems.js'

/** A missing value is always `required`; the messages of a schema are for values that are present. */
z.config({ customError: ({ input }) => input === undefined ? 'required' : undefined })

export type ParsedInput<T> = { ok: true, value: T } | { ok: false, errors: FieldError[] }

/** Parses input; the messages of the errors are keys under `fields`. */
export function parseInput<S extends z.ZodType> (schema: S, input: unknown): ParsedInput<z.output<S>> {
  const parsed = schema.safeParse(input ?? {})
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, errors: toFieldErrors(parsed.error.issues) }
}

/** Parses the fields of an object one by one and leaves out those with an error. */
export function parseValidFields<S extends z.ZodRawShape> ({ shape }: z.ZodObject<S>, input: unknown): Partial<z.output<z.ZodObject<S>>> {
  const fields = new Map<string, unknown>(Object.entries(input ?? {}))
  const parsed = Object.entries(shape).map(([name, schema]) => [name, (schema as z.ZodType).safeParse(fields.get(name))] as const)
  return Object.fromEntries(parsed.flatMap(([name, { success, data }]) => success ? [[name, data]] : [])) as Partial<z.output<z.ZodObject<S>>>
}

// Forms of pages: what was typed, and each fault at its field and in the summary.

/** What was typed, by field name; a ticked box is 'yes'. */
export type FormValues = Readonly<Record<string, string>>

/** The fields of a form. */
export interface FormFields {
  /** The label of each field, in the order of the page; null where the messages name the field themselves. */
  readonly labels: Readonly<Record<string, TextKey | null>>
  /** The label of a field that `labels` does not list, such as one in a row of a list. */
  readonly labelOf?: (field: string, t: Translate) => string
  /** The field at which an error is shown. By default the field that the error's path begins with. */
  readonly fieldOf?: (path: string) => string
  /** The id of a field's element, by default its name. */
  readonly idOf?: (field: string) => string
}

/** A complete sentence about a field; without a path it stands in the summary alone. */
export interface FormMessage {
  readonly path?: string | undefined
  readonly message: string
}

/** A form that was not accepted, as its page shows it again. */
export interface FormFaults {
  readonly values: FormValues
  /** Messages by field name. */
  readonly errors: Readonly<Record<string, string>>
  /** Every message in the order of the fields; `path` is the id of the field's element. */
  readonly summary: readonly FormMessage[]
}

export type FormResult<T> = { readonly ok: true, readonly value: T, readonly values: FormValues } | { readonly ok: false } & FormFaults

/** Parses a posted form, or the query of a form sent by GET. */
export function readForm<S extends z.ZodType> (schema: S, body: unknown, fields: FormFields, t: Translate): FormResult<z.output<S>> {
  const values = readFormValues(body)
  const parsed = parseInput(schema, body)
  return parsed.ok ? { ...parsed, values } : { ok: false, ...describeFaults({ errors: parsed.errors }, values, fields, t) }
}

/** Gives each fault to its field and to the summary. `messages` are complete sentences, such as refusals. */
export function describeFaults (
  { errors = [], messages = [] }: { readonly errors?: readonly FieldError[], readonly messages?: readonly FormMessage[] }, values: FormValues, fields: FormFields, t: Translate
): FormFaults {
  const { labels, labelOf, fieldOf = path => findField(labels, path), idOf = field => field } = fields
  const order = Object.keys(labels)
  const faults = [
    ...errors.map(error => ({ path: fieldOf(error.path), message: formatFieldError(t, error), isLabelled: true })),
    ...messages.map(message => ({ ...message, isLabelled: false })),
  ].toSorted((a, b) => positionOf(a.path) - positionOf(b.path))
  const shown: Record<string, string> = {}
  for (const { path, message } of faults) {
    if (path !== undefined) shown[path] = shown[path] === undefined || shown[path] === message ? message : `${shown[path]} ${message}`
  }
  return { values, errors: shown, summary: faults.map(toSummaryMessage) }

  function positionOf (path = ''): number {
    const position = order.indexOf(path)
    return position === -1 ? order.length : position
  }

  function toSummaryMessage ({ path, message, isLabelled }: FormMessage & { readonly isLabelled: boolean }): FormMessage {
    if (path === undefined || path === '') return { message }
    const key = labels[path]
    const label = key === undefined ? labelOf?.(path, t) : key === null ? undefined : t(key)
    return { path: idOf(path), message: isLabelled && label !== undefined ? `${label}: ${message}` : message }
  }
}

/** The longest field name that the path begins with, else the path itself. */
function findField (labels: FormFields['labels'], path: string): string {
  const names = Object.keys(labels).filter(name => path === name || path.startsWith(`${name}.`))
  return names.reduce((longest, name) => name.length > longest.length ? name : longest, '') || path
}

/** The fields of a posted form that hold one text. Passwords and tokens are left out: they are never shown again. */
export function readFormValues (body: unknown): FormValues {
  const entries = Object.entries(body ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(entries.filter(([name]) => !/^(?:password|_csrf$)/.test(name)))
}

/** The values of a field that can be sent several times, such as a group of checkboxes. */
export function listFormValues (body: unknown, name: string): string[] {
  const sent: unknown = Object.entries(body ?? {}).find(([field]) => field === name)?.[1]
  return [sent].flat().filter(value => typeof value === 'string')
}

/** A group of checkboxes: a form sends one ticked box as a text, several as a list, none not at all. */
export function checkboxListSchema<T extends z.ZodType> (one: T) {
  return z.preprocess(
    sent => sent === undefined ? [] : Array.isArray(sent) ? sent : [sent],
    z.array(one).transform(list => [...new Set(list)])
  )
}

/** Makes the token of a form that issues one slip, however often it is sent. */
export function createFormToken (randomBytes: (size: number) => Buffer): string {
  return randomBytes(18).toString('base64url')
}

export const formTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/)

// Addresses of pages are lenient: an unreadable id answers like an unknown one, an unreadable parameter like none.

const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/** The parameters of a page about one thing with a UUID. Nothing has the nil UUID. */
export const pageIdSchema = z.object({ id: z.guid().catch(NIL_UUID) })
export const optionalQueryText = z.string().optional().catch(undefined)
/** True for `?name=1`. */
export const queryFlag = z.literal('1').optional().catch(undefined).transform(value => value === '1')

// From zod's issues to field errors.

/** Turns zod's issues into field errors; an issue without a message of ours gets the general one of its kind. */
export function toFieldErrors (issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap(issue => {
    const nearest = issue.code === 'invalid_union' ? findClosestBranch(issue) : undefined
    return nearest === undefined ? [toFieldError(issue)] : toFieldErrors(nearest.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

/**
 * Of several shapes, finds the one that the input is closest to: the one with the deepest fault, else the last
 * one, since schemas list blank and simple shapes first. Undefined where one message covers them all.
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

// Fastify validates requests with their zod schemas.

/** Validates a request; input that does not fit is `validation-failed` and an error for each field. */
export const validateWithZod: FastifySchemaCompiler<z.ZodType> = ({ schema }) => data => {
  const parsed = schema.safeParse(data ?? undefined)
  return parsed.success
    ? { value: parsed.data }
    : { error: new Problem('validation-failed', { errors: toFieldErrors(parsed.error.issues) }) }
}
