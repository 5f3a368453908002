/** Puts the examples into the OpenAPI document, each beside its schema. Pure. */
import { apiExamples } from './api-examples.js'
import type { Content, OpenApiDocument, OperationObject } from './openapi-document.js'

type Paths = OpenApiDocument['paths']

export function withExamples (paths: Paths): Paths {
  return mapped(paths, methods => mapped(methods, withExample))
}

function withExample (operation: OperationObject): OperationObject {
  const { body, answers = {} } = apiExamples[operation.operationId] ?? {}
  return {
    ...operation,
    ...operation.requestBody && { requestBody: { ...operation.requestBody, content: withJson(operation.requestBody.content, body) } },
    responses: mapped(operation.responses, (response, status) => ({ ...response, ...response.content && { content: withJson(response.content, answers[status]) } })),
  }
}

/** The example belongs to the JSON among the contents. */
function withJson (content: Content, example: unknown): Content {
  return mapped(content, (one, type) => example !== undefined && /[/+]json$/.test(type) ? { ...one, example } : one)
}

function mapped<T> (record: Readonly<Record<string, T>>, change: (value: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
