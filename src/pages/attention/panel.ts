/** Builds the panel of the start pages that lists what needs attention, and what to do. */
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
/** Older counts are not listed, because they say little about a desk's envelopes today. */
const MAX_COUNT_AGE_DAYS = 7
const DAY_MS = 24 * 60 * 60_000

/** Loads the panel: envelopes for agents of an office that sends them, counts also for auditors, alerts for everyone. */
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
  const context: FormatContext = { t: request.t, now, servicePointName: id => names.get(id) ?? id }
  const maySettle = hasPermission(session.staff.roles, 'code-alerts:settle')
  return {
    lines: [
      ...alerts.map(alert => formatCodeAlert(alert, context, maySettle)),
      ...differences.map(difference => formatCountDifference(difference, context)),
      ...late.items.map(envelope => formatLateEnvelope(envelope, determineAttentionReason(envelope, now, moments, next), context)),
    ],
    more: late.count - late.items.length,
  }
}

function canSendEnvelopes ({ staff, servicePoint }: Session, { offices }: Pick<Profile, 'offices'>): boolean {
  return servicePoint !== null && hasPermission(staff.roles, 'envelopes:send') && (offices[servicePoint.kind]?.channels.includes('porter') ?? false)
}

// The items of the panel.

export interface AttentionLine {
  readonly tone: 'bad' | 'warning' | 'info'
  readonly icon: string
  /** A short label. */
  readonly label: string
  /** The slip numbers. */
  readonly numbers: readonly string[]
  readonly text: string
  readonly advice: string
  /** The address to which the button "Dealt with" posts. */
  readonly settle?: string
}

/** The language of the user and the current time. */
interface FormatContext {
  readonly t: ZonedTranslate
  readonly now: Date
  /** Returns the name of a service point. */
  readonly servicePointName: (id: string) => string
}

function formatCodeAlert (alert: CodeAlert, { t, now }: FormatContext, maySettle: boolean): AttentionLine {
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

/**
 * Selects the advice for an alert. A code tried after its slip has ended was usually tried by the holder, with the old
 * paper. A code tried earlier means that someone has opened the envelope.
 */
function selectAlertAdvice (alert: CodeAlert, now: Date): TextKey {
  if (alert.slip_state === 'expired') return 'attention.afterTry.expired'
  if (alert.slip_state === 'redeemed' || alert.slip_state === 'voided' || alert.slip_state === 'locked') return 'attention.afterTry.oldPaper'
  return isOpen(stateAt(alert, now)) ? 'attention.afterTry.opened' : 'attention.afterTry.openedEnded'
}

function formatCountDifference ({ desk, counted_at: at, counted, expected, missing, unexpected }: CountDifference, { t, servicePointName }: FormatContext): AttentionLine {
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

/** Names only the first of many slip numbers. The page of the desk lists them all. */
function limitNumbers (numbers: readonly string[]): string[] {
  return numbers.slice(0, 10)
}

function formatNumberList (numbers: readonly string[]): string {
  const more = numbers.length - limitNumbers(numbers).length
  return [...limitNumbers(numbers), ...more > 0 ? [`+ ${more}`] : []].join(', ')
}

function formatLateEnvelope (envelope: LateEnvelope, concern: AttentionReason, { t, now, servicePointName }: FormatContext): AttentionLine {
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

/** What to do depends on where the envelope is, and on whether the slip can still be voided. */
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
