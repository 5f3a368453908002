/** Turns a posted form into what its page shows: values, errors, summary; validates requests with their zod schemas. Pure. */
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { hasText, type TextKey, type Translate } from '../i18n/translate.js'
import type { FieldError } from '../institution/base-error.js'
import { InvalidInput } from '../institution/errors.js'
import { formatFieldError, type FormValues, parseInput, readFormValues, toFieldErrors } from '../institution/input.js'
import { NIL_UUID } from '../institution/text.js'

// Forms of pages: what was typed, and each fault at its field and in the summary.

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

/** A sentence about a field; without a path it appears only in the summary. */
export interface FormMessage {
  readonly path?: string | undefined
  readonly message: string
  /** True where the summary puts the field's label in front of it; otherwise it names the field itself. */
  readonly needsLabel?: boolean
}

/** A form that was not accepted, as its page shows it again. */
export interface FormFaults {
  readonly values: FormValues
  /** Messages by field name. */
  readonly errors: Readonly<Record<string, string>>
  /** Every message in the order of the fields; `path` is the id of the field's element. */
  readonly summary: readonly FormMessage[]
}

/** A form as its page shows it: what was typed and, where it was not accepted, its faults. */
export type ShownForm = Pick<FormFaults, 'values'> & Partial<FormFaults>

export type FormResult<T> = { readonly ok: true, readonly value: T, readonly values: FormValues } | { readonly ok: false } & FormFaults

/** Parses a posted form, or the query of a form sent by GET. */
export function readForm<S extends z.ZodType> (schema: S, body: unknown, fields: FormFields, t: Translate): FormResult<z.output<S>> {
  const values = readFormValues(body)
  const parsed = parseInput(schema, body)
  return parsed.ok ? { ...parsed, values } : { ok: false, ...describeFaults({ errors: parsed.errors }, values, fields, t) }
}

/**
 * Gives each fault to its field and to the summary. `messages` are ready sentences, such as those of refusals; they
 * are left out where their field has an error, since most of them follow from it.
 */
export function describeFaults (
  { errors = [], messages = [] }: { readonly errors?: readonly FieldError[], readonly messages?: readonly FormMessage[] }, values: FormValues, fields: FormFields, t: Translate
): FormFaults {
  const { labels, labelOf, fieldOf = path => findField(labels, path), idOf = field => field } = fields
  const order = Object.keys(labels)
  const fieldErrors: FormMessage[] = errors.map(error => describeFieldError(error, fieldOf(error.path), t))
  const further = messages.filter(({ path }) => path === undefined || fieldErrors.every(error => error.path !== path))
  const faults = [...fieldErrors, ...further]
    .filter(({ path, message }, index, all) => all.findIndex(one => one.path === path && one.message === message) === index)
    .toSorted((a, b) => positionOf(a.path) - positionOf(b.path))
  const shown: Record<string, string> = {}
  for (const { path, message } of faults) {
    if (path !== undefined) shown[path] = shown[path] === undefined ? message : `${shown[path]} ${message}`
  }
  return { values, errors: shown, summary: faults.map(toSummaryMessage) }

  function positionOf (path = ''): number {
    const position = order.indexOf(path)
    return position === -1 ? order.length : position
  }

  function toSummaryMessage ({ path, message, needsLabel }: FormMessage): FormMessage {
    if (path === undefined || path === '') return { message }
    const key = labels[path]
    const label = key === undefined ? labelOf?.(path, t) : key === null ? undefined : t(key)
    return { path: idOf(path), message: needsLabel && label !== undefined ? `${label}: ${message}` : message }
  }
}

/**
 * The field's own sentence where the texts have one (`fieldErrors.letter.postcode.required`), else the general one with
 * the field's label. A field in a row of a list (`seasons.2.from`) needs the label in any case, because it names the row.
 */
function describeFieldError (error: FieldError, path: string, t: Translate): FormMessage {
  const name = path.replaceAll(/\.\d+(?=\.)/g, '')
  const own = `fieldErrors.${name}.${error.message}`
  return hasText(own)
    ? { path, message: t(own, error.values), needsLabel: name !== path }
    : { path, message: formatFieldError(t, error), needsLabel: true }
}

/** The longest field name that the path begins with, else the path itself. */
function findField (labels: FormFields['labels'], path: string): string {
  const names = Object.keys(labels).filter(name => path === name || path.startsWith(`${name}.`))
  return names.reduce((longest, name) => name.length > longest.length ? name : longest, '') || path
}

/** Creates the token of a form, with which the form issues only one slip even if it is sent several times. */
export function createFormToken (randomBytes: (size: number) => Buffer): string {
  return randomBytes(18).toString('base64url')
}

export const formTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/)

// Addresses of pages are parsed leniently: an invalid id counts as unknown, an invalid parameter as absent.

/** The parameters of a page about one entity with a UUID. No entity has the nil UUID. */
export const pageIdSchema = z.object({ id: z.guid().catch(NIL_UUID) })
export const optionalQueryText = z.string().optional().catch(undefined)
/** True for `?name=1`. */
export const queryFlag = z.literal('1').optional().catch(undefined).transform(value => value === '1')

// Fastify validates requests with their zod schemas.

/** Validates a request: an invalid one fails with an error for each field. */
export const validateWithZod: FastifySchemaCompiler<z.ZodType> = ({ schema }) => data => {
  const parsed = schema.safeParse(data ?? undefined)
  return parsed.success ? { value: parsed.data } : { error: new InvalidInput(toFieldErrors(parsed.error.issues)) }
}
