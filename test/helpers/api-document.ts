/** The API's own description, and answers held against it. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import type { OpenApiDocument, OperationObject } from '../../src/http/openapi/document.js'

export async function fetchOpenApiDocument (app: FastifyInstance): Promise<OpenApiDocument> {
  return (await app.inject('/openapi.json')).json<OpenApiDocument>()
}

/** Every operation with what it is called by: `POST /slips`. */
export function listOperations (document: OpenApiDocument): Array<[name: string, operation: OperationObject]> {
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods)
    .map(([method, operation]): [string, OperationObject] => [`${method.toUpperCase()} ${path.replace('/api/v1', '')}`, operation]))
}

/** Tells what of a value does not fit a schema of the document; nothing when all does. */
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
