/** Which parts of the documents are generated, and how they are put between their markers. */
import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import type { Database } from '../../src/database/schema.js'
import { projectRoot } from '../helpers/project-root.js'
import { renderDataModel } from './data-model-doc.js'
import { renderStateMachineDoc } from './state-machine-doc.js'

export interface GeneratedPart {
  /** A document, from the project's root. */
  readonly path: string
  /** Stands in the markers: `<!-- generated: state-machine -->`. */
  readonly name: string
  readonly render: (db: Kysely<Database>) => string | Promise<string>
}

export const generatedParts: readonly GeneratedPart[] = [
  { path: 'docs/domain.md', name: 'state-machine', render: renderStateMachineDoc },
  { path: 'docs/data-model.md', name: 'data-model', render: renderDataModel },
]

/**
 * Renders a document with its generated part brought up to date.
 * @throws {Error} when the document lacks the markers
 */
export async function updateDocument ({ path, name, render }: GeneratedPart, db: Kysely<Database>): Promise<string> {
  const text = await readFile(new URL(path, projectRoot), 'utf8')
  const [begin, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end: ${name} -->`]
  const [before, rest] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))]
  if (!text.includes(begin) || !text.includes(end)) throw new Error(`${path} has no markers for ${name}`)
  return `${before}${begin}${await render(db)}${rest}`
}
