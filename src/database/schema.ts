/** The row type of every table after the last migration; long ones are in `row-types.ts`. Types only. */
import type { ColumnType, Generated } from 'kysely'
import type { AccountImportFindingsTable, AccountImportsTable, AccountsTable } from './account-row-types.js'
import type { AuditEventsTable, CodeAlertsTable, Day, DeliveriesTable, DeliveryRecordsTable, DispatchesTable, EnvelopeCountsTable, IdentityChecksTable, PostcodesTable, RecordExportsTable, RedemptionsTable, ServicePointsTable, SlipsTable, SlipStepsTable } from './row-types.js'
import type { ApiTokensTable, ConfirmationRequestsTable, KeptFormsTable, SessionsTable, StaffTable } from './staff-row-types.js'

export interface Database {
  service_points: ServicePointsTable
  staff: StaffTable
  staff_service_points: { staff_id: string, service_point_id: string }
  confirmation_requests: ConfirmationRequestsTable
  sessions: SessionsTable
  kept_forms: KeptFormsTable
  sign_in_origins: { key: string, last_at: Date }
  sign_in_tries: { key: string, tries: number, ends_at: Date }
  accounts: AccountsTable
  account_digests: { batch: string, account_id: string, salt: string | null, digest: Buffer, column_marks: Buffer }
  account_words: { word: string, line: string, account_id: string }
  account_word_pairs: { word: string, other: string, line: string, account_id: string }
  postcodes: PostcodesTable
  postcode_register: { one: Generated<boolean>, data_date: Day, source: string, loaded_at: Date }
  slips: SlipsTable
  deliveries: DeliveriesTable
  identity_checks: IdentityChecksTable
  slip_steps: SlipStepsTable
  dispatches: DispatchesTable
  envelope_counts: EnvelopeCountsTable
  code_alerts: CodeAlertsTable
  idempotency_keys: { staff_id: string, key: string, slip_number: string, created_at: Date }
  api_tokens: ApiTokensTable
  token_networks: { token_id: string, network_hash: string, seen_at: Date, reported_at: Date | null }
  code_tries: { key: string, tries: number, waits_until: Date | null, last_at: Date }
  redemptions: RedemptionsTable
  directory_passes: { id: Generated<string>, begun_at: Date }
  directory_seen: { pass_id: string, account_id: string }
  account_imports: AccountImportsTable
  account_import_findings: AccountImportFindingsTable
  account_passwords: { account_id: string, password_hash: string, set_at: Date }
  delivery_records: DeliveryRecordsTable
  record_exports: RecordExportsTable
  retention_turn: { one: Generated<boolean>, held_by: string | null, held_until: Date, completed_at: Date | null }
  audit_events: AuditEventsTable
  security_log_position: { one: Generated<boolean>, sequence: number }
  audit_texts: { event_id: string, name: string, salt: Buffer, text: string }
  log_leaves: { index: number, sequence: number, event_id: string, hash: Buffer }
  log_subtrees: { level: number, index: number, hash: Buffer }
  log_checkpoints: { number: ColumnType<number, number, never>, size: number, note: string, signed_at: Date }
}
