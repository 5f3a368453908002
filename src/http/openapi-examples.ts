/** Puts the examples into the OpenAPI document, each beside its schema. Pure. */
import { apiExamples } from './api-examples.js'
import type { Content, OpenApiDocument, OperationObject } from './openapi-document.js'

type Paths = OpenApiDocument['paths']

export function withExamples (paths: Paths): Paths {
  return mapValues(paths, methods => mapValues(methods, withExample))
}

function withExample (operation: OperationObject): OperationObject {
  const { body, responses = {} } = apiExamples[operation.operationId] ?? {}
  return {
    ...operation,
    ...operation.requestBody && { requestBody: { ...operation.requestBody, content: withJson(operation.requestBody.content, body) } },
    responses: mapValues(operation.responses, (response, status) => ({ ...response, ...response.content && { content: withJson(response.content, responses[status]) } })),
  }
}

/** The example belongs to the JSON among the contents. */
function withJson (content: Content, example: unknown): Content {
  return mapValues(content, (one, type) => example !== undefined && /[/+]json$/.test(type) ? { ...one, example } : one)
}

function mapValues<T> (record: Readonly<Record<string, T>>, change: (value: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
