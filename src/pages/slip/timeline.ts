/** The timeline of a slip: everything that the audit log has about it, and the alerts of its code. */
import type { FastifyRequest } from 'fastify'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { hasText, type Translate } from '../../i18n/translate.js'
import { listServicePointNames } from '../../service-points/queries.js'
import type { SlipDetails } from '../../slips/queries.js'
import { requireSession } from '../../staff/authenticate.js'
import { hasPermission } from '../../staff/permissions.js'
import { type AccessEventDeps, recordAccess } from '../../slips/access-events.js'

export interface SlipTimelineDeps extends AccessEventDeps {
  readonly profile: { readonly timeZone: string }
}

interface TimelineEventRow {
  readonly sequence: number
  readonly at: Date
  readonly kind: string
  readonly actor: string
  readonly name: string | null
  readonly service_point: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

/** Loads the timeline for readers of delivery records and records the access; undefined for everyone else. */
export async function loadSlipTimeline (deps: SlipTimelineDeps, request: FastifyRequest, slip: SlipDetails) {
  const session = requireSession(request)
  if (!hasPermission(session.staff.roles, 'delivery-records:read')) return undefined
  const { t, language } = request
  const zone = deps.profile.timeZone
  const events = await listEvents(deps.db, slip)
  const alerts = await deps.db.selectFrom('code_alerts').innerJoin('slips', 'slips.id', 'code_alerts.slip_id')
    .select(['tries', 'last_at', 'settled_at']).where('slips.number', '=', slip.number).orderBy('first_at').execute()
  const names = await listServicePointNames(deps.db)
  await recordAccess(deps, session, 'delivery-record-read', { slip: slip.number })
  return {
    events: events.map(event => ({
      sequence: event.sequence,
      at: formatDateTime(event.at, zone, language),
      label: formatEventName(event, t),
      isRefused: event.kind === 'slip-refused' || event.kind === 'code-tried-while-dead',
      actor: event.name ?? formatActor(event.actor, t),
      servicePoint: event.service_point === null ? undefined : names.get(event.service_point)?.[language] ?? event.service_point,
      details: formatEventDetails(event, t),
    })),
    alerts: alerts.map(({ tries, last_at: last, settled_at: settled }) => [
      t('records.timeline.alerts', { count: tries, at: last }),
      settled === null ? t('records.timeline.open') : t('records.timeline.settled', { at: settled }),
    ].join(' ')),
  }
}

/** Lists, in log order, the events of the slip and the attempts for its holder that were refused in the day before its issue. */
async function listEvents (db: Kysely<Database>, slip: SlipDetails): Promise<TimelineEventRow[]> {
  const { rows } = await sql<TimelineEventRow>`select event.sequence, event.at, event.kind, event.actor, staff.name, event.service_point, event.facts
    from audit_events as event left join staff on event.actor = 'staff:' || staff.id
    where event.kind <> 'delivery-record-read' and (event.slip = ${slip.number} or (event.account = ${slip.account_id} and event.kind = 'slip-refused' and event.slip is null
      and event.at between ${slip.issued_at}::timestamptz - interval '1 day' and ${slip.issued_at}))
    order by event.sequence`.execute(db)
  return rows
}

function formatEventName ({ kind, facts }: TimelineEventRow, t: Translate): string {
  const step = translateCode(facts['step'], 'slips.steps', t)
  if (kind === 'slip-step' && step !== undefined) return step
  return translateCode(kind, 'records.timeline.kinds', t) ?? kind
}

function formatEventDetails ({ facts }: TimelineEventRow, t: Translate): string {
  const codes = Array.isArray(facts['codes']) ? facts['codes'] as string[] : []
  const rules = Array.isArray(facts['nameRules']) ? facts['nameRules'] as string[] : []
  return [
    ...codes.map(code => translateCode(code, 'overview.reasons', t) ?? code),
    ...(codes.length > 0 ? [translateCode(facts['channel'], 'common.channels', t)] : []),
    translateCode(facts['state'], 'slips.states', t),
    translateCode(facts['reason'], 'slips.show.reasons', t),
    ...(facts['identityChecked'] === true ? [t('slips.show.identity')] : []),
    ...rules.map(rule => translateCode(rule, 'slips.issue.nameRules', t)),
  ].filter(words => words !== undefined).join(', ')
}

function formatActor (actor: string, t: Translate): string {
  if (actor.startsWith('identity-system:')) return t('records.timeline.identitySystem')
  return translateCode(actor, 'records.timeline', t) ?? actor
}

function translateCode (value: unknown, under: string, t: Translate): string | undefined {
  const key = `${under}.${typeof value === 'string' ? value : ''}`
  return hasText(key) ? t(key) : undefined
}
