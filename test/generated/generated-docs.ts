/** Lists the generated parts of the documents and inserts them between their markers. */
import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { Database } from '../../src/database/schema.js'
import { projectRoot } from '../helpers/project-root.js'
import { renderColumnBindings, renderUnboundColumns } from './column-bindings-doc.js'
import { renderDataModel } from './data-model-doc.js'
import { cruiseSources, renderModuleGraph } from './module-graph.js'
import { renderSecurityEvents } from './security-events-doc.js'
import { renderStateMachineDoc } from './state-machine-doc.js'

export interface GeneratedPart {
  /** The document's path from the project's root. */
  readonly path: string
  /** The name in the markers: `<!-- generated: state-machine -->`. */
  readonly name: string
  readonly render: (db: Kysely<Database>) => string | Promise<string>
}

/** The part with the module graph. */
export const moduleGraph = { path: 'docs/architecture.md', name: 'modules' } as const

export const generatedParts: readonly GeneratedPart[] = [
  { path: 'docs/domain.md', name: 'state-machine', render: renderStateMachineDoc },
  { ...moduleGraph, render: async () => renderModuleGraph((await cruiseSources()).modules) },
  { path: 'docs/operations.md', name: 'security-events', render: renderSecurityEvents },
  { path: 'docs/data-model.md', name: 'data-model', render: renderDataModel },
  { path: 'docs/data-model.md', name: 'column-bindings', render: renderColumnBindings },
  { path: 'docs/threat-model.md', name: 'unbound-columns', render: renderUnboundColumns },
]

/** Returns the text of a document with its generated part updated. */
export async function updateDocument (part: GeneratedPart, db: Kysely<Database>): Promise<string> {
  return await replacePart(part, await part.render(db))
}

/**
 * Reads a document and puts a text between the markers of its generated part.
 * @throws {Error} when the document lacks the markers
 */
export async function replacePart ({ path, name }: Pick<GeneratedPart, 'path' | 'name'>, rendered: string): Promise<string> {
  const text = await readFile(new URL(path, projectRoot), 'utf8')
  const [begin, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end: ${name} -->`]
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${path} has no markers for ${name}`)
  return `${text.slice(0, text.indexOf(begin))}${begin}${rendered}${text.slice(text.indexOf(end))}`
}
