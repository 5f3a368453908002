/** The parts of an OpenAPI 3.1 document that we write and read. */

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

export type Content = Readonly<Record<string, { readonly schema: Schema, readonly example?: unknown }>>

export interface OperationObject {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security?: ReadonlyArray<Readonly<Record<string, readonly string[]>>>
  readonly parameters?: ReadonlyArray<{ readonly name: string, readonly in: string, readonly required?: boolean, readonly description?: string, readonly schema: Schema }>
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string, readonly headers?: Readonly<Record<string, object>>, readonly content?: Content }>>
}

export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string, readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** Types the document that @fastify/swagger makes; its own type covers all versions of OpenAPI together. */
export function asOpenApiDocument (document: unknown): OpenApiDocument {
  return document as OpenApiDocument
}
