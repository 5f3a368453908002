/** At which service point a session works. Pure. */
import type { Session } from './session.js'

export type ServicePointRefusal = 'not-your-service-point' | 'choose-service-point'

export type ServicePointChoice =
  | { readonly ok: true, readonly servicePointId: string | null }
  | { readonly ok: false, readonly message: ServicePointRefusal }

/**
 * Only one of the member's own service points; the only one by itself. With several, a page session starts
 * without and is asked next; an API client has to say it at once.
 */
export function resolveServicePoint (own: readonly string[], wanted: string | undefined, door: Session['clientType']): ServicePointChoice {
  if (wanted !== undefined) {
    return own.includes(wanted) ? { ok: true, servicePointId: wanted } : { ok: false, message: 'not-your-service-point' }
  }
  if (own.length > 1 && door === 'api') return { ok: false, message: 'choose-service-point' }
  return { ok: true, servicePointId: own.length === 1 ? own[0]! : null }
}
