/** The OpenAPI document as the page `/docs` shows it. Pure. */
import { hasText, type Translate } from '../i18n/translate.js'
import { listFields, formatType, type Field, type NamedSchemas } from './api-fields.js'
import type { Content, OpenApiDocument, OperationObject, Schema } from './openapi-document.js'
import { problemCodes, statusOf, type ProblemCode } from './problems.js'

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
  /** What every problem looks like. */
  readonly problemFields: Field[]
}

/** @param base what every path begins with, told once at the top */
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
      // What a problem holds is told once, at the end of the page.
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

/** What a problem means: a refusal's policy, or the title and the advice of a failure. */
function formatProblemMeaning (code: ProblemCode, t: Translate): string {
  const policy = `docs.policy.${code}`
  if (hasText(policy)) return t(policy)
  return `${t(`problems.${code as 'conflict'}.title`)}. ${t(`problems.${code as 'conflict'}.detail`)}`
}
