/** Remarks on the fields of an account file: their sentences, and their groups for a summary. Pure. */
import { hasText, type TextValues, type Translate } from '../../i18n/translate.js'
import type { RowRemark } from './import-accounts.js'

/** Notes on the same column that say the same; `first` is an example. */
export interface NoteGroup { readonly first: RowRemark, readonly count: number }

/** Groups notes: a file of a million rows may have the same note on each. */
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

/** Formats a remark: what is the matter with the field, and what the import does. */
export function formatRemark (t: Translate, kind: 'warnings' | 'notes', { code, values }: { readonly code: string, readonly values: TextValues }): string {
  const key = `accountImport.${kind}.${code}`
  if (!hasText(key)) throw new TypeError(`no sentence for ${key}`)
  return t(key, values)
}
