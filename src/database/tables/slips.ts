/** A slip, its way, and how its code came back: one row each. Types only. */
import type { ColumnType, Generated } from 'kysely'
import type { Channel, DocumentType, Language } from '../../institution/words.js'
import type { EnvelopePlace, SlipState, StepName } from '../../slips/life.js'
import type { VoidReasonCode } from '../../slips/void-reasons.js'
import type { Day } from './columns.js'

export interface SlipsTable {
  id: Generated<string>
  number: string
  account_id: string
  channel: Channel
  state: SlipState
  code_hmac: Buffer
  code_key_id: string
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
  /** Since then without request reference, notes and what was noted of documents. */
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
  /** Since then without address and tracking number. */
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
  /** Null, as the day, once forgotten. */
  issuing_country: string | null
  valid_until: Day | null
  photo_matches: boolean
  name_matches: boolean
  name_reason: string | null
  birth_date_matches: boolean | null
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
  /** The reservation. */
  id: Generated<string>
  slip_id: string
  /** Null: the holder, on the activation page. */
  token_id: string | null
  reserved_at: Date
  confirm_by: Date
  ended_at: Date | null
  outcome: 'redeemed' | 'released' | 'refused' | 'unfinished' | null
}
