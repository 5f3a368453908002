/** Formats remarks on the fields of an account file, in the reader's language. Pure. */
import { hasText, type TextValues, type Translate } from '../../i18n/translate.js'

/** Formats a remark: what is the matter with the field, and what the import does. */
export function formatRemark (t: Translate, kind: 'warnings' | 'notes', { code, values }: { readonly code: string, readonly values: TextValues }): string {
  const key = `accountImport.${kind}.${code}`
  if (!hasText(key)) throw new TypeError(`no sentence for ${key}`)
  return t(key, values)
}
