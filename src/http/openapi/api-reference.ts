/** Turns the OpenAPI document into the data of the page `/docs`. Pure. */
import { hasText, type Translate } from '../../i18n/translate.js'
import { type ProblemCode, problemCodes, statusOf } from '../problems.js'
import type { Content, OpenApiDocument, OperationObject, Schema } from './document.js'

export interface OperationView {
  /** Its anchor. */
  readonly id: string
  readonly method: string
  /** Without the base. */
  readonly path: string
  readonly summary: string
  readonly description: string | undefined
  readonly parameters: ReadonlyArray<{ name: string, in: string, required: boolean, type: string, description: string | undefined }>
  readonly body: { readonly type: string, readonly fields: Field[], readonly example: string | undefined } | undefined
  readonly answers: ReadonlyArray<{
    status: string, description: string, types: string[], headers: string[], fields: Field[], example: string | undefined
  }>
}

export interface ApiReference {
  readonly base: string
  readonly groups: ReadonlyArray<{ readonly name: string, readonly operations: OperationView[] }>
  readonly problems: ReadonlyArray<{ readonly code: string, readonly status: number, readonly title: string }>
  /** The fields of every problem. */
  readonly problemFields: Field[]
}

/** Builds the data of the page. @param base the prefix of every path, shown once at the top */
export function buildApiReference (document: OpenApiDocument, base: string, t: Translate): ApiReference {
  const named = document.components.schemas
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
    tag: operation.tags[0] ?? '', view: toOperationView(method, path.slice(base.length), operation, named),
  })))
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  return {
    base,
    groups: tags.map(name => ({ name, operations: operations.filter(({ tag }) => tag === name).map(({ view }) => view) })),
    problems: problemCodes.map(code => ({ code, status: statusOf(code), title: formatProblemMeaning(code, t) })),
    problemFields: listFields(named['Problem'] ?? {}, named),
  }
}

function toOperationView (method: string, path: string, operation: OperationObject, named: NamedSchemas): OperationView {
  const { operationId: id, summary, description, parameters = [], requestBody, responses } = operation
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary,
    description,
    parameters: parameters.map(({ name, in: place, required = false, description, schema }) => ({ name, in: place, required, type: formatType(schema, named), description })),
    body: requestBody && { type: Object.keys(requestBody.content).join(', '), fields: listFields(firstSchema(requestBody.content), named), example: findExample(requestBody.content) },
    answers: Object.entries(responses).map(([status, { description, headers = {}, content = {} }]) => ({
      status,
      description,
      types: Object.keys(content),
      headers: Object.keys(headers),
      // The fields of a problem are described once, at the end of the page.
      fields: 'application/problem+json' in content ? [] : listFields(firstSchema(content), named),
      example: findExample(content),
    })),
  }
}

function firstSchema (content: Content): Schema {
  return Object.values(content)[0]?.schema ?? {}
}

function findExample (content: Content): string | undefined {
  const example = Object.values(content).find(one => one.example !== undefined)?.example
  return example === undefined ? undefined : JSON.stringify(example, null, 2)
}

/** Formats what a problem means: the policy of a refusal, or the title and the advice of another problem. */
function formatProblemMeaning (code: ProblemCode, t: Translate): string {
  const policy = `docs.policy.${code}`
  if (hasText(policy)) return t(policy)
  return `${t(`problems.${code as 'conflict'}.title`)}. ${t(`problems.${code as 'conflict'}.detail`)}`
}

// A schema of the OpenAPI document as a list of fields.

export interface Field {
  /** Dotted; `[]` means every item of a list. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly description?: string | undefined
}

/** Longer lists of choices, such as the codes of problems, are a section of their own on the page. */
const MAX_LISTED_CHOICES = 12

export type NamedSchemas = Readonly<Record<string, Schema>>

/** Lists every field of an object, each followed by its inner fields. */
export function listFields (schema: Schema, named: NamedSchemas, prefix = ''): Field[] {
  const shape = resolveRef(schema, named)
  if (shape.anyOf !== undefined) return mergeFields(shape.anyOf.map(one => listFields(one, named, prefix)))
  return Object.entries(shape.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix + name
    const { description } = resolveRef(property, named)
    return [
      { path, type: formatType(property, named), required: shape.required?.includes(name) === true, description: description?.replaceAll('`', '') },
      ...listNestedObjects(property, named).flatMap(([inner, suffix]) => listFields(inner, named, `${path}${suffix}.`)),
    ]
  })
}

/** Merges the fields of several shapes, each once; required where every shape requires it. */
function mergeFields (shapes: readonly Field[][]): Field[] {
  const paths = [...new Set(shapes.flat().map(({ path }) => path))]
  const of = (path: string) => shapes.map(fields => fields.find(field => field.path === path))
  return paths.map(path => ({ ...of(path).find(field => field !== undefined)!, required: of(path).every(field => field?.required === true) }))
}

/** Formats a type: `string`, `date-time`, `counter | porter`, `list of objects`. */
function formatType (schema: Schema, named: NamedSchemas): string {
  const shape = resolveRef(schema, named)
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(one => formatType(one, named)))].join(' or ')
  if (shape.enum !== undefined && shape.enum.length <= MAX_LISTED_CHOICES) return shape.enum.map(String).join(' | ')
  if (shape.const !== undefined) return String(shape.const)
  if (shape.format !== undefined) return shape.format
  if (shape.items !== undefined) return `list of ${formatType(shape.items, named)}`
  return [shape.type ?? 'anything'].flat().join(' or ')
}

/** Lists the objects inside a property, each with the suffix that it adds to the path. */
function listNestedObjects (schema: Schema, named: NamedSchemas): Array<[Schema, string]> {
  const shape = resolveRef(schema, named)
  if (shape.items !== undefined) return listNestedObjects(shape.items, named).map(([inner, suffix]) => [inner, `[]${suffix}`])
  if (shape.anyOf !== undefined) return shape.anyOf.flatMap(one => listNestedObjects(one, named))
  return shape.properties === undefined ? [] : [[shape, '']]
}

function resolveRef (schema: Schema, named: NamedSchemas): Schema {
  return schema.$ref === undefined ? schema : named[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}
}
