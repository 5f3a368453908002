/** What administrators see of a request: what it would do, who asks for it, and whether it is their own. */
import type { FastifyRequest } from 'fastify'
import { formatDateTime } from '../../i18n/formatters.js'
import type { Localised, Role } from '../../institution/vocabulary.js'
import { requireSession } from '../authenticate.js'
import type { OpenRequest } from './queries.js'
import { readRequestContent } from './request-content.js'

export interface RequestViewContext {
  readonly timeZone: string
  /** The names of all service points, by id. */
  readonly servicePoints: ReadonlyMap<string, Localised>
}

/** Builds the list of requests for the person who is signed in. */
export function toRequestViews (request: FastifyRequest, rows: readonly OpenRequest[], { timeZone, servicePoints }: RequestViewContext) {
  const { t, language } = request
  const self = requireSession(request).staff.id
  const listRoles = (roles: readonly Role[]) => roles.map(role => t(`common.roles.${role}`)).join(', ')
  const listPlaces = (ids: readonly string[]) => ids.length === 0 ? t('common.none') : ids.map(id => servicePoints.get(id)?.[language] ?? id).join('; ')

  return rows.map(row => ({
    id: row.id,
    isOwn: row.requestedBy === self,
    isDangerous: row.action === 'deactivate' || row.action === 'erase-holder',
    title: t(`staff.waiting.actions.${row.action}`, { name: row.memberName ?? row.username ?? '', login: row.memberLogin ?? '' }),
    holderId: row.accountId ?? undefined,
    facts: [
      ...listChange(row),
      { label: t('staff.waiting.requestedBy'), value: row.requesterName },
      { label: t('staff.waiting.requestedAt'), value: formatDateTime(row.requestedAt, timeZone, language) },
      { label: t('staff.waiting.expiresAt'), value: formatDateTime(row.expiresAt, timeZone, language) },
    ],
  }))

  function listChange (row: OpenRequest): Array<{ label: string, value: string }> {
    const content = readRequestContent(row)
    switch (content?.action) {
      case 'assign': {
        const { roles, servicePoints, before } = content
        const movesTo = servicePoints.join() === before.servicePoints.join()
          ? []
          : [
              { label: t('staff.waiting.servicePointsNow'), value: listPlaces(before.servicePoints) },
              { label: t('staff.waiting.servicePointsThen'), value: listPlaces(servicePoints) },
            ]
        return [{ label: t('staff.waiting.rolesNow'), value: listRoles(before.roles) }, { label: t('staff.waiting.rolesThen'), value: listRoles(roles) }, ...movesTo]
      }
      case 'activate': case 'deactivate': return [{ label: t('staff.list.roles'), value: listRoles(content.before.roles) }]
      case 'erase-holder': return [{ label: t('staff.waiting.reason'), value: t(`holders.erase.reasons.${content.reason}`) }]
      // Changed in the database: it cannot be confirmed.
      case undefined: return []
      default: return content satisfies never
    }
  }
}
