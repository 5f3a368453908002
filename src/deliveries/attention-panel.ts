/** What needs attention, as the start pages of agents and auditors show it: what has happened, and what to do now. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import type { Profile } from '../institution/profile.js'
import { listServicePoints } from '../service-points/queries.js'
import { listCodeAlerts } from '../slips/code-alerts.js'
import { requireSession } from '../staff/authenticate.js'
import { hasPermission } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'
import { formatCodeAlert, formatCountDifference, formatLateEnvelope, type AttentionLine, type FormatContext } from './attention-lines.js'
import { calculateAttentionCutoffs, determineAttentionReason, calculateNextCollectionTimes } from './attention.js'
import { listCountDifferences } from './count-differences.js'
import { listLateEnvelopes } from './late-envelopes.js'

export interface AttentionPanel {
  readonly lines: readonly AttentionLine[]
  /** Late envelopes beyond those shown. */
  readonly more: number
}

const MAX_ENVELOPES = 50
/** An older count says little of what lies at a desk today. */
const MAX_COUNT_AGE_DAYS = 7
const DAY_MS = 24 * 60 * 60_000

/** Gathers it for whoever asks: envelopes for agents of an office that sends them, counts for auditors too, alerts for all. */
export async function buildAttentionPanel ({ db, profile, now: clock }: Pick<Deps, 'db' | 'profile' | 'now'>, request: FastifyRequest): Promise<AttentionPanel> {
  const session = requireSession(request)
  const now = clock()
  const sends = canSendEnvelopes(session, profile)
  const alerts = await listCodeAlerts(db)
  const differences = sends || hasPermission(session.staff.roles, 'delivery-records:read')
    ? await listCountDifferences(db, new Date(now.getTime() - MAX_COUNT_AGE_DAYS * DAY_MS))
    : []
  const servicePoints = sends || differences.length > 0 ? await listServicePoints(db) : []
  const moments = calculateAttentionCutoffs(now, profile)
  const next = calculateNextCollectionTimes(servicePoints.filter(({ kind }) => kind === 'porter'), now, profile)
  const late = sends
    ? await listLateEnvelopes(db, moments, next, session.servicePoint!.id, MAX_ENVELOPES)
    : { items: [], count: 0 }
  const names = new Map(servicePoints.map(({ id, name }) => [id, name[request.language]]))
  const reader: FormatContext = { t: request.t, language: request.language, zone: profile.timeZone, now, servicePointName: id => names.get(id) ?? id }
  const maySettle = hasPermission(session.staff.roles, 'code-alerts:settle')
  return {
    lines: [
      ...alerts.map(alert => formatCodeAlert(alert, reader, maySettle)),
      ...differences.map(difference => formatCountDifference(difference, reader)),
      ...late.items.map(envelope => formatLateEnvelope(envelope, determineAttentionReason(envelope, now, moments, next), reader)),
    ],
    more: late.count - late.items.length,
  }
}

function canSendEnvelopes ({ staff, servicePoint }: Session, { offices }: Pick<Profile, 'offices'>): boolean {
  return servicePoint !== null && hasPermission(staff.roles, 'envelopes:send') && (offices[servicePoint.kind]?.channels.includes('porter') ?? false)
}
