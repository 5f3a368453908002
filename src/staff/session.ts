/** Who is asking, and from where: what a request knows once its session has been found. Types only. */
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
  /** The service point worked at, chosen at sign-in; null where the role has none. */
  readonly servicePoint: ServicePointRef | null
  readonly endsAt: Date
}
