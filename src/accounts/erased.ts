/**
 * An account whose holder has been forgotten: it keeps its random id, and bears markers that no source of accounts
 * can bring. How they are shown. Pure.
 */
import type { Translate } from '../i18n/translate.js'

const marker = 'erased:'

/** Stands in the place of the name, also in exports. */
export const erasedName = '(erased)'

/** Stands in the place of the user name, which is free again. */
export function erasedUsername (id: string): string {
  return `${marker}${id}`
}

/** True for the marker in the place of a user name. */
export function isErased (username: string): boolean {
  return username.startsWith(marker)
}

/** The name as a page shows it: the reader's word for "erased" where there is none any more. */
export function shownName (t: Translate, displayName: string): string {
  return displayName === erasedName ? t('common.erased') : displayName
}

/** The user name as a page shows it; nothing where there is none any more. */
export function shownUsername (username: string): string {
  return isErased(username) ? '' : username
}
