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
const mostChoices = 12

export type NamedSchemas = Readonly<Record<string, Schema>>

/** Every field of an object, what lies inside it after it. */
export function fieldsOf (schema: Schema, named: NamedSchemas, prefix = ''): Field[] {
  const shape = resolved(schema, named)
  if (shape.anyOf !== undefined) return inAnyOf(shape.anyOf.map(one => fieldsOf(one, named, prefix)))
  return Object.entries(shape.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix + name
    const { description } = resolved(property, named)
    return [
      { path, type: typeOf(property, named), required: shape.required?.includes(name) === true, description: description?.replaceAll('`', '') },
      ...within(property, named).flatMap(([inner, suffix]) => fieldsOf(inner, named, `${path}${suffix}.`)),
    ]
  })
}

/** The fields of several shapes, each once; required where every shape requires it. */
function inAnyOf (shapes: readonly Field[][]): Field[] {
  const paths = [...new Set(shapes.flat().map(({ path }) => path))]
  const of = (path: string) => shapes.map(fields => fields.find(field => field.path === path))
  return paths.map(path => ({ ...of(path).find(field => field !== undefined)!, required: of(path).every(field => field?.required === true) }))
}

/** `string`, `date-time`, `counter | porter`, `list of objects`. */
export function typeOf (schema: Schema, named: NamedSchemas): string {
  const shape = resolved(schema, named)
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(one => typeOf(one, named)))].join(' or ')
  if (shape.enum !== undefined && shape.enum.length <= mostChoices) return shape.enum.map(String).join(' | ')
  if (shape.const !== undefined) return String(shape.const)
  if (shape.format !== undefined) return shape.format
  if (shape.items !== undefined) return `list of ${typeOf(shape.items, named)}`
  return [shape.type ?? 'anything'].flat().join(' or ')
}

/** The objects inside a property, and how their fields' paths go on. */
function within (schema: Schema, named: NamedSchemas): Array<[Schema, string]> {
  const shape = resolved(schema, named)
  if (shape.items !== undefined) return within(shape.items, named).map(([inner, suffix]) => [inner, `[]${suffix}`])
  if (shape.anyOf !== undefined) return shape.anyOf.flatMap(one => within(one, named))
  return shape.properties === undefined ? [] : [[shape, '']]
}

function resolved (schema: Schema, named: NamedSchemas): Schema {
  return schema.$ref === undefined ? schema : named[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {}
}
