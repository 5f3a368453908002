/** Reads the API's OpenAPI document and validates values against its schemas. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { OpenApiDocument, OperationObject } from '../../src/http/openapi/document.js'

export async function fetchOpenApiDocument (app: FastifyInstance): Promise<OpenApiDocument> {
  return (await app.inject('/openapi.json')).json<OpenApiDocument>()
}

/** Lists all operations with names such as `POST /slips`. */
export function listOperations (document: OpenApiDocument): Array<[name: string, operation: OperationObject]> {
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods)
    .map(([method, operation]): [string, OperationObject] => [`${method.toUpperCase()} ${path.replace('/api/v1', '')}`, operation]))
}

/** Creates a function that lists the errors of a value against a schema of the document. */
export function createSchemaChecker (document: OpenApiDocument): (schema: object, value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema({ $id: 'slipdesk:/', components: document.components })
  return (schema, value) => {
    const fits = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"slipdesk:/#/components')) as object)
    fits(value)
    return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}
