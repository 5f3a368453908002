/** The session of a signed-in user: the staff member and the service point. Types only. */
import type { Localised, Role, ServicePointKind } from '../institution/vocabulary.js'

export interface StaffMember {
  readonly id: string
  /** Also the user name of the person's own account, if there is one: no one issues a slip to themselves. */
  readonly login: string
  readonly name: string
  readonly roles: readonly Role[]
}

export interface ServicePointRef {
  readonly id: string
  readonly kind: ServicePointKind
  readonly name: Localised
}

export interface Session {
  readonly id: string
  readonly clientType: 'page' | 'api'
  readonly staff: StaffMember
  /** The service point at which the user works; null before it is chosen, and for roles that have none. */
  readonly servicePoint: ServicePointRef | null
  /** Someone else has set the person's password: until it is changed, nothing else is possible. */
  readonly mustChangePassword: boolean
  readonly endsAt: Date
}
