/** What auditors read: rows of delivery records, exports and audit events. Types only. */
import type { ColumnType } from 'kysely'
import type { Json } from './columns.js'

/** Kept by triggers; a program only reads it. */
export interface DeliveryRecordsTable {
  slip_id: ColumnType<string, never, never>
  issued_at: ColumnType<Date, never, never>
  expires_at: ColumnType<Date, never, never>
  handed_over_at: ColumnType<Date | null, never, never>
  open: ColumnType<boolean, never, never>
  number: ColumnType<string, never, never>
  facets: ColumnType<string[], never, never>
}

export interface RecordExportsTable {
  id: string
  staff_id: string
  format: string
  filter: Json<Record<string, unknown>>
  begun_at: Date
  ended_at: Date | null
  manifest: ColumnType<Record<string, unknown> | null, null, string | null>
}

export interface AuditEventsTable {
  sequence: ColumnType<number, never, never>
  id: string
  at: Date
  kind: string
  actor: string
  slip: string | null
  account: string | null
  service_point: string | null
  facts: Json<Record<string, unknown>>
}
