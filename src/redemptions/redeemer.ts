/** Who redeems: the holder on the activation page, or an identity system over the API. Types, and how the record names them. Pure. */
import type { Actor } from '../audit/events.js'
import type { IdentitySystem } from '../staff/api-tokens.js'

export type Redeemer = { readonly kind: 'holder' } | { readonly kind: 'identity-system', readonly system: IdentitySystem }

export const holderRedeemer: Redeemer = { kind: 'holder' }

export function identitySystemRedeemer (system: IdentitySystem): Redeemer {
  return { kind: 'identity-system', system }
}

/** The token's id; null for the holder. */
export function redeemerTokenId (by: Redeemer): string | null {
  return by.kind === 'holder' ? null : by.system.id
}

/** Who succeeded. */
export function redeemerActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'holder' : `identity-system:${by.system.id}`
}

/** Who tried and was not accepted: on the page that may be anybody. */
export function attemptActor (by: Redeemer): Actor {
  return by.kind === 'holder' ? 'anonymous' : redeemerActor(by)
}
