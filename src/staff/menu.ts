/** The menu: each entry names a permission, so the table of permissions decides who sees it. */
import type { TextKey } from '../i18n/translate.js'
import { hasPermission, type Permission } from './permissions.js'
import type { Session } from './session.js'

interface MenuEntry {
  readonly href: string
  readonly label: TextKey
  readonly permission: Permission
  /** True for an entry that only makes sense where accounts are imported from files. */
  readonly needsAccountFiles?: boolean
}

const menuEntries: readonly MenuEntry[] = [
  { href: '/accounts', label: 'common.menu.desk', permission: 'accounts:find' },
  { href: '/porter', label: 'porter.menu', permission: 'envelopes:keep' },
  { href: '/tell', label: 'common.menu.callers', permission: 'callers:answer' },
  // Before the slips: an auditor starts on the page that shows what needs attention.
  { href: '/delivery-records', label: 'common.menu.records', permission: 'delivery-records:read' },
  { href: '/overview', label: 'common.menu.overview', permission: 'delivery-records:read' },
  { href: '/slips', label: 'common.menu.slips', permission: 'slips:read-all' },
  { href: '/log', label: 'common.menu.log', permission: 'log:prove' },
  { href: '/dispatches', label: 'common.menu.envelopes', permission: 'envelopes:send' },
  { href: '/letters', label: 'common.menu.letters', permission: 'envelopes:send' },
  { href: '/staff', label: 'common.menu.staff', permission: 'staff:manage' },
  { href: '/accounts/import', label: 'accountImport.menu', permission: 'accounts:import', needsAccountFiles: true },
  { href: '/service-points', label: 'common.menu.servicePoints', permission: 'service-points:manage' },
  { href: '/holders', label: 'common.menu.holders', permission: 'holders:data' },
]

export interface MenuItem { readonly href: string, readonly label: TextKey, readonly current: boolean }

/**
 * Lists the menu entries that this session may open; `current` marks the entry that the path belongs to.
 * @param hasAccountFiles false where the accounts come from a directory
 */
export function listMenuItems (session: Session, path: string, hasAccountFiles = true): MenuItem[] {
  const entries = session.mustChangePassword ? [] : menuEntries.filter(entry => hasPermission(session.staff.roles, entry.permission) && (hasAccountFiles || entry.needsAccountFiles !== true))
  // The longest: /accounts/import is not in /accounts.
  const current = entries.filter(({ href }) => path === href || path.startsWith(`${href}/`)).toSorted((a, b) => b.href.length - a.href.length)[0]
  return entries.map(entry => ({ href: entry.href, label: entry.label, current: entry === current }))
}

/** Finds the page on which the session's roles start. */
export function findStartPage (session: Session): string {
  return session.mustChangePassword ? '/change-password' : listMenuItems(session, '')[0]?.href ?? '/sign-in'
}
