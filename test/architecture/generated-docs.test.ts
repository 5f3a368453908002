import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import t from 'tap'
import { projectRoot } from '../helpers/project-root.js'
import { generatedParts, moduleGraph, updateDocument } from '../generated/generated-docs.js'
import { openTestDatabase } from '../helpers/database.js'

t.test('the generated parts of the documents are up to date', async t => {
  const { db } = await openTestDatabase(t)
  // dependencies.test.ts checks the graph of modules, since it reads the imports anyway.
  for (const part of generatedParts.filter(({ name }) => name !== moduleGraph.name)) {
    t.equal(readFileSync(new URL(part.path, projectRoot), 'utf8'), await updateDocument(part, db), `${part.path}: run npm run docs`)
  }
})

t.test('every table and view has a comment that says what a row is', async t => {
  const { db } = await openTestDatabase(t)
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') and relname not like 'kysely%' and obj_description(oid, 'pg_class') is null`.execute(db)
  t.strictSame(rows, [])
})
