/**
 * The markers of an erased account, which no source of accounts can contain, and how pages show them. Pure.
 */
import type { Translate } from '../i18n/translate.js'
import { isLatinName } from './names/scripts.js'

const ERASED_USERNAME_PREFIX = 'erased:'

/** Replaces the name, also in exports. */
export const ERASED_NAME = '(erased)'

/** Returns the marker that replaces the user name, which is free again. */
export function toErasedUsername (id: string): string {
  return `${ERASED_USERNAME_PREFIX}${id}`
}

/** Returns whether the user name is the marker. */
export function isErasedUsername (username: string): boolean {
  return username.startsWith(ERASED_USERNAME_PREFIX)
}

/** A row with the name of an account, and its name in Latin letters: the account's own, or the one entered for a slip. */
export interface NamedRow {
  readonly display_name: string
  readonly account_latin_name: string | null
  readonly latin_name: string | null
}

/** Formats the name for a page; an erased name is shown as "erased" in the user's language. */
export function formatHolderName (t: Translate, displayName: string): string {
  return displayName === ERASED_NAME ? t('common.erased') : displayName
}

/** Formats a name in other letters together with the name in Latin letters: 王小明 (Wang Xiaoming). */
export function formatBothNames (t: Translate, { display_name: displayName, account_latin_name: own, latin_name: entered }: NamedRow): string {
  const latinName = own ?? entered
  const shown = formatHolderName(t, displayName)
  return latinName === null || isLatinName(displayName) ? shown : `${shown} (${latinName})`
}

/** Formats the user name for a page; empty when it is erased. */
export function formatUsername (username: string): string {
  return isErasedUsername(username) ? '' : username
}
