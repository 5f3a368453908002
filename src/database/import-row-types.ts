/** Row types of the tables of uploaded account files. Types only. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

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
