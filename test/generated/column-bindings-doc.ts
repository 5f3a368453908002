/** The generated lists of what binds each column to the log, and of the columns that nothing binds. */
import { tableBindings } from '../../src/proofs/bindings/all-tables.js'
import type { ColumnBinding } from '../../src/proofs/bindings/binding.js'

/** Renders what binds each column: one row for the columns of a table that have the same answer. */
export function renderColumnBindings (): string {
  const rows = listGroups(() => true).map(({ table, columns, binding }) => `| \`${table}\` | ${columns} | ${describe(binding)} |`)
  return ['| Table | Columns | |', '|---|---|---|', ...rows].join('\n')
}

/** Renders the columns that nothing binds, with the reason. */
export function renderUnboundColumns (): string {
  const rows = listGroups(binding => binding.kind === 'not-bound').map(({ table, columns, binding }) => `| \`${table}\` | ${columns} | ${binding.kind === 'not-bound' ? binding.because : ''} |`)
  return ['| Table | Columns | Not bound, because |', '|---|---|---|', ...rows].join('\n')
}

function listGroups (filter: (binding: ColumnBinding) => boolean) {
  return Object.entries(tableBindings).sort(([one], [other]) => one < other ? -1 : 1).flatMap(([table, bindings]) => {
    const groups = new Map<string, { columns: string[], binding: ColumnBinding }>()
    for (const [column, binding] of Object.entries(bindings).filter(([, binding]) => filter(binding))) {
      const group = groups.get(describe(binding)) ?? { columns: [], binding }
      group.columns.push(`\`${column}\``)
      groups.set(describe(binding), group)
    }
    return [...groups.values()].map(({ columns, binding }) => ({ table, columns: columns.join(', '), binding }))
  })
}

function describe (binding: ColumnBinding): string {
  switch (binding.kind) {
    case 'bound': return `bound by ${binding.by}`
    case 'derived': return `derived from ${binding.from}${binding.isCompared ? '; compared' : ''}`
    case 'not-bound': return `not bound, because ${binding.because}`
    default: return binding satisfies never
  }
}
