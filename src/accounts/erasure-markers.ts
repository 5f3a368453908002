/**
 * An account whose holder has been forgotten: it keeps its random id, and bears markers that no source of accounts
 * can bring. How they are shown. Pure.
 */
import type { Translate } from '../i18n/translate.js'

const ERASED_USERNAME_PREFIX = 'erased:'

/** Stands in the place of the name, also in exports. */
export const ERASED_NAME = '(erased)'

/** Stands in the place of the user name, which is free again. */
export function toErasedUsername (id: string): string {
  return `${ERASED_USERNAME_PREFIX}${id}`
}

/** True for the marker in the place of a user name. */
export function isErasedUsername (username: string): boolean {
  return username.startsWith(ERASED_USERNAME_PREFIX)
}

/** The name as a page shows it: the reader's word for "erased" where there is none any more. */
export function formatHolderName (t: Translate, displayName: string): string {
  return displayName === ERASED_NAME ? t('common.erased') : displayName
}

/** The user name as a page shows it; nothing where there is none any more. */
export function formatUsername (username: string): string {
  return isErasedUsername(username) ? '' : username
}
