/** Why the files of an export cannot be held against a manifest: programs, or people, could take them for something else. Pure. */

export type InvalidExportReason =
  /** A ZIP that is torn, packed in another way, or none. */
  | 'zip-unreadable'
  /** Bytes of a ZIP that belong to none of its files. */
  | 'zip-hidden'
  /** A file of a ZIP that bears two names. */
  | 'zip-other-name'
  | 'file-twice' | 'file-in-folder' | 'manifest-twice'

export class InvalidExportError extends Error {
  readonly kind: InvalidExportReason
  /** Which file; without it the export as a whole. */
  readonly file: string | undefined

  constructor (kind: InvalidExportReason, file?: string) {
    super(file === undefined ? kind : `${kind}: ${file}`)
    this.kind = kind
    this.file = file
  }
}
