/** Row types of accounts and of uploaded account files. Types only. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { AccountStatus, Affiliation, Language } from '../institution/vocabulary.js'
import type { Day } from './row-types.js'

export interface AccountsTable {
  id: Generated<string>
  username: string
  student_number: string | null
  display_name: string
  folded_name: string
  affiliation: Affiliation
  status: AccountStatus
  preferred_language: Language
  birth_date: Day | null
  /** The name in Latin letters, as the source spells it. */
  latin_name: Generated<string | null>
  /** The last name, where the source has it separately. */
  last_name: Generated<string | null>
  name_keys: Generated<string[]>
  /** The version of the rules by which `name_keys` and the search terms were made. */
  index_version: Generated<number>
  updated_at: Date
  gone_at: Date | null
  /** When the personal data was erased: name and user name are markers since then. */
  erased_at: Generated<Date | null>
}

/** A file of accounts that an administrator has uploaded. */
export interface AccountImportsTable {
  id: Generated<string>
  staff_id: string
  file_name: string
  content: Buffer | null
  uploaded_at: Date
  state: 'checking' | 'encoding-unknown' | 'refused' | 'checked' | 'importing' | 'imported'
  encoding_confirmed: Generated<boolean>
  shortens_numbers: Generated<boolean>
  facts: JSONColumnType<object | null, string | null, string | null>
  row_count: number | null
  rows_read: Generated<number>
  counts: JSONColumnType<Record<string, number> | null, string | null, string | null>
  run_id: string | null
  lease_until: Date | null
  ended_at: Date | null
}

/** What one batch of rows has found. */
export interface AccountImportFindingsTable {
  import_id: string
  kind: 'change' | 'warning' | 'rejected'
  position: ColumnType<number, never, never>
  findings: JSONColumnType<unknown[]>
}
