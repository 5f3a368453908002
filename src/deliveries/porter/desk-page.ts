/** The porter's start page: what must go back, what is here, what is on its way. */
import type { FastifyRequest } from 'fastify'
import { formatHolderName } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { institutionDay, zonedTimeToDate } from '../../service-points/institution-day.js'
import { mustBeReturned } from '../../slips/life.js'
import { findSlip, type SlipDetails } from '../../slips/queries.js'
import { formatDateTime } from '../../i18n/moments.js'
import { parseSlipNumber } from '../../slips/slip-number.js'
import { requireSession } from '../../staff/authenticate.js'
import { porterDeskId } from './desk.js'
import { countStepsAtDesk, listDeskEnvelopes, type DeskEnvelope } from './queries.js'
import type { ScanField } from './scan-field.js'
import { formatCollectBy, findLastStep, type FormatContext } from './words.js'

/** @param scan the field as it was sent, when it was no envelope of this desk */
export async function buildDeskPage (deps: Deps, request: FastifyRequest, scan: ScanField = {}) {
  const { db, profile } = deps
  const now = deps.now()
  const desk = porterDeskId(requireSession(request))
  const sorted = groupEnvelopes(await listDeskEnvelopes(db, desk, now))
  const lines = (envelopes: readonly DeskEnvelope[]) => envelopes.map(envelope => toEnvelopeRow(envelope, profile.timeZone, request, now))
  const today = zonedTimeToDate(institutionDay(now, profile.timeZone), '00:00', profile.timeZone)
  return {
    scan,
    lists: [
      { name: 'back', envelopes: lines(sorted.back) },
      { name: 'here', envelopes: lines(sorted.here) },
      { name: 'coming', envelopes: lines(sorted.coming) },
    ],
    coming: sorted.coming.length,
    handedOverToday: await countStepsAtDesk(db, { desk, step: 'hand-over', since: today }, profile),
    done: await buildDoneNotice(deps, request, desk),
  }
}

/** An envelope whose slip has ended goes back, wherever it is; the others are here or on their way. */
export function groupEnvelopes (envelopes: readonly DeskEnvelope[]): Record<'back' | 'here' | 'coming', DeskEnvelope[]> {
  const live = envelopes.filter(envelope => !mustBeReturned(envelope))
  return {
    back: envelopes.filter(mustBeReturned),
    here: live.filter(envelope => envelope.envelope_at === 'desk'),
    coming: live.filter(envelope => envelope.envelope_at === 'on-the-way'),
  }
}

/** A row of a list. `overdue`: the last moment to collect it has passed, though its slip has not yet expired. */
export function toEnvelopeRow (envelope: DeskEnvelope, zone: string, { t }: FormatContext, now: Date) {
  const goesBack = mustBeReturned(envelope)
  return {
    number: envelope.number,
    name: formatHolderName(t, envelope.display_name),
    state: goesBack ? envelope.state : undefined,
    onTheWay: goesBack && envelope.envelope_at === 'on-the-way',
    collectBy: goesBack || envelope.collect_by === null ? undefined : formatCollectBy(envelope.collect_by, zone, t),
    overdue: !goesBack && envelope.collect_by !== null && envelope.collect_by <= now,
  }
}

/** What has just been done with the envelope that the address names: told from its record, so a reload tells no lie. */
async function buildDoneNotice ({ db, profile, now }: Deps, { query, t, language }: FastifyRequest, desk: string) {
  const { done } = query as { done?: unknown }
  const number = typeof done === 'string' ? parseSlipNumber(done) : undefined
  const slip = number === undefined ? undefined : await findSlip(db, number, { porterDesk: desk }, now())
  const title = slip && doneTitle(slip)
  return title && { tone: 'ok', title, text: doneText(slip) }

  function doneTitle (slip: SlipDetails): string | undefined {
    const step = findLastStep(slip)?.step
    if (step !== 'receive' && step !== 'hand-over' && step !== 'return') return undefined
    return t(`porter.done.${step}`, { number: slip.number, name: formatHolderName(t, slip.display_name) })
  }

  function doneText ({ state, expires_at: end }: SlipDetails): string | undefined {
    return state === 'handed-over' ? t('porter.worksUntil', { until: formatDateTime(end, profile.timeZone, language) }) : undefined
  }
}
