/** The directory over LDAP: OpenLDAP, Active Directory, and compatible servers. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { createBuiltInDirectory } from '../built-in-directory.js'
import { bindAccounts } from '../bind-accounts.js'
import { type AccountRef, type Directory, DirectoryError } from '../directory.js'
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
  await db.transaction().execute(async trx => await applyDirectoryAnswers(trx, [{ id: account.id, draft: answer }], now()))
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

/** What the directory says about an account; without a draft it does not have the account. */
export interface DirectoryAnswer { readonly id: string, readonly draft: AccountDraft | undefined }

/** Stores answers of the directory. Accounts that are gone are locked. */
export async function applyDirectoryAnswers (trx: Transaction<Database>, answers: readonly DirectoryAnswer[], now: Date): Promise<void> {
  const accounts = await trx.selectFrom('accounts').select('id').where('id', '=', sql<string>`any(${answers.map(({ id }) => id)}::uuid[])`)
    // An account that was erased during the request: its data must not be stored again.
    .where('erased_at', 'is', null).orderBy('id').forUpdate().execute()
  const present = new Set(accounts.map(({ id }) => id))
  const current = answers.filter(({ id }) => present.has(id))
  await markAccountsGone(trx, current.filter(({ draft }) => draft === undefined).map(({ id }) => id), now)
  for (const { draft } of current) if (draft !== undefined) await applyDraft(trx, draft, now)
}

/** Writes the draft, without a student number that another account still has: the next `accounts sync` sets it. */
async function applyDraft (trx: Transaction<Database>, draft: AccountDraft, now: Date): Promise<void> {
  const [outcome] = await upsertAccounts(trx, [draft], now)
  if (outcome === 'student-number-taken') await upsertAccounts(trx, [{ ...draft, studentNumber: undefined }], now)
}

async function markAccountsGone (trx: Transaction<Database>, ids: readonly string[], now: Date): Promise<void> {
  const marked = await trx.updateTable('accounts').set({ status: 'locked', gone_at: now, updated_at: now })
    .where('id', '=', sql<string>`any(${ids}::uuid[])`).where('gone_at', 'is', null).returning('id').execute()
  await bindAccounts(trx, marked.map(({ id }) => id), now)
}
