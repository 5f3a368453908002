/** Groups notes for a summary: a file of a million rows may have the same note on each. Pure. */
import type { RowRemark } from './import-accounts.js'

/** Notes on the same column that say the same; `first` is an example. */
export interface NoteGroup { readonly first: RowRemark, readonly count: number }

export class NoteGroups {
  readonly #groups = new Map<string, { readonly first: RowRemark, count: number }>()

  add (notes: readonly RowRemark[]): void {
    for (const note of notes) {
      // Words for "nothing" are few, and each of them is worth a look. Other values are as many as rows.
      const key = `${note.column} ${note.code} ${note.code === 'read-as-blank' ? String(note.values['value']) : ''}`
      const group = this.#groups.get(key)
      if (group === undefined) this.#groups.set(key, { first: note, count: 1 })
      else group.count++
    }
  }

  list (): NoteGroup[] {
    return [...this.#groups.values()]
  }
}
