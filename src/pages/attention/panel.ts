/** What needs attention, as the start pages of agents and auditors show it: what has happened, and what to do now. */
import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../../database/schema.js'
import type { TextKey, ZonedTranslate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import { listServicePoints } from '../../service-points/queries.js'
import { type CodeAlert, listCodeAlerts } from '../../slips/code-alerts.js'
import { isOpen, stateAt } from '../../slips/rules/state-machine.js'
import { requireSession } from '../../staff/authenticate.js'
import { hasPermission } from '../../staff/permissions.js'
import type { Session } from '../../staff/session.js'
import { type CountDifference, type LateEnvelope, listCountDifferences, listLateEnvelopes } from '../../deliveries/attention/queries.js'
import { type AttentionReason, calculateAttentionCutoffs, calculateNextCollectionTimes, determineAttentionReason, type UndeliveredPlace } from '../../deliveries/attention/rules.js'

export interface AttentionPanelDeps {
  readonly db: Kysely<Database>
  readonly profile: Profile
  readonly now: () => Date
}

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
export async function buildAttentionPanel ({ db, profile, now: clock }: AttentionPanelDeps, request: FastifyRequest): Promise<AttentionPanel> {
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
    ? await listLateEnvelopes(db, { cutoffs: moments, nextCollections: next, ownOffice: session.servicePoint!.id, limit: MAX_ENVELOPES })
    : { items: [], count: 0 }
  const names = new Map(servicePoints.map(({ id, name }) => [id, name[request.language]]))
  const reader: FormatContext = { t: request.t, now, servicePointName: id => names.get(id) ?? id }
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

// The lines of what needs attention: what has happened in words, and what to do now. Pure.

export interface AttentionLine {
  readonly tone: 'bad' | 'warning' | 'info'
  readonly icon: string
  /** Two words for it. */
  readonly label: string
  /** The slips it is about. */
  readonly numbers: readonly string[]
  readonly text: string
  readonly advice: string
  /** Where the button "Dealt with" posts to. */
  readonly settle?: string
}

/** Who reads, and when. */
export interface FormatContext {
  readonly t: ZonedTranslate
  readonly now: Date
  /** The name of a service point. */
  readonly servicePointName: (id: string) => string
}

export function formatCodeAlert (alert: CodeAlert, { t, now }: FormatContext, maySettle: boolean): AttentionLine {
  const tried = t('attention.tried', { count: alert.tries, at: alert.last_at })
  return {
    tone: 'bad',
    icon: 'warning',
    label: t('attention.labels.code-tried'),
    numbers: [alert.number],
    text: `${tried} ${t(`attention.triedWhile.${alert.slip_state}` as TextKey)}`,
    advice: t(selectAlertAdvice(alert, now)),
    ...maySettle ? { settle: `/code-alerts/${alert.id}/settle` } : {},
  }
}

/** Who tried a code after its end has the old paper and is most often the holder; before it, somebody has opened the envelope. */
function selectAlertAdvice (alert: CodeAlert, now: Date): TextKey {
  if (alert.slip_state === 'expired') return 'attention.afterTry.expired'
  if (alert.slip_state === 'redeemed' || alert.slip_state === 'voided' || alert.slip_state === 'locked') return 'attention.afterTry.oldPaper'
  return isOpen(stateAt(alert, now)) ? 'attention.afterTry.opened' : 'attention.afterTry.openedEnded'
}

export function formatCountDifference ({ desk, counted_at: at, counted, expected, missing, unexpected }: CountDifference, { t, servicePointName }: FormatContext): AttentionLine {
  return {
    tone: 'warning',
    icon: 'warning',
    label: t('attention.labels.count-differs'),
    numbers: limitNumbers([...missing, ...unexpected]),
    text: [
      t('attention.counted', { desk: servicePointName(desk), counted, expected, at }),
      missing.length > 0 && t('attention.missing', { numbers: formatNumberList(missing) }),
      unexpected.length > 0 && t('attention.unexpected', { numbers: formatNumberList(unexpected) }),
    ].filter(Boolean).join(' '),
    advice: t('attention.afterCount'),
  }
}

/** A start page names the first of many numbers; the desk's own page has them all. */
function limitNumbers (numbers: readonly string[]): string[] {
  return numbers.slice(0, 10)
}

function formatNumberList (numbers: readonly string[]): string {
  const more = numbers.length - limitNumbers(numbers).length
  return [...limitNumbers(numbers), ...more > 0 ? [`+ ${more}`] : []].join(', ')
}

export function formatLateEnvelope (envelope: LateEnvelope, concern: AttentionReason, { t, now, servicePointName }: FormatContext): AttentionLine {
  const { place, collect_by: collectBy, dispatched_at: dispatchedAt, ended_at: endedAt } = envelope
  const values = {
    collectBy,
    desk: servicePointName(envelope.desk),
    office: servicePointName(envelope.office),
    ...dispatchedAt !== null && { at: dispatchedAt },
  }
  const where = t(`attention.where.${place}`, values)
  const matter = {
    'not-returned': () => t(`attention.matter.${envelope.ended ?? 'voided'}`, { at: endedAt ?? now }),
    'hours-changed': () => t('attention.matter.hours-changed', values),
    'not-received': () => '',
    'collection-over': () => t('attention.matter.collection-over', values),
    'collection-ends': () => t('attention.matter.collection-ends', values),
  }[concern]()
  return {
    tone: concern === 'collection-ends' && place !== 'office' ? 'info' : 'warning',
    icon: concern === 'not-received' ? 'dispatched' : 'expired',
    label: t(`attention.labels.${concern}`),
    numbers: [envelope.number],
    text: [where, matter].filter(Boolean).join(' '),
    advice: t(`attention.afterEnvelope.${selectEnvelopeAdvice(concern, place, envelope.expires_at <= now)}`),
  }
}

/** What to do depends on who has the envelope, and on whether there is still a slip to void. */
function selectEnvelopeAdvice (concern: AttentionReason, place: UndeliveredPlace, hasExpired: boolean) {
  switch (concern) {
    case 'not-received': return hasExpired ? 'not-received-expired' : concern
    case 'collection-ends': return place === 'desk' ? concern : `${concern}-${place}` as const
    case 'collection-over': return place !== 'office' ? concern : hasExpired ? 'collection-over-expired' : 'not-sent'
    case 'hours-changed': return place === 'office' ? 'not-sent' : concern
    case 'not-returned': return concern
    default: return concern satisfies never
  }
}
