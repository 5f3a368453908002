/** Creates and updates many accounts by user name, together with their search terms. A plan says what a write would do. */
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Actor } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import type { AccountStatus, Affiliation, Language } from '../institution/vocabulary.js'
import { bindAccounts } from './bind-accounts.js'
import { listNameKeys } from './names/name-keys.js'
import { extractIndexTerms, INDEX_VERSION, type IndexTerms } from './search-terms.js'
import type { Account } from './queries.js'

/** An account from a source. Missing values stay unchanged; a new account gets the defaults. */
export interface AccountDraft {
  /** The user name in lower case, which identifies the account. */
  readonly username: string
  readonly displayName: string
  readonly affiliation: Affiliation
  /** The default is `statusOfNew`. */
  readonly status?: AccountStatus | undefined
  /** The status of a new account without one; active by default. */
  readonly statusOfNew?: AccountStatus | undefined
  /** The default is Finnish. */
  readonly preferredLanguage?: Language | undefined
  readonly studentNumber?: string | null | undefined
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | null | undefined
  /** The name in Latin letters. */
  readonly latinName?: string | null | undefined
  /** The last name, where the source has it separately. */
  readonly lastName?: string | null | undefined
}

/** `student-number-taken`: another account has it, so the draft was not written. */
export type UpsertOutcome = 'created' | 'updated' | 'unchanged' | 'student-number-taken'

/** The columns that a source decides, as they are after the write. The index follows from them. */
export type AccountRow = Omit<Account, 'id' | 'updated_at' | 'erased_at' | keyof IndexColumns>
type IndexColumns = Pick<Account, 'folded_name' | 'name_keys' | 'index_version'>

/** What becomes of one draft. */
export interface AccountPlan {
  readonly draft: AccountDraft
  readonly outcome: UpsertOutcome
  /** The account before the write; undefined for a new one. */
  readonly before: Account | undefined
  readonly row: AccountRow
  /** The number in the draft, when it is the account's own number without its leading zeros, which the account keeps. */
  readonly refusedNumber: string | undefined
}

export interface PlanOptions {
  /** Locks the accounts until the transaction ends. */
  readonly lock: boolean
  /** Keeps a student number that the draft would only shorten by its leading zeros: spreadsheets remove them. */
  readonly keepsZeros: boolean
  /** Student numbers that an account in the database would no longer have, after earlier plans that were not written. */
  readonly releasedNumbers?: ReadonlySet<string>
}

/**
 * Creates or updates the accounts.
 * @param drafts without duplicate user names or student numbers
 * @returns the outcome of each draft, in the same order
 */
export async function upsertAccounts (trx: Transaction<Database>, drafts: readonly AccountDraft[], now: Date): Promise<UpsertOutcome[]> {
  const plans = await planAccounts(trx, drafts, { lock: true, keepsZeros: false })
  await writeAccounts(trx, plans, now)
  return plans.map(plan => plan.outcome)
}

/** Plans the write of drafts without duplicate user names or student numbers. @returns a plan for each, in the same order */
export async function planAccounts (db: Kysely<Database>, drafts: readonly AccountDraft[], { lock, keepsZeros, releasedNumbers }: PlanOptions): Promise<AccountPlan[]> {
  const existing = await findAccountsByUsername(db, drafts.map(draft => draft.username), lock)
  const holders = await findStudentNumberHolders(db, drafts.flatMap(draft => draft.studentNumber ?? []))
  return drafts.map(draft => {
    const before = existing.get(draft.username)
    const isShortened = keepsZeros && isShortenedByZeros(draft.studentNumber, before?.student_number)
    const row = buildRow(isShortened ? { ...draft, studentNumber: undefined } : draft, before)
    const number = row.student_number ?? ''
    const isTaken = releasedNumbers?.has(number) !== true && (holders.get(number) ?? draft.username) !== draft.username
    const outcome = isTaken ? 'student-number-taken' : before === undefined ? 'created' : isUnchanged(row, before) ? 'unchanged' : 'updated'
    return { draft, outcome, before, row, refusedNumber: isShortened ? draft.studentNumber! : undefined }
  })
}

