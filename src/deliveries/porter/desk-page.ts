/** The porter's start page: what must go back, what is here, what is on its way. */
import type { FastifyRequest } from 'fastify'
import { shownName } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { institutionDay, momentOf } from '../../service-points/institution-day.js'
import { mustComeBack } from '../../slips/life.js'
import { findSlip, type SlipRow } from '../../slips/queries.js'
import { momentInWords } from '../../i18n/moments.js'
import { readSlipNumber } from '../../slips/slip-number.js'
import { signedIn } from '../../staff/authenticate.js'
import { deskOf } from './desk.js'
import { countSteps, listEnvelopes, type Envelope } from './queries.js'
import type { ScanField } from './scan-field.js'
import { collectBy, lastStep, type Reader } from './words.js'

/** @param scan the field as it was sent, when it was no envelope of this desk */
export async function deskPage (deps: Deps, request: FastifyRequest, scan: ScanField = {}) {
  const { db, profile } = deps
  const now = deps.now()
  const desk = deskOf(signedIn(request))
  const sorted = sortEnvelopes(await listEnvelopes(db, desk, now))
  const lines = (envelopes: readonly Envelope[]) => envelopes.map(envelope => envelopeLine(envelope, profile.timeZone, request, now))
  const today = momentOf(institutionDay(now, profile.timeZone), '00:00', profile.timeZone)
  return {
    scan,
    lists: [
      { name: 'back', envelopes: lines(sorted.back) },
      { name: 'here', envelopes: lines(sorted.here) },
      { name: 'coming', envelopes: lines(sorted.coming) },
    ],
    coming: sorted.coming.length,
    handedOverToday: await countSteps(db, { desk, step: 'hand-over', since: today }, profile),
    done: await doneNotice(deps, request, desk),
  }
}

/** An envelope whose slip has ended goes back, wherever it is; the others are here or on their way. */
export function sortEnvelopes (envelopes: readonly Envelope[]): Record<'back' | 'here' | 'coming', Envelope[]> {
  const live = envelopes.filter(envelope => !mustComeBack(envelope))
  return {
    back: envelopes.filter(mustComeBack),
    here: live.filter(envelope => envelope.envelope_at === 'desk'),
    coming: live.filter(envelope => envelope.envelope_at === 'on-the-way'),
  }
}

/** A row of a list. `overdue`: the last moment to collect it has passed, though its slip has not yet expired. */
export function envelopeLine (envelope: Envelope, zone: string, { t }: Reader, now: Date) {
  const goesBack = mustComeBack(envelope)
  return {
    number: envelope.number,
    name: shownName(t, envelope.display_name),
    state: goesBack ? envelope.state : undefined,
    onTheWay: goesBack && envelope.envelope_at === 'on-the-way',
    collectBy: goesBack || envelope.collect_by === null ? undefined : collectBy(envelope.collect_by, zone, t),
    overdue: !goesBack && envelope.collect_by !== null && envelope.collect_by <= now,
  }
}

/** What has just been done with the envelope that the address names: told from its record, so a reload tells no lie. */
async function doneNotice ({ db, profile, now }: Deps, { query, t, language }: FastifyRequest, desk: string) {
  const { done } = query as { done?: unknown }
  const number = typeof done === 'string' ? readSlipNumber(done) : undefined
  const slip = number === undefined ? undefined : await findSlip(db, number, { porterDesk: desk }, now())
  const title = slip && doneTitle(slip)
  return title && { tone: 'ok', title, text: doneText(slip) }

  function doneTitle (slip: SlipRow): string | undefined {
    const step = lastStep(slip)?.step
    if (step !== 'receive' && step !== 'hand-over' && step !== 'return') return undefined
    return t(`porter.done.${step}`, { number: slip.number, name: shownName(t, slip.display_name) })
  }

  function doneText ({ state, expires_at: end }: SlipRow): string | undefined {
    return state === 'handed-over' ? t('porter.worksUntil', { until: momentInWords(end, profile.timeZone, language) }) : undefined
  }
}
