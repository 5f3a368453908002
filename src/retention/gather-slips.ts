/** Everything that is held about an account's slips, oldest first. */
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { rfc3339 } from '../http/times.js'
import type { ServicePointKind } from '../institution/words.js'
import type { StepName } from '../slips/life.js'
import { stateAtMoment } from '../slips/state-sql.js'
import { anyOf } from './forget-slips.js'
import type { Doer, HeldSlip } from './holder-data.js'

/** How moments are written, and when it is. */
export interface Told {
  readonly zone: string
  readonly now: Date
}

export async function gatherSlips (db: Kysely<Database>, accountId: string, { zone, now }: Told): Promise<HeldSlip[]> {
  const slips = await selectSlips(db, accountId, now)
  const ids = slips.map(slip => slip.id)
  const bySlip = groupedBySlip([await stepsOf(db, ids), await checksOf(db, ids), await redemptionsOf(db, ids), await alertsOf(db, ids)])
  const tries = await db.selectFrom('code_tries').select(['key', 'tries']).where('key', '=', anyOf(ids)).execute()
  const keys = await db.selectFrom('idempotency_keys').select(['slip_number', 'key'])
    .where('slip_number', '=', sql<string>`any(${slips.map(slip => slip.number)}::text[])`).where('key', 'like', 'api:%').execute()
  const write = writingIn(zone)
  return slips.map(slip => {
    const [steps, checks, redemptions, alerts] = bySlip(slip.id)
    return {
      ...slipItself(slip, write),
      replaces: slips.find(one => one.id === slip.replaces)?.number ?? null,
      delivery: deliveryOf(slip, write),
      identityChecks: checks.map(check => checkItself(check, write)),
      steps: steps.map(step => ({ step: step.step, to: step.to_state, at: write.at(step.at), by: doerOf(step), servicePoint: step.service_point_id, note: step.note })),
      redemptions: redemptions.map(one => ({ reservedAt: write.at(one.reserved_at), endedAt: write.perhaps(one.ended_at), outcome: one.outcome, by: one.token_id === null ? 'holder' : 'identity-system' })),
      alerts: alerts.map(alert => ({ firstAt: write.at(alert.first_at), lastAt: write.at(alert.last_at), tries: alert.tries, settledAt: write.perhaps(alert.settled_at) })),
      wrongTries: tries.find(one => one.key === slip.id)?.tries ?? 0,
      requestKeys: keys.filter(one => one.slip_number === slip.number).map(one => one.key.slice('api:'.length)),
    }
  })
}

/** Writes moments, and those that may not have come. */
function writingIn (zone: string) {
  const at = (moment: Date) => rfc3339(moment, zone)
  return { at, perhaps: (moment: Date | null) => moment === null ? null : at(moment) }
}

type Writing = ReturnType<typeof writingIn>
type SlipRow = Awaited<ReturnType<typeof selectSlips>>[number]
type CheckRow = Awaited<ReturnType<typeof checksOf>>[number]

function slipItself (slip: SlipRow, { at, perhaps }: Writing) {
  return {
    number: slip.number,
    channel: slip.channel,
    state: slip.state,
    language: slip.language,
    issuedAt: at(slip.issued_at),
    servicePoint: slip.service_point_id,
    expiresAt: at(slip.expires_at),
    endedAt: perhaps(slip.ended_at),
    voidReason: slip.void_reason,
    requestReference: slip.request_reference,
  }
}

function deliveryOf (slip: SlipRow, { perhaps }: Writing): HeldSlip['delivery'] {
  return {
    porter: slip.porter_service_point_id,
    collectBy: perhaps(slip.collect_by),
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

function checkItself (check: CheckRow, { at }: Writing): HeldSlip['identityChecks'][number] {
  return {
    documentType: check.document_type,
    issuingCountry: check.issuing_country,
    validUntil: check.valid_until,
    photoMatches: check.photo_matches,
    nameMatches: check.name_matches,
    nameReason: check.name_reason,
    birthDateMatches: check.birth_date_matches,
    checkedAt: at(check.checked_at),
    servicePoint: check.service_point_id,
  }
}

/** Never the keyed hash of the code. */
async function selectSlips (db: Kysely<Database>, accountId: string, now: Date) {
  return await db.selectFrom('slips').innerJoin('deliveries', 'deliveries.slip_id', 'slips.id')
    .select(['slips.id', 'slips.number', 'slips.channel', 'slips.language', 'slips.request_reference', 'slips.issued_at', 'slips.service_point_id', 'slips.expires_at', 'slips.ended_at',
      'slips.void_reason', 'slips.replaces', 'deliveries.porter_service_point_id', 'deliveries.collect_by', 'deliveries.recipient', 'deliveries.lines', 'deliveries.postcode',
      'deliveries.town', 'deliveries.country', 'deliveries.tracking_number', 'deliveries.personal_handover', 'deliveries.envelope_at'])
    .select(stateAtMoment(now).as('state'))
    .where('slips.account_id', '=', accountId).orderBy('slips.issued_at').orderBy('slips.number').execute()
}

async function stepsOf (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('slip_steps').leftJoin('service_points', 'service_points.id', 'slip_steps.service_point_id')
    .select(['slip_id', 'step', 'to_state', 'at', 'staff_id', 'token_id', 'service_point_id', 'note', 'service_points.kind'])
    .where('slip_id', '=', anyOf(ids)).orderBy('slip_steps.id').execute()
}

async function checksOf (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('identity_checks').selectAll().where('slip_id', '=', anyOf(ids)).orderBy('checked_at').execute()
}

async function redemptionsOf (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('redemptions').selectAll().where('slip_id', '=', anyOf(ids)).orderBy('reserved_at').execute()
}

async function alertsOf (db: Kysely<Database>, ids: readonly string[]) {
  return await db.selectFrom('code_alerts').selectAll().where('slip_id', '=', anyOf(ids)).orderBy('first_at').execute()
}

/** Of several lists the rows of one slip. */
function groupedBySlip<Lists extends ReadonlyArray<ReadonlyArray<{ slip_id: string }>>> (lists: [...Lists]): (id: string) => Lists {
  return id => lists.map(list => list.filter(row => row.slip_id === id)) as unknown as Lists
}

interface TakenStep {
  readonly step: StepName
  readonly staff_id: string | null
  readonly token_id: string | null
  readonly kind: ServicePointKind | null
}

/** By role and office, never by name. */
function doerOf ({ step, staff_id: staff, token_id: token, kind }: TakenStep): Doer {
  if (token !== null) return 'identity-system'
  if (staff !== null) return kind === 'porter' ? 'porter' : 'agent'
  return step === 'redeem' ? 'holder' : 'system'
}
