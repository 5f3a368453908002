/**
 * The directory behind the accounts: where a holder's password is set, and who says whether an account still
 * may have one. Which one is chosen by the configuration. Types, and the faults of a directory. Pure.
 */

/** The account as both sides know it. */
export interface AccountRef {
  /** The account's id in the local table. */
  readonly id: string
  /** In lower case: by which the directory finds it. */
  readonly username: string
}

export interface Directory {
  readonly kind: 'built-in' | 'ldap'
  /**
   * Asks the directory what the account is now, and writes the answer into the local table, from which all rules
   * read: the caller then looks at the row. An account that the directory no longer has is locked there.
   * Call it outside a transaction: it may take as long as a network does.
   * @throws {DirectoryError} `away` or `ambiguous`
   */
  refresh (account: AccountRef): Promise<void>
  /**
   * Sets the holder's password. When it returns, the directory has it.
   * @param password as the holder typed it, in NFC
   * @throws {DirectoryError} of any kind; except for `away` the password is then certainly unchanged
   */
  setPassword (account: AccountRef, password: string): Promise<void>
  /** Lets go of connections. */
  close (): Promise<void>
}

/**
 * `away`: it cannot be reached, does not answer in time, or does not let us in; `password-refused`: it takes
 * another password, not this one; `account-gone`: it has nobody of that name; `ambiguous`: it has several.
 */
export type DirectoryErrorKind = 'away' | 'password-refused' | 'account-gone' | 'ambiguous'

/** What went wrong with the directory. Its message is for the log and holds neither a password nor a user name. */
export class DirectoryError extends Error {
  readonly kind: DirectoryErrorKind

  constructor (kind: DirectoryErrorKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DirectoryFault'
    this.kind = kind
  }
}
