/** A schema of the OpenAPI document as a list of fields to read. Pure. */
import type { Schema } from './openapi-document.js'

export interface Field {
  /** Dotted; `[]` stands for every item of a list. */
  readonly path: string
  readonly type: string
  readonly required: boolean
  readonly description?: string | undefined
}

/** More than these are a list of their own elsewhere on the page, as the problems' codes are. */
const MAX_LISTED_CHOICES = 12

export type NamedSchemas = Readonly<Record<string, Schema>>

/** Every field of an object, what lies inside it after it. */
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

/** The fields of several shapes, each once; required where every shape requires it. */
function mergeFields (shapes: readonly Field[][]): Field[] {
  const paths = [...new Set(shapes.flat().map(({ path }) => path))]
  const of = (path: string) => shapes.map(fields => fields.find(field => field.path === path))
  return paths.map(path => ({ ...of(path).find(field => field !== undefined)!, required: of(path).every(field => field?.required === true) }))
}

/** `string`, `date-time`, `counter | porter`, `list of objects`. */
export function formatType (schema: Schema, named: NamedSchemas): string {
  const shape = resolveRef(schema, named)
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(one => formatType(one, named)))].join(' or ')
  if (shape.enum !== undefined && shape.enum.length <= MAX_LISTED_CHOICES) return shape.enum.map(String).join(' | ')
  if (shape.const !== undefined) return String(shape.const)
  if (shape.format !== undefined) return shape.format
  if (shape.items !== undefined) return `list of ${formatType(shape.items, named)}`
  return [shape.type ?? 'anything'].flat().join(' or ')
}

/** The objects inside a property, and how their fields' paths go on. */
function listNestedObjects (schema: Schema, named: NamedSchemas): Array<[Schema, string]> {
  const shape = resolveRef(schema, named)
  if (shape.items !== undefined) return listNestedObjects(shape.items, named).map(([inner, suffix]) => [inner, `[]${suffix}`])
  if (shape.anyOf !== undefined) return shape.anyOf.flatMap(one => listNestedObjects(one, named))
  return shape.properties === undefined ? [] : [[shape, '']]
}

function resolveRef (schema: Schema, named: NamedSchemas): Schema {
  return schema.$ref === undefined ? schema : named[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}
}
