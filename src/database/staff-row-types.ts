/** Row types of staff, their sessions, requests that wait for a confirmation, and API tokens. Types only. */
import type { Generated } from 'kysely'
import type { Role } from '../institution/vocabulary.js'
import type { Json } from './row-types.js'

export interface StaffTable {
  id: Generated<string>
  login: string
  name: string
  password_hash: string
  roles: Role[]
  active: Generated<boolean>
  must_change_password: Generated<boolean>
  password_expires_at: Date | null
  created_at: Date
}

export interface ConfirmationRequestsTable {
  id: string
  action: 'assign' | 'activate' | 'deactivate' | 'erase-holder'
  staff_id: string | null
  account_id: string | null
  payload: Json<object>
  requested_by: string
  requested_at: Date
  expires_at: Date
  event_id: string
  state: Generated<'open' | 'confirmed' | 'declined' | 'withdrawn' | 'expired'>
  decided_by: string | null
  decided_at: Date | null
}

export interface SessionsTable {
  id: Generated<string>
  token_hash: Buffer
  door: 'page' | 'api'
  staff_id: string
  service_point_id: string | null
  created_at: Date
  last_used_at: Date
  ends_at: Date
  revoked_at: Date | null
  /** Null when the session was ended before its time. */
  binding: Buffer | null
}

export interface KeptFormsTable {
  session_id: string
  service_point_id: string | null
  route: string
  /** JSON text. */
  params: string
  /** JSON text: what was typed, by field name. */
  body: string
  kept_until: Date
}

export interface ApiTokensTable {
  id: Generated<string>
  name: string
  scope: 'redeem'
  token_hash: Buffer
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
  /** Both null until the first use after migration 0024, for a token from before. */
  key_id: string | null
  binding: Buffer | null
}