/** Writes the plans that create or update an account, and binds these accounts to the log. */
export async function writeAccounts (trx: Transaction<Database>, plans: readonly AccountPlan[], now: Date, actor: Actor = 'system'): Promise<void> {
  const changes = plans.filter(({ outcome }) => outcome === 'created' || outcome === 'updated')
  if (changes.length > 0) await bindAccounts(trx, await writeChanges(trx, changes, now), now, actor)
}

/** Lists the student numbers that accounts no longer have once the plans are written. */
export function listReleasedNumbers (plans: readonly AccountPlan[]): string[] {
  return plans.filter(({ outcome }) => outcome === 'updated').flatMap(({ before, row }) => before!.student_number === row.student_number ? [] : before!.student_number ?? [])
}

/** True for 12345 where the account has 0012345. */
function isShortenedByZeros (number: string | null | undefined, stored: string | null | undefined): boolean {
  return number != null && stored != null && number.length < stored.length && stored.replace(/^0+/, '') === number.replace(/^0+/, '')
}

async function findAccountsByUsername (db: Kysely<Database>, usernames: string[], lock: boolean): Promise<Map<string, Account>> {
  const rows = await db.selectFrom('accounts').selectAll()
    .where('username', '=', sql<string>`any(${usernames}::text[])`).orderBy('id').$if(lock, query => query.forUpdate()).execute()
  return new Map(rows.map(row => [row.username, row]))
}

async function findStudentNumberHolders (db: Kysely<Database>, numbers: string[]): Promise<Map<string | null, string>> {
  const rows = await db.selectFrom('accounts').select(['student_number', 'username'])
    .where('student_number', '=', sql<string>`any(${numbers}::text[])`).execute()
  return new Map(rows.map(row => [row.student_number, row.username]))
}

function buildRow (draft: AccountDraft, before: Account | undefined): AccountRow {
  return {
    username: draft.username,
    student_number: draft.studentNumber === undefined ? before?.student_number ?? null : draft.studentNumber,
    display_name: draft.displayName,
    affiliation: draft.affiliation,
    status: draft.status ?? before?.status ?? draft.statusOfNew ?? 'active',
    preferred_language: draft.preferredLanguage ?? before?.preferred_language ?? 'fi',
    birth_date: draft.birthDate === undefined ? before?.birth_date ?? null : draft.birthDate,
    latin_name: draft.latinName === undefined ? before?.latin_name ?? null : draft.latinName,
    last_name: draft.lastName === undefined ? before?.last_name ?? null : draft.lastName,
    gone_at: null,
  }
}

function isUnchanged (row: AccountRow, before: Account): boolean {
  return (Object.keys(row) as Array<keyof AccountRow>).every(column => row[column] === before[column])
}

/** Indexes only accounts that change, because spelling a name takes longer than comparing it. @returns their ids */
async function writeChanges (trx: Transaction<Database>, changes: readonly AccountPlan[], now: Date): Promise<string[]> {
  const indexed = changes.map(({ row, before }) => ({ row, before, ...indexNames(row) }))
  const ids = await upsertRows(trx, indexed.map(({ row, columns }) => ({ ...row, ...columns })), now)
  await deleteIndexTerms(trx, indexed.flatMap(({ before }) => before?.id ?? []))
  await insertIndexTerms(trx, indexed.map(({ row, terms }) => ({ terms, id: ids.get(row.username)! })))
  return [...ids.values()]
}

function indexNames ({ display_name: displayName, latin_name: latinName, last_name: lastName, username, student_number: studentNumber }: AccountRow): { terms: IndexTerms, columns: IndexColumns } {
  const terms = extractIndexTerms({ displayName, latinName, username, studentNumber })
  return { terms, columns: { folded_name: terms.foldedName, name_keys: listNameKeys({ displayName, latinName, lastName }), index_version: INDEX_VERSION } }
}

