/** The menu: each entry names a permission, so the table of permissions decides who sees it. */
import type { TextKey } from '../i18n/translate.js'
import { may, type Permission } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'

interface Entry { readonly href: string, readonly label: TextKey, readonly may: Permission }

const entries: readonly Entry[] = [
  { href: '/accounts', label: 'common.menu.desk', may: 'accounts:find' },
  { href: '/porter', label: 'porter.menu', may: 'envelopes:keep' },
  { href: '/tell', label: 'common.menu.callers', may: 'callers:answer' },
  // Before the slips: an auditor starts where what needs attention stands.
  { href: '/delivery-records', label: 'common.menu.records', may: 'delivery-records:read' },
  { href: '/overview', label: 'common.menu.overview', may: 'delivery-records:read' },
  { href: '/slips', label: 'common.menu.slips', may: 'slips:read-all' },
  { href: '/log', label: 'common.menu.log', may: 'log:prove' },
  { href: '/dispatches', label: 'common.menu.envelopes', may: 'envelopes:send' },
  { href: '/letters', label: 'common.menu.letters', may: 'envelopes:send' },
  { href: '/staff', label: 'common.menu.staff', may: 'staff:manage' },
  { href: '/service-points', label: 'common.menu.servicePoints', may: 'service-points:manage' },
  { href: '/holders', label: 'common.menu.holders', may: 'holders:data' },
]

export interface MenuItem { readonly href: string, readonly label: TextKey, readonly current: boolean }

/** What this session's roles may open; `current` marks the room that the path lies in. */
export function menuFor (session: Session, path: string): MenuItem[] {
  return entries
    .filter(entry => may(session.staff.roles, entry.may))
    .map(({ href, label }) => ({ href, label, current: path === href || path.startsWith(`${href}/`) }))
}

/** The first page of these roles. */
export function startPage (session: Session): string {
  return menuFor(session, '')[0]?.href ?? '/sign-in'
}
