/** What needs attention, as the start pages of agents and auditors show it: what has happened, and what to do now. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import type { Profile } from '../institution/profile.js'
import { listServicePoints } from '../service-points/queries.js'
import { listCodeAlerts } from '../slips/code-alerts.js'
import { signedIn } from '../staff/authenticate.js'
import { may } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'
import { alertLine, countLine, envelopeLine, type AttentionLine, type Reader } from './attention-lines.js'
import { attentionMoments, concernOf, nextCollections } from './attention.js'
import { listCountDifferences } from './count-differences.js'
import { listLateEnvelopes } from './late-envelopes.js'

export interface AttentionPanel {
  readonly lines: readonly AttentionLine[]
  /** Late envelopes beyond those shown. */
  readonly more: number
}

const mostEnvelopes = 50
/** An older count says little of what lies at a desk today. */
const countsOfDays = 7
const aDay = 24 * 60 * 60_000

/** Gathers it for whoever asks: envelopes for agents of an office that sends them, counts for auditors too, alerts for all. */
export async function attentionPanel ({ db, profile, now: clock }: Pick<Deps, 'db' | 'profile' | 'now'>, request: FastifyRequest): Promise<AttentionPanel> {
  const session = signedIn(request)
  const now = clock()
  const sends = sendsEnvelopes(session, profile)
  const alerts = await listCodeAlerts(db)
  const differences = sends || may(session.staff.roles, 'delivery-records:read')
    ? await listCountDifferences(db, new Date(now.getTime() - countsOfDays * aDay))
    : []
  const servicePoints = sends || differences.length > 0 ? await listServicePoints(db) : []
  const moments = attentionMoments(now, profile)
  const next = nextCollections(servicePoints.filter(({ kind }) => kind === 'porter'), now, profile)
  const late = sends
    ? await listLateEnvelopes(db, moments, next, session.servicePoint!.id, mostEnvelopes)
    : { items: [], count: 0 }
  const names = new Map(servicePoints.map(({ id, name }) => [id, name[request.language]]))
  const reader: Reader = { t: request.t, language: request.language, zone: profile.timeZone, now, nameOf: id => names.get(id) ?? id }
  const maySettle = may(session.staff.roles, 'code-alerts:settle')
  return {
    lines: [
      ...alerts.map(alert => alertLine(alert, reader, maySettle)),
      ...differences.map(difference => countLine(difference, reader)),
      ...late.items.map(envelope => envelopeLine(envelope, concernOf(envelope, now, moments, next), reader)),
    ],
    more: late.count - late.items.length,
  }
}

function sendsEnvelopes ({ staff, servicePoint }: Session, { offices }: Pick<Profile, 'offices'>): boolean {
  return servicePoint !== null && may(staff.roles, 'envelopes:send') && (offices[servicePoint.kind]?.channels.includes('porter') ?? false)
}
