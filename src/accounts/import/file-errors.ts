/** Why an account file cannot be imported at all. Pure. */
import { hasText, type TextValues, type Translate, translator } from '../../i18n/translate.js'

/** A file that cannot be imported at all. Its message is the English sentence, for the operator. */
export class AccountFileError extends Error {
  /** @param code a key under `accountImport.fileErrors`; `values` fill its sentence */
  constructor (readonly code: string, readonly values: TextValues = {}) {
    super(formatFileError(translator('en'), { code, values }))
    this.name = 'AccountFileError'
  }
}

/** Formats the reason in the reader's language. */
export function formatFileError (t: Translate, { code, values }: { readonly code: string, readonly values: TextValues }): string {
  const key = `accountImport.fileErrors.${code}`
  return hasText(key) ? t(key, values) : code
}

/** Converts an error of reading or parsing the file; any other error is returned unchanged. */
export function toAccountFileError (error: unknown): unknown {
  const { code, lines } = error as { code?: string, lines?: number }
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
    case 'CSV_MAX_RECORD_SIZE': return new AccountFileError('quote-open', { line: lines ?? 1 })
    case 'ENOENT': return new AccountFileError('no-file')
    case 'EISDIR': return new AccountFileError('folder')
    case 'EACCES': return new AccountFileError('not-readable')
    default: return error
  }
}
