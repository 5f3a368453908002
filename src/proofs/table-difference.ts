/** How a row outside the slips differs from the events that bind it. Types only. */
export interface TableDifference {
  readonly table: string
  /** What identifies the row to a reader: an id, a login or a slip number, never a name. */
  readonly row: string
  /** The first column that differs; undefined when a whole row was added or removed. */
  readonly column?: string | undefined
  readonly kind: 'altered' | 'removed' | 'added'
}
