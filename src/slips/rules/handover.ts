/** The rules for handing over a porter's envelope: who may do it, and the identity check. Pure. */
import type { Profile } from '../../institution/profile.js'
import { type Refusal, sortRefusals } from '../../institution/refusals.js'
import { type AccountIdentity, checkIdentity, type IdentityCheck, type IdentityRules } from './identity-check.js'
import { isOwnAccount } from './issuing-rules.js'

/** Who hands over which slip. */
export interface HandoverPeople {
  readonly holderUsername: string
  /** The id of the member of staff who issued the slip. */
  readonly issuedBy: string
  readonly staff: { readonly id: string, readonly login: string }
}

export interface HandoverContext extends HandoverPeople {
  readonly account: AccountIdentity
  readonly profile: IdentityRules & Pick<Profile, 'separatePersonAtHandover'>
  readonly now: Date
}

/** Returns why this person may not hand over the envelope, whatever the identity check says. */
export function checkHandoverPerson ({ holderUsername, issuedBy, staff }: HandoverPeople, { separatePersonAtHandover }: Pick<Profile, 'separatePersonAtHandover'>): Refusal[] {
  return [
    ...isOwnAccount(staff.login, holderUsername) ? [{ code: 'own-account', variant: 'handover' } as const] : [],
    ...separatePersonAtHandover && staff.id === issuedBy ? [{ code: 'separate-person-required' } as const] : [],
  ]
}

/** Returns every reason why the envelope may not be handed over, in the order of docs/domain.md. */
export function checkHandover (check: IdentityCheck | undefined, { account, profile, now, ...people }: HandoverContext): Refusal[] {
  return sortRefusals([...checkHandoverPerson(people, profile), ...checkIdentity(check, account, profile, now)])
}
