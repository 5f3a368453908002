/**
 * The directory of the accounts: it sets passwords and decides which accounts are active. The configuration selects the
 * implementation. Types and errors. Pure.
 */

/** An account, as the local table and the directory identify it. */
export interface AccountRef {
  /** The account's id in the local table. */
  readonly id: string
  /** The user name in lower case, by which the directory finds it. */
  readonly username: string
}

export interface Directory {
  readonly kind: 'built-in' | 'ldap'
  /**
   * Updates the local account from the directory. All rules read the local row. An account that the directory no longer
   * has is locked. Call it outside a transaction, because network requests may take long.
   * @throws {DirectoryError} `away` or `ambiguous`
   */
  refresh (account: AccountRef): Promise<void>
  /**
   * Sets the holder's password. When it returns, the directory has it.
   * @param password as the holder typed it, in NFC
   * @throws {DirectoryError} of any kind; except for `away` the password is then certainly unchanged
   */
  setPassword (account: AccountRef, password: string): Promise<void>
  /** Closes all connections. */
  close (): Promise<void>
}

/**
 * `away`: the directory cannot be reached, does not answer in time, or rejects the credentials; `password-refused`: it
 * does not accept this password; `account-gone`: it has no such user name; `ambiguous`: it has several.
 */
export type DirectoryErrorKind = 'away' | 'password-refused' | 'account-gone' | 'ambiguous'

/** An error of the directory. Its message is for the log and contains neither a password nor a user name. */
export class DirectoryError extends Error {
  readonly kind: DirectoryErrorKind

  constructor (kind: DirectoryErrorKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DirectoryError'
    this.kind = kind
  }
}
