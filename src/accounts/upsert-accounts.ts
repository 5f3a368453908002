/** Creates and updates many accounts by user name, together with their search terms. */
import { sql, type Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { AccountStatus, Affiliation, Language } from '../institution/vocabulary.js'
import { extractIndexTerms, type IndexTerms } from './search-terms.js'
import type { Account } from './queries.js'

/** An account from a source. Missing values stay unchanged; a new account gets the defaults. */
export interface AccountDraft {
  /** The user name in lower case, which identifies the account. */
  readonly username: string
  readonly displayName: string
  readonly affiliation: Affiliation
  /** The default is active. */
  readonly status?: AccountStatus | undefined
  /** The default is Finnish. */
  readonly preferredLanguage?: Language | undefined
  readonly studentNumber?: string | null | undefined
  /** `YYYY-MM-DD` */
  readonly birthDate?: string | null | undefined
}

/** `student-number-taken`: another account has it, so the draft was not written. */
export type UpsertOutcome = 'created' | 'updated' | 'unchanged' | 'student-number-taken'

type AccountRow = Omit<Account, 'id' | 'updated_at' | 'erased_at'>
interface AccountChange { readonly row: AccountRow, readonly terms: IndexTerms, readonly before: Account | undefined }

/**
 * Creates or updates the accounts.
 * @param drafts without duplicate user names or student numbers
 * @returns the outcome of each draft, in the same order
 */
export async function upsertAccounts (trx: Transaction<Database>, drafts: readonly AccountDraft[], now: Date): Promise<UpsertOutcome[]> {
  const existing = await lockAccountsByUsername(trx, drafts.map(draft => draft.username))
  const holders = await findStudentNumberHolders(trx, drafts.flatMap(draft => draft.studentNumber ?? []))
  const changes: AccountChange[] = []
  const outcomes = drafts.map((draft): UpsertOutcome => {
    if ((holders.get(draft.studentNumber ?? '') ?? draft.username) !== draft.username) return 'student-number-taken'
    const change = buildChange(draft, existing.get(draft.username))
    if (change.before !== undefined && isUnchanged(change.row, change.before)) return 'unchanged'
    changes.push(change)
    return change.before === undefined ? 'created' : 'updated'
  })
  await writeChanges(trx, changes, now)
  return outcomes
}

async function lockAccountsByUsername (trx: Transaction<Database>, usernames: string[]): Promise<Map<string, Account>> {
  const rows = await trx.selectFrom('accounts').selectAll()
    .where('username', '=', sql<string>`any(${usernames}::text[])`).orderBy('id').forUpdate().execute()
  return new Map(rows.map(row => [row.username, row]))
}

async function findStudentNumberHolders (trx: Transaction<Database>, numbers: string[]): Promise<Map<string | null, string>> {
  const rows = await trx.selectFrom('accounts').select(['student_number', 'username'])
    .where('student_number', '=', sql<string>`any(${numbers}::text[])`).execute()
  return new Map(rows.map(row => [row.student_number, row.username]))
}

function buildChange (draft: AccountDraft, before: Account | undefined): AccountChange {
  const studentNumber = draft.studentNumber === undefined ? before?.student_number ?? null : draft.studentNumber
  const terms = extractIndexTerms({ ...draft, studentNumber })
  const row: AccountRow = {
    username: draft.username,
    student_number: studentNumber,
    display_name: draft.displayName,
    folded_name: terms.foldedName,
    affiliation: draft.affiliation,
    status: draft.status ?? before?.status ?? 'active',
    preferred_language: draft.preferredLanguage ?? before?.preferred_language ?? 'fi',
    birth_date: draft.birthDate === undefined ? before?.birth_date ?? null : draft.birthDate,
    gone_at: null,
  }
  return { row, terms, before }
}

function isUnchanged (row: AccountRow, before: Account): boolean {
  return (Object.keys(row) as Array<keyof AccountRow>).every(column => row[column] === before[column])
}

async function writeChanges (trx: Transaction<Database>, changes: readonly AccountChange[], now: Date): Promise<void> {
  if (changes.length === 0) return
  const ids = await upsertRows(trx, changes.map(change => change.row), now)
  const updated = changes.flatMap(change => change.before?.id ?? [])
  for (const table of ['account_words', 'account_word_pairs'] as const) {
    if (updated.length > 0) await trx.deleteFrom(table).where('account_id', '=', sql<string>`any(${updated}::uuid[])`).execute()
  }
  await insertIndexTerms(trx, changes.map(({ row, terms }) => ({ terms, id: ids.get(row.username)! })))
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
async function upsertRows (trx: Transaction<Database>, rows: readonly AccountRow[], now: Date): Promise<Map<string, string>> {
  const column = (name: keyof AccountRow) => sql`${rows.map(row => row[name])}::text[]`
  const { rows: written } = await sql<{ id: string, username: string }>`
    insert into accounts (username, student_number, display_name, folded_name, affiliation, status, preferred_language, birth_date, updated_at)
    select u, n, d, f, a, s, l, b::date, ${now} from unnest(
      ${column('username')}, ${column('student_number')}, ${column('display_name')}, ${column('folded_name')},
      ${column('affiliation')}, ${column('status')}, ${column('preferred_language')}, ${column('birth_date')}
    ) as draft (u, n, d, f, a, s, l, b)
    on conflict (username) do update set
      student_number = excluded.student_number, display_name = excluded.display_name, folded_name = excluded.folded_name,
      affiliation = excluded.affiliation, status = excluded.status, preferred_language = excluded.preferred_language,
      birth_date = excluded.birth_date, gone_at = null, updated_at = excluded.updated_at
    returning id, username`.execute(trx)
  return new Map(written.map(row => [row.username, row.id]))
}
