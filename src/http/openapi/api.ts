/** `/openapi.json`: the API's description, generated from the schemas that the routes themselves use. */
import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { Profile } from '../../institution/profile.js'
import { withExamples } from './examples.js'
import { asOpenApiDocument } from './document.js'
import { buildProblemResponses } from './problem-responses.js'

export const API_PREFIX = '/api/v1'

export interface OpenApiDeps {
  readonly profile: Pick<Profile, 'name' | 'contact'>
  readonly publicUrl: string
}

/** One answer in a route's `schema.response`, where it needs more than the shape of its JSON. */
interface ResponseDeclaration {
  readonly description?: string
  /** Headers of the answer and what they say. */
  readonly headers?: Readonly<Record<string, string>>
}
interface HeaderSchema { readonly properties: Readonly<Record<string, object>> }
type Transform = NonNullable<FastifyDynamicSwaggerOptions['transform']>
type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>

/** Relative to the compiled file in `dist/src/http/openapi/`. */
const packageFile = new URL('../../../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }

const jsonSchemaOptions = { zodToJsonConfig: { override: simplifySchema } } as object
const toJsonSchema = createJsonSchemaTransform(jsonSchemaOptions) as Transform
const addComponentSchemas = createJsonSchemaTransformObject(jsonSchemaOptions) as TransformObject

/** Collects the API's routes, which have to be registered afterwards, and serves their description. */
export async function addOpenApi (app: FastifyInstance, { profile, publicUrl }: OpenApiDeps): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `Slipdesk, ${profile.name.en}`,
        version,
        description: `How slips are issued, delivered and proven at ${profile.name.en}. Times are RFC 3339 with offset; lists give \`next\`, a cursor, until their last page.`,
        contact: { email: profile.contact.email, url: profile.contact.form },
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: publicUrl }],
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The token of POST /sessions' } } },
    },
    transform: describeRoute,
    transformObject: withComponentSchemas,
  })
  app.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async (_request, reply) =>
    await reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger())))
}

const describeRoute: Transform = document => {
  const { schema, url, route } = document
  if (!url.startsWith(`${API_PREFIX}/`) || schema === undefined) return { schema: { ...schema, hide: true }, url }
  const failures = buildProblemResponses({
    method: String(route.method),
    isPublic: route.config?.public === true,
    hasBody: schema.body !== undefined,
    hasParams: schema.params !== undefined,
    hasQuery: schema.querystring !== undefined,
  })
  const answers = { ...schema.response as object, ...failures } as Record<string, ResponseDeclaration>
  const described = toJsonSchema({ ...document, schema: { ...schema, response: answers } })
  const { response, headers, ...rest } = described.schema
  const words = { operationId: formatOperationId(route.method, url), response: withDescriptions(response as Record<string, ResponseDeclaration>, answers) }
  return { ...described, schema: { ...rest, ...words, ...headers !== undefined && { headers: capitalizeHeaderNames(headers as HeaderSchema) } } as FastifySchema }
}

/** Adds a description and the headers to every answer; 204 has no content. */
function withDescriptions (responses: Record<string, ResponseDeclaration>, declared: Record<string, ResponseDeclaration>) {
  return Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, {
    ...status === '204' ? { type: 'null' } : response,
    description: response.description ?? STATUS_CODES[status],
    ...toHeaderObjects(declared[status]?.headers),
  }]))
}

function toHeaderObjects (headers: ResponseDeclaration['headers']) {
  if (headers === undefined) return {}
  return { headers: Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { type: 'string', description }])) }
}

/** Converts Node's lower-case names to the usual ones, such as `Idempotency-Key`. */
function capitalizeHeaderNames (headers: HeaderSchema): HeaderSchema {
  const names = Object.entries(headers.properties).map(([name, shape]) => [name.replaceAll(/\b[a-z]/g, letter => letter.toUpperCase()), shape])
  return { ...headers, properties: Object.fromEntries(names) as HeaderSchema['properties'] }
}

/** `post-slips`, `get-slips-number`: also the anchor on the page. */
function formatOperationId (method: string | string[], url: string): string {
  return `${String(method).toLowerCase()}${url.slice(API_PREFIX.length).replaceAll(/[/:]+/g, '-')}`
}

/** Adds the schemas that have an id, once each. The variants for requests are left out if no request uses them. */
function withComponentSchemas (document: Parameters<TransformObject>[0]) {
  const whole = asOpenApiDocument(addComponentSchemas(document))
  const text = JSON.stringify(whole.paths)
  const schemas = Object.fromEntries(Object.entries(whole.components.schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`)))
  return { ...whole, paths: withExamples(whole.paths), components: { ...whole.components, schemas } } as ReturnType<TransformObject>
}

/** Drops the pattern of a format. Allows further properties except in strict schemas, because answers may get new ones. */
function simplifySchema ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes, jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { def } = zodSchema._zod
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
}
