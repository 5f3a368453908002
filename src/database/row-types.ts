/** Row types of the tables with many columns. Types only. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Channel, DocumentType, EnvelopePlace, Language, Localised, ServicePointKind, SlipState, StepName, VoidReasonCode } from '../institution/vocabulary.js'
import type { OpeningHours } from '../institution/opening-hours.js'
import type { Coordinates } from '../institution/profile.js'

/** A JSON column: read as its value, written as its JSON text. */
export type Json<T extends object | null> = JSONColumnType<T>
/** A calendar day, `YYYY-MM-DD`. */
export type Day = string

// Service points and the postcode register.

export interface ServicePointsTable {
  id: string
  kind: ServicePointKind
  name: Json<Localised>
  campus: string
  address: string
  hours: Json<OpeningHours>
  location: ColumnType<Coordinates | null, string | null, string | null>
}

export interface PostcodesTable {
  postcode: string
  town_fi: string
  town_sv: string
  municipality_code: string
  municipality_fi: string
  municipality_sv: string
  type_code: number
}

// Slips, their delivery and custody, and the attempts to redeem them.

/** What the HMAC of a code covers: 2 the key id, the slip number and the code; 1 and 0 the code alone, of slips issued before migration 0016. */
export type CodeScheme = 0 | 1 | 2

export interface SlipsTable {
  id: Generated<string>
  number: string
  account_id: string
  channel: Channel
  state: SlipState
  code_hmac: Buffer
  code_key_id: string
  code_scheme: CodeScheme
  language: Language
  request_reference: string | null
  issued_at: Date
  issued_by: string
  service_point_id: string
  expires_at: Date
  ceiling_at: Date
  ended_at: Date | null
  void_reason: VoidReasonCode | null
  replaces: string | null
  /** The holder's name in Latin letters as the agent entered it, where the account has none, and where it comes from. */
  latin_name: Generated<string | null>
  latin_name_reason: Generated<string | null>
  /** When request reference, notes and document details were erased. */
  texts_erased_at: Generated<Date | null>
}

export interface DeliveriesTable {
  slip_id: string
  channel: Channel
  porter_service_point_id: string | null
  collect_by: Date | null
  recipient: string | null
  lines: string[] | null
  postcode: string | null
  town: string | null
  country: string | null
  tracking_number: string | null
  personal_handover: boolean | null
  envelope_at: EnvelopePlace
  dispatch_id: string | null
  /** When address and tracking number were erased. */
  address_erased_at: Generated<Date | null>
}

export interface SlipStepsTable {
  id: ColumnType<number, never, never>
  slip_id: string
  step: StepName
  from_state: SlipState | null
  to_state: SlipState
  at: Date
  staff_id: string | null
  service_point_id: string | null
  identity_check_id: string | null
  note: string | null
  token_id: string | null
  note_erased_at: Generated<Date | null>
}

export interface IdentityChecksTable {
  id: Generated<string>
  slip_id: string
  document_type: DocumentType
  /** Null after it was erased. */
  issuing_country: string | null
  /** Null if the document has no expiry date, or after it was erased. */
  valid_until: Day | null
  no_expiry: Generated<boolean>
  photo_matches: boolean
  name_matches: boolean
  name_reason: string | null
  birth_date_matches: boolean | null
  birth_date_reason: string | null
  checked_by: string
  checked_at: Date
  service_point_id: string
  erased_at: Generated<Date | null>
}

export interface DispatchesTable {
  id: Generated<string>
  porter_service_point_id: string
  service_point_id: string
  dispatched_at: Date
  dispatched_by: string
}

export interface EnvelopeCountsTable {
  id: Generated<string>
  service_point_id: string
  counted_at: Date
  counted_by: string
  counted: number
  expected: number
  missing: string[]
  unexpected: string[]
}

export interface CodeAlertsTable {
  id: Generated<string>
  slip_id: string
  slip_state: SlipState
  first_at: Date
  last_at: Date
  tries: Generated<number>
  settled_at: Date | null
  settled_by: string | null
}

export interface RedemptionsTable {
  /** The id of the reservation. */
  id: Generated<string>
  slip_id: string
  /** Null when the holder redeems the slip on the activation page. */
  token_id: string | null
  reserved_at: Date
  confirm_by: Date
  ended_at: Date | null
  outcome: 'redeemed' | 'released' | 'refused' | 'unfinished' | null
}

// Delivery records, exports and audit events.

/** Maintained by triggers; programs only read it. */
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
