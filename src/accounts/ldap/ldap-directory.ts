/** The directory over LDAP: OpenLDAP, Active Directory, and compatible servers. */
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { createBuiltInDirectory } from '../built-in-directory.js'
import { type AccountRef, type Directory, DirectoryError } from '../directory.js'
import { lockAccount } from '../queries.js'
import { type AccountDraft, upsertAccounts } from '../upsert-accounts.js'
import { findEntry } from './find-entries.js'
import { createEntryParser } from './parse-entry.js'
import { SessionPool } from './session-pool.js'
import { setPassword } from './set-password.js'
import type { DirectorySettings, LdapSettings } from './settings.js'

/** Creates the directory. It connects on the first request. */
export function createLdapDirectory (db: Kysely<Database>, settings: LdapSettings, now: () => Date): Directory {
  const pool = new SessionPool(settings, now)
  return {
    kind: 'ldap',
    refresh: async account => { await refreshAccount(db, account, { pool, settings, now }) },
    setPassword: async (account, password) => await setPassword(pool, settings, account, password),
    close: async () => pool.close(),
  }
}

/** Opens the directory that the configuration selects. */
export function openDirectory (db: Kysely<Database>, settings: DirectorySettings, now: () => Date): Directory {
  return settings.kind === 'built-in' ? createBuiltInDirectory(db, now) : createLdapDirectory(db, settings, now)
}

/** An entry that cannot be converted to an account. */
export class InvalidEntryError extends DirectoryError {
  readonly errors: readonly FieldError[]
  readonly #dn: string

  constructor (id: string, dn: string, errors: readonly FieldError[]) {
    super('away', `the directory’s entry of account ${id} cannot be read: ${errors.map(error => `${error.path} ${error.message}`).join(', ')}`)
    this.#dn = dn
    this.errors = errors
  }

  /** A getter, so that the log does not serialise it: it contains the user name. */
  get dn (): string {
    return this.#dn
  }
}

interface RefreshDeps {
  readonly pool: SessionPool
  readonly settings: LdapSettings
  readonly now: () => Date
}

/** Updates the account from the directory. No lock is held during the request. @throws {DirectoryError} `away` or `ambiguous` */
async function refreshAccount (db: Kysely<Database>, account: AccountRef, { pool, settings, now }: RefreshDeps): Promise<void> {
  const answer = await fetchAccountDraft(pool, settings, account, now())
  await db.transaction().execute(async trx => await applyDirectoryAnswer(trx, account.id, answer, now()))
}

/**
 * Fetches the account from the directory by user name; undefined when the directory does not have it.
 * @throws {DirectoryError} `away` or `ambiguous`
 */
export async function fetchAccountDraft (pool: SessionPool, settings: LdapSettings, account: AccountRef, now: Date): Promise<AccountDraft | undefined> {
  const entry = await pool.use(async client => await findEntry(client, settings, account))
  if (entry === undefined) return undefined
  const parsed = createEntryParser(settings.attributes, now)(entry)
  if (!parsed.ok) throw new InvalidEntryError(account.id, entry.dn, parsed.errors)
  return parsed.draft
}

/** Stores the answer of the directory. An account that is gone is locked. */
export async function applyDirectoryAnswer (trx: Transaction<Database>, id: string, answer: AccountDraft | undefined, now: Date): Promise<void> {
  const account = await lockAccount(trx, id)
  // The account was erased during the request: its data must not be stored again.
  if (account === undefined || account.erased_at !== null) return
  if (answer === undefined) await markAccountGone(trx, id, now)
  else await applyDraft(trx, answer, now)
}

/** Writes the draft, without a student number that another account still has: the next `accounts sync` sets it. */
async function applyDraft (trx: Transaction<Database>, draft: AccountDraft, now: Date): Promise<void> {
  const [outcome] = await upsertAccounts(trx, [draft], now)
  if (outcome === 'student-number-taken') await upsertAccounts(trx, [{ ...draft, studentNumber: undefined }], now)
}

async function markAccountGone (trx: Transaction<Database>, id: string, now: Date): Promise<void> {
  await trx.updateTable('accounts').set({ status: 'locked', gone_at: now, updated_at: now })
    .where('id', '=', id).where('gone_at', 'is', null).execute()
}
