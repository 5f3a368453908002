/** Collects everything stored about the slips of an account, oldest first. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { formatRfc3339 } from '../i18n/formatters.js'
import type { ServicePointKind, StepName } from '../institution/vocabulary.js'
import { stateAtSql } from '../slips/slip-filter.js'
import { anyUuid } from './erase-personal-data.js'
import type { ActorKind, HolderSlip } from './holder-data.js'

/** The time zone for formatting timestamps, and the current time. */
export interface FormatContext {
  readonly zone: string
  readonly now: Date
}

export async function collectSlips (db: Kysely<Database>, accountId: string, { zone, now }: FormatContext): Promise<HolderSlip[]> {
  const slips = await selectSlips(db, accountId, now)
  const ids = slips.map(slip => slip.id)
  const allSteps = await listSteps(db, ids)
  const allChecks = await listIdentityChecks(db, ids)
  const allRedemptions = await listRedemptions(db, ids)
  const allAlerts = await listAlerts(db, ids)
  const attempts = await db.selectFrom('code_tries').select(['key', 'tries']).where('key', '=', anyUuid(ids)).execute()
  const keys = await db.selectFrom('idempotency_keys').select(['slip_number', 'key'])
    .where('slip_number', '=', sql<string>`any(${slips.map(slip => slip.number)}::text[])`).where('key', 'like', 'api:%').execute()
  const formatter = createTimestampFormatter(zone)
  return slips.map(slip => {
    const isOfSlip = (row: { slip_id: string }) => row.slip_id === slip.id
    const steps = allSteps.filter(isOfSlip)
    const redemptions = allRedemptions.filter(isOfSlip)
    const alerts = allAlerts.filter(isOfSlip)
    return {
      ...formatSlip(slip, formatter),
      replaces: slips.find(other => other.id === slip.replaces)?.number ?? null,
      delivery: formatDelivery(slip, formatter),
      identityChecks: allChecks.filter(isOfSlip).map(check => formatIdentityCheck(check, formatter)),
      steps: steps.map(step => ({ step: step.step, to: step.to_state, at: formatter.at(step.at), by: stepActorKind(step), servicePoint: step.service_point_id, note: step.note })),
      redemptions: redemptions.map(redemption => ({ reservedAt: formatter.at(redemption.reserved_at), endedAt: formatter.optional(redemption.ended_at), outcome: redemption.outcome, by: redemption.token_id === null ? 'holder' : 'identity-system' })),
      alerts: alerts.map(alert => ({ firstAt: formatter.at(alert.first_at), lastAt: formatter.at(alert.last_at), tries: alert.tries, settledAt: formatter.optional(alert.settled_at) })),
      wrongTries: attempts.find(attempt => attempt.key === slip.id)?.tries ?? 0,
      requestKeys: keys.filter(key => key.slip_number === slip.number).map(({ key }) => key.slice('api:'.length)),
    }
  })
}

/** Formats timestamps, and timestamps that may be null. */
function createTimestampFormatter (zone: string) {
  const at = (moment: Date) => formatRfc3339(moment, zone)
  return { at, optional: (moment: Date | null) => moment === null ? null : at(moment) }
}

type TimestampFormatter = ReturnType<typeof createTimestampFormatter>
type SlipRow = Awaited<ReturnType<typeof selectSlips>>[number]
type CheckRow = Awaited<ReturnType<typeof listIdentityChecks>>[number]

function formatSlip (slip: SlipRow, { at, optional }: TimestampFormatter) {
  return {
    number: slip.number,
    channel: slip.channel,
    state: slip.state,
    language: slip.language,
    issuedAt: at(slip.issued_at),
    servicePoint: slip.service_point_id,
    expiresAt: at(slip.expires_at),
    endedAt: optional(slip.ended_at),
    voidReason: slip.void_reason,
    requestReference: slip.request_reference,
    latinName: slip.latin_name === null || slip.latin_name_reason === null ? null : { value: slip.latin_name, reason: slip.latin_name_reason },
  }
}

function formatDelivery (slip: SlipRow, { optional }: TimestampFormatter): HolderSlip['delivery'] {
  return {
    porter: slip.porter_service_point_id,
    collectBy: optional(slip.collect_by),
    recipient: slip.recipient,
    lines: slip.lines,
    postcode: slip.postcode,
    town: slip.town,
    country: slip.country,
    trackingNumber: slip.tracking_number,
    personalHandover: slip.personal_handover,
    envelopeAt: slip.envelope_at,
  }
}

function formatIdentityCheck (check: CheckRow, { at }: TimestampFormatter): HolderSlip['identityChecks'][number] {
  return {
    documentType: check.document_type,
    issuingCountry: check.issuing_country,
    validUntil: check.no_expiry ? 'none' : check.valid_until,
    photoMatches: check.photo_matches,
    nameMatches: check.name_matches,
    nameReason: check.name_reason,
    birthDateMatches: check.birth_date_matches,
    birthDateReason: check.birth_date_reason,
    checkedAt: at(check.checked_at),
    servicePoint: check.service_point_id,
  }
}

/** Selects the slips, without the keyed hash of the code. */
async function selectSlips (db: Kysely<Database>, accountId: string, now: Date) {
  return await db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.id', 'slips.number', 'slips.channel', 'slips.language', 'slips.request_reference', 'slips.latin_name', 'slips.latin_name_reason', 'slips.issued_at', 'slips.service_point_id', 'slips.expires_at', 'slips.ended_at',
      'slips.void_reason', 'slips.replaces', 'deliveries.porter_service_point_id', 'deliveries.collect_by', 'deliveries.recipient', 'deliveries.lines', 'deliveries.postcode',
      'deliveries.town', 'deliveries.country', 'deliveries.tracking_number', 'deliveries.personal_handover', 'deliveries.envelope_at'])
    .select(stateAtSql(now).as('state'))
    .where('slips.account_id', '=', accountId).orderBy('slips.issued_at').orderBy('slips.number').execute()
}

async function listSteps (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('slip_steps').leftJoin('service_points', 'service_points.id', 'slip_steps.service_point_id')
    .select(['slip_id', 'step', 'to_state', 'at', 'staff_id', 'token_id', 'service_point_id', 'note', 'service_points.kind'])
    .where('slip_id', '=', anyUuid(ids)).orderBy('slip_steps.id').execute()
}

async function listIdentityChecks (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('identity_checks').selectAll().where('slip_id', '=', anyUuid(ids)).orderBy('checked_at').execute()
}

async function listRedemptions (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('redemptions').selectAll().where('slip_id', '=', anyUuid(ids)).orderBy('reserved_at').execute()
}

async function listAlerts (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('code_alerts').selectAll().where('slip_id', '=', anyUuid(ids)).orderBy('first_at').execute()
}

interface StepActor {
  readonly step: StepName
  readonly staff_id: string | null
  readonly token_id: string | null
  readonly kind: ServicePointKind | null
}

/** Returns the kind of actor by role and office, never by name. */
function stepActorKind ({ step, staff_id: staff, token_id: token, kind }: StepActor): ActorKind {
  if (token !== null) return 'identity-system'
  if (staff !== null) return kind === 'porter' ? 'porter' : 'agent'
  return step === 'redeem' ? 'holder' : 'system'
}
