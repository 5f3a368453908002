/**
 * Rules for the holder's name: the recipient of a letter, and the name in Latin letters that an agent enters where the account
 * has none. `matchNames` decides what is the same name. Pure.
 */
import { isTransliteration, matchNames, mustBeUnique, type NameDecision, type NameMismatch, type NameRule, type OwnNames } from '../../accounts/names/match-names.js'
import { isLatinName } from '../../accounts/names/scripts.js'
import { suggestLatinName } from '../../accounts/names/transliterate.js'
import { MAX_LINE_LENGTH } from '../../addresses/postal-address.js'
import type { Refusal } from '../../institution/refusals.js'

/** The sources of a spelling that the form offers. The API also takes other words. */
export const latinNameSources = ['document', 'student-register', 'request-copy'] as const

/** The note of an issue step, and the reason in its event, where the Latin name is not the transliteration: a mark for auditors. */
export const LATIN_NAME_DIFFERS = 'latin-name-differs'

/** The name in Latin letters that the agent entered. */
export interface EnteredLatinName {
  readonly value: string
  /** Where the spelling comes from: one of `latinNameSources`, or the agent's words. */
  readonly reason: string
  /** True if the value could also be the name of another account. */
  readonly isShared: boolean
}

export interface Recipient {
  readonly recipient: string
  /** True if another account could have this name. Only known where `mustBeUnique` applies, else false. */
  readonly isShared: boolean
}

/** Returns the names with which a recipient is compared: an entered Latin name counts where the account has none. */
export function withLatinName (own: OwnNames, entered: { readonly value: string } | undefined): OwnNames {
  return { displayName: own.displayName, lastName: own.lastName, latinName: own.latinName ?? entered?.value ?? null }
}

/** Returns whether an agent may enter a Latin name: the account has none, and its name is in other letters. */
export function canEnterLatinName ({ displayName, latinName }: Pick<OwnNames, 'displayName' | 'latinName'>): boolean {
  return latinName === null && !isLatinName(displayName)
}

const variantByMismatch: Readonly<Record<NameMismatch, string>> = {
  'not-a-name': 'recipient', 'other-words': 'recipient', 'surname-missing': 'recipient-surname', 'given-name-missing': 'recipient-given-name',
}

/** Checks that a letter goes to the holder. */
export function checkRecipient ({ recipient, isShared }: Recipient, own: OwnNames, entered: EnteredLatinName | undefined): Refusal[] {
  const decision = matchNames(recipient, withLatinName(own, entered))
  const values = { holder: own.latinName ?? entered?.value ?? own.displayName }
  const refuse = (variant: string): Refusal[] => [{ code: 'name-differs', variant, values }]
  if (entered === undefined && isLatinName(recipient) && needsSource(own, decision)) return refuse('recipient-latin-name')
  if (!decision.isSame) return refuse(variantByMismatch[decision.reason])
  if (!mustBeUnique(decision) || !isShared) return []
  return refuse([...values.holder].length > MAX_LINE_LENGTH ? 'recipient-shared-long' : 'recipient-shared')
}

/** Only a transliteration by a fixed table needs no document or register to prove it. */
function needsSource (own: OwnNames, decision: NameDecision): boolean {
  return canEnterLatinName(own) && !(decision.isSame && suggestLatinName(own.displayName).reliability === 'standard')
}

/** Refuses an entered Latin name that is another account's name and not the transliteration of the holder's. */
export function checkLatinName (own: OwnNames, entered: EnteredLatinName | undefined): Refusal[] {
  if (entered === undefined || !entered.isShared || isTransliteration(entered.value, own)) return []
  return [{ code: 'name-differs', variant: 'latin-name-shared', values: { holder: own.displayName } }]
}

/** Lists the rules by which a recipient is the holder. Empty if it is written as the account has it. */
export function listRecipientRules (recipient: string, own: OwnNames): readonly NameRule[] {
  const decision = matchNames(recipient, own)
  return decision.isSame ? decision.rules : []
}