async function deleteIndexTerms (trx: Transaction<Database>, ids: readonly string[]): Promise<void> {
  for (const table of ['account_words', 'account_word_pairs'] as const) {
    if (ids.length > 0) await trx.deleteFrom(table).where('account_id', '=', sql<string>`any(${ids}::uuid[])`).execute()
  }
}

/** Sends the words of each account as one text that the database splits: folded words contain no spaces or tabs. */
async function insertIndexTerms (trx: Transaction<Database>, accounts: ReadonlyArray<{ terms: IndexTerms, id: string }>): Promise<void> {
  const ids = sql`${accounts.map(({ id }) => id)}::uuid[]`
  const lines = sql`${accounts.map(({ terms }) => terms.line)}::text[]`
  const words = accounts.map(({ terms }) => terms.words.join(' '))
  await sql`insert into account_words (word, line, account_id)
    select word, line, id from unnest(${words}::text[], ${lines}, ${ids}) as account (words, line, id), string_to_table(words, ' ') as word`.execute(trx)
  const pairs = accounts.map(({ terms }) => terms.pairs.map(pair => pair.join(' ')).join('\t'))
  await sql`insert into account_word_pairs (word, other, line, account_id)
    select split_part(pair, ' ', 1), split_part(pair, ' ', 2), line, id
    from unnest(${pairs}::text[], ${lines}, ${ids}) as account (pairs, line, id), string_to_table(pairs, E'\\t') as pair`.execute(trx)
}

/** Writes all columns of all rows in one statement. @returns the ids by user name */
async function upsertRows (trx: Transaction<Database>, rows: ReadonlyArray<AccountRow & IndexColumns>, now: Date): Promise<Map<string, string>> {
  const column = (name: keyof AccountRow | 'folded_name') => sql`${rows.map(row => row[name])}::text[]`
  const { rows: written } = await sql<{ id: string, username: string }>`
    insert into accounts (username, student_number, display_name, folded_name, affiliation, status, preferred_language, birth_date,
      latin_name, last_name, name_keys, index_version, updated_at)
    select u, n, d, f, a, s, l, b::date, ln, fn, string_to_array(k, E'\\t'), ${INDEX_VERSION}, ${now} from unnest(
      ${column('username')}, ${column('student_number')}, ${column('display_name')}, ${column('folded_name')},
      ${column('affiliation')}, ${column('status')}, ${column('preferred_language')}, ${column('birth_date')},
      ${column('latin_name')}, ${column('last_name')}, ${rows.map(row => row.name_keys.join('\t'))}::text[]
    ) as draft (u, n, d, f, a, s, l, b, ln, fn, k)
    on conflict (username) do update set
      student_number = excluded.student_number, display_name = excluded.display_name, folded_name = excluded.folded_name,
      affiliation = excluded.affiliation, status = excluded.status, preferred_language = excluded.preferred_language,
      birth_date = excluded.birth_date, latin_name = excluded.latin_name, last_name = excluded.last_name,
      name_keys = excluded.name_keys, index_version = excluded.index_version, gone_at = null, updated_at = excluded.updated_at
    returning id, username`.execute(trx)
  return new Map(written.map(row => [row.username, row.id]))
}

// Indexing again after the rules have changed.

/** Indexes accounts again, without changing anything else of them. */
export async function reindexWithin (trx: Transaction<Database>, accounts: readonly Account[], now: Date): Promise<void> {
  if (accounts.length === 0) return
  const indexed = accounts.map(account => ({ id: account.id, ...indexNames(account) }))
  const ids = indexed.map(({ id }) => id)
  await sql`update accounts set name_keys = string_to_array(k, E'\\t'), index_version = ${INDEX_VERSION}
    from unnest(${ids}::uuid[], ${indexed.map(({ columns }) => columns.name_keys.join('\t'))}::text[]) as fresh (account_id, k) where accounts.id = fresh.account_id`.execute(trx)
  await deleteIndexTerms(trx, ids)
  await insertIndexTerms(trx, indexed)
  await bindAccounts(trx, ids, now)
}
