/** Who works here, and whom slips are for: rows of staff, their sessions, accounts, and tokens of identity systems. Types only. */
import type { Generated } from 'kysely'
import type { AccountStatus, Affiliation, Language, Role } from '../../institution/words.js'
import type { Day } from './columns.js'

export interface StaffTable {
  id: Generated<string>
  login: string
  name: string
  password_hash: string
  roles: Role[]
  active: Generated<boolean>
  created_at: Date
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
}

export interface ApiTokensTable {
  id: Generated<string>
  name: string
  scope: 'redeem'
  token_hash: Buffer
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

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
  updated_at: Date
  gone_at: Date | null
  /** Since then it knows nobody: its name and user name are markers. */
  erased_at: Generated<Date | null>
}
