/** How a column is bound to the log. The lists beside this file have an entry for each column of each table. Pure. */

/** `audit verify` compares the column with events, and names it when it differs. */
export interface BoundColumn {
  readonly kind: 'bound'
  /** The events, or the part of the log, that it is compared with. */
  readonly by: string
  /** What `audit verify` names instead of the column: another column, as `table.column`, or the whole row. */
  readonly namedAs?: string
}

/** It can be made again from other columns. `isCompared`: `audit verify` does so, and names the row when it differs. */
export interface DerivedColumn { readonly kind: 'derived', readonly from: string, readonly isCompared: boolean }

/** Nothing in the log says what it should be. docs/threat-model.md lists these. */
export interface UnboundColumn { readonly kind: 'not-bound', readonly because: string }

export type ColumnBinding = BoundColumn | DerivedColumn | UnboundColumn
export type TableBindings = Readonly<Record<string, ColumnBinding>>

/** The name for a whole row that was added or removed. */
export const WHOLE_ROW = 'row'

export function bound (by: string, ...columns: readonly string[]): TableBindings {
  return toBindings(columns, { kind: 'bound', by })
}

/** @param namedAs as `table.column`, or `WHOLE_ROW` */
export function boundAs (namedAs: string, by: string, ...columns: readonly string[]): TableBindings {
  return toBindings(columns, { kind: 'bound', by, namedAs })
}

export function derived (from: string, ...columns: readonly string[]): TableBindings {
  return toBindings(columns, { kind: 'derived', from, isCompared: false })
}

export function compared (from: string, ...columns: readonly string[]): TableBindings {
  return toBindings(columns, { kind: 'derived', from, isCompared: true })
}

export function notBound (because: string, ...columns: readonly string[]): TableBindings {
  return toBindings(columns, { kind: 'not-bound', because })
}

function toBindings (columns: readonly string[], binding: ColumnBinding): TableBindings {
  return Object.fromEntries(columns.map(column => [column, binding]))
}
