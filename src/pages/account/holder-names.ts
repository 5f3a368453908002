/** Builds what the account page says about the holder's name: suggestions, accepted spellings, and why a recipient is accepted. */
import type { Kysely } from 'kysely'
import { matchNames, type OwnNames } from '../../accounts/names/match-names.js'
import { toOwnNames } from '../../accounts/names/queries.js'
import { chooseLatinName, listDocumentSpellings, listShortForms } from '../../accounts/names/suggest-forms.js'
import { type LatinNameSuggestion, suggestLatinName } from '../../accounts/names/transliterate.js'
import type { Account } from '../../accounts/queries.js'
import { MAX_LINE_LENGTH } from '../../addresses/postal-address.js'
import type { Database } from '../../database/schema.js'
import type { Translate } from '../../i18n/translate.js'
import { lookUpRecipient } from '../../slips/issuing-context.js'
import { canEnterLatinName } from '../../slips/rules/holder-name.js'

export interface HolderNames {
  /** The suggested Latin name, where the agent may enter one. */
  readonly latin: LatinNameSuggestion | undefined
  /** Spellings that a document may have and that count as the same name. */
  readonly documentSpellings: readonly string[]
  /** The recipient of a new form. Empty where nothing can be suggested. */
  readonly recipient: string
  /** Set if the name does not fit into the window: `short` if the recipient is an accepted shorter form, else `none`. */
  readonly fit: 'short' | 'none' | undefined
}

/** Builds the suggestions for an account. */
export async function buildHolderNames (db: Kysely<Database>, account: Account): Promise<HolderNames> {
  const own = toOwnNames(account)
  const name = chooseLatinName(own)
  const recipient = name === '' ? '' : await chooseRecipient(db, name, own, account.id)
  const isTooLong = [...name].length > MAX_LINE_LENGTH
  return {
    latin: canEnterLatinName(own) ? suggestLatinName(account.display_name) : undefined,
    documentSpellings: listDocumentSpellings(own),
    recipient: recipient ?? name,
    fit: isTooLong ? recipient === undefined ? 'none' : 'short' : undefined,
  }
}

/** Chooses the most complete form that fits the window and could be no other account's name. */
async function chooseRecipient (db: Kysely<Database>, name: string, own: OwnNames, accountId: string): Promise<string | undefined> {
  const names = { ...own, latinName: name }
  for (const form of listShortForms(name, own.lastName, MAX_LINE_LENGTH)) {
    if (matchNames(form, names).isSame && !(await lookUpRecipient(db, form, names, accountId)).isShared) return form
  }
  return undefined
}

/** Says why a recipient is accepted: "Accepted as Jürgen Müßiggang: passport spelling (ICAO 9303)". Undefined if it is not. */
export function explainRecipient (t: Translate, recipient: string, own: OwnNames): string | undefined {
  const decision = matchNames(recipient, own)
  if (!decision.isSame) return undefined
  if (decision.rules.length === 0) return t('slips.issue.recipientExact')
  return t('slips.issue.recipientAccepted', { name: decision.name, rules: decision.rules.map(rule => t(`slips.issue.nameRules.${rule}`)) })
}
