import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { projectRoot } from '../helpers/project-root.js'

const sourceFolder = fileURLToPath(new URL('src/', projectRoot))
const sources = readdirSync(sourceFolder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => join(entry.parentPath, entry.name).slice(sourceFolder.length))
  .toSorted()
  .map(file => ({ file, text: readFileSync(join(sourceFolder, file), 'utf8') }))

type Write = 'inserts a step' | 'sets the state of a slip' | 'inserts a slip' | 'writes a table that is not named in place'

const writingMethods = ['insertInto', 'mergeInto', 'replaceInto', 'updateTable']
const rawWrites: ReadonlyArray<readonly [RegExp, Write]> = [
  [/\b(?:insert|merge|copy)\s+(?:into\s+)?(?:\w+\.)?"?slip_steps\b/i, 'inserts a step'],
  [/\b(?:insert|merge|copy)\s+(?:into\s+)?(?:\w+\.)?"?slips\b/i, 'inserts a slip'],
  [/\bupdate\s+(?:only\s+)?(?:\w+\.)?"?slips\b"?(?:\s+(?:as\s+)?\w+)?\s+set\b[^;]*\bstate"?\s*=/i, 'sets the state of a slip'],
]

/** Finds the places where a source file writes slips or their steps, with Kysely or with SQL. */
function findWrites (text: string): Write[] {
  const writes: Write[] = []
  // Parsing is slow, and most files write no table.
  if (!/\b(?:insert|merge|replace|update|copy)/i.test(text)) return writes
  visit(ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true))
  return writes

  function visit (node: ts.Node): void {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) checkCall(node, node.expression)
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      for (const [pattern, write] of rawWrites) if (pattern.test(node.getText())) writes.push(write)
    }
    node.forEachChild(visit)
  }

  function checkCall (call: ts.CallExpression, { name, expression: receiver }: ts.PropertyAccessExpression): void {
    if (writingMethods.includes(name.text)) {
      const table = call.arguments[0]
      if (table === undefined || !ts.isStringLiteralLike(table)) writes.push('writes a table that is not named in place')
      else if (name.text !== 'updateTable' && /^slip_steps\b/.test(table.text)) writes.push('inserts a step')
      else if (name.text !== 'updateTable' && /^slips\b/.test(table.text)) writes.push('inserts a slip')
    }
    if (name.text === 'set' && /\.updateTable\(\s*['"`]slips\b/.test(receiver.getText()) && canSetState(call.arguments)) writes.push('sets the state of a slip')
  }
}

/** Checks whether a call of `set` can change `state`: only a literal object without that column cannot. */
function canSetState (values: readonly ts.Expression[]): boolean {
  const [columns] = values
  if (values.length !== 1 || columns === undefined || !ts.isObjectLiteralExpression(columns)) return true
  return columns.properties.some(property => property.name === undefined || ts.isComputedPropertyName(property.name) || property.name.getText().replace(/['"]/g, '') === 'state')
}

t.test('only recordTransition inserts steps and sets the state of a slip', async t => {
  t.ok(sources.length > 200, 'the sources were read')
  const writers = sources.flatMap(({ file, text }) => findWrites(text).map(write => `${file} ${write}`))
  t.strictSame(writers, [
    'slips/record-transition.ts sets the state of a slip',
    'slips/record-transition.ts inserts a step',
    'slips/slip-store.ts inserts a slip',
  ])
})

t.test('finds writers in whatever form', async t => {
  const writers: ReadonlyArray<readonly [string, Write]> = [
    ["await trx.insertInto('slip_steps').values(step).execute()", 'inserts a step'],
    ["trx.insertInto('slip_steps as step').expression(query)", 'inserts a step'],
    ["trx.mergeInto('slip_steps').using('slips', 'slips.id', 'slip_steps.slip_id')", 'inserts a step'],
    ['trx.insertInto(table).values(row)', 'writes a table that is not named in place'],
    ["sql`insert into slip_steps (slip_id, step) values (gen_random_uuid(), 'void')`", 'inserts a step'],
    ['sql`insert\n into public.slip_steps select * from old_steps`', 'inserts a step'],
    ["trx.insertInto('slips').values(slip)", 'inserts a slip'],
    ["trx.updateTable('slips').set({ state: 'voided', ended_at: now }).where('id', '=', id)", 'sets the state of a slip'],
    ["trx.updateTable('slips').where('id', '=', id).set({ 'state': 'voided' })", 'sets the state of a slip'],
    ["trx.updateTable('slips').set('state', 'voided')", 'sets the state of a slip'],
    ["trx.updateTable('slips as slip').set({ ended_at: now, ...changes })", 'sets the state of a slip'],
    ["trx.updateTable('slips').set(changes)", 'sets the state of a slip'],
    ["sql`update slips set ended_at = now(), state = 'voided' where number = 'AAA-AAA-AAA'`", 'sets the state of a slip'],
  ]
  for (const [text, write] of writers) t.strictSame(findWrites(text), [write], text)
  for (const text of [
    "trx.updateTable('slips').set({ request_reference: null, texts_erased_at: now }).where('id', '=', id)",
    "trx.updateTable('slip_steps').set({ note: null, note_erased_at: now })",
    "trx.selectFrom('slip_steps').selectAll()",
    "trx.insertInto('deliveries').values({ slip_id: id })",
    "sql`select state from slips where state = 'voided'`",
  ]) t.strictSame(findWrites(text), [], text)
})
