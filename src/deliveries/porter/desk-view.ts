/** Builds the porter's start page: envelopes to return, envelopes at the desk, envelopes on their way. */
import type { FastifyRequest } from 'fastify'
import { formatBothNames } from '../../accounts/erasure-markers.js'
import type { ZonedTranslate } from '../../i18n/translate.js'
import type { StepName } from '../../institution/vocabulary.js'
import { institutionDay, zonedTimeToDate } from '../../service-points/institution-day.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { findSlip, type SlipDetails, type SlipStep } from '../../slips/queries.js'
import { mustBeReturned } from '../../slips/rules/state-machine.js'
import { requireSession } from '../../staff/authenticate.js'
import type { StepDeps } from '../take-step.js'
import { countStepsAtDesk, type DeskEnvelope, listDeskEnvelopes, porterDeskId } from './queries.js'
import type { ScanField } from './scan-field.js'

export interface DeskPageInput {
  /** The slip number of the envelope of the last action. */
  readonly done?: string | undefined
  /** The scan field as it was sent, if it did not match an envelope of this desk. */
  readonly scan?: ScanField
}

/** Builds the porter's start page. */
export async function buildDeskPage (deps: StepDeps, request: FastifyRequest, { done, scan = {} }: DeskPageInput) {
  const { db, profile } = deps
  const now = deps.now()
  const desk = porterDeskId(requireSession(request))
  const sorted = groupEnvelopes(await listDeskEnvelopes(db, desk, now))
  const lines = (envelopes: readonly DeskEnvelope[]) => envelopes.map(envelope => toEnvelopeRow(envelope, request, now))
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
    done: await buildDoneNotice(deps, request, { done, desk }),
  }
}

/** Groups the envelopes. An envelope whose slip has ended must be returned; the others are here or on their way. */
export function groupEnvelopes (envelopes: readonly DeskEnvelope[]): Record<'back' | 'here' | 'coming', DeskEnvelope[]> {
  const remaining = envelopes.filter(envelope => !mustBeReturned(envelope))
  return {
    back: envelopes.filter(mustBeReturned),
    here: remaining.filter(envelope => envelope.envelope_at === 'desk'),
    coming: remaining.filter(envelope => envelope.envelope_at === 'on-the-way'),
  }
}

/** Builds a row of a list. `overdue` means that the time to collect has passed and the slip has not expired yet. */
export function toEnvelopeRow (envelope: DeskEnvelope, { t }: FormatContext, now: Date) {
  const goesBack = mustBeReturned(envelope)
  return {
    number: envelope.number,
    name: formatBothNames(t, envelope),
    state: goesBack ? envelope.state : undefined,
    onTheWay: goesBack && envelope.envelope_at === 'on-the-way',
    collectBy: goesBack || envelope.collect_by === null ? undefined : formatCollectBy(envelope.collect_by, t),
    overdue: !goesBack && envelope.collect_by !== null && envelope.collect_by <= now,
  }
}

/** Describes the last action on an envelope. It reads the stored steps, so the text is still right after a reload. */
async function buildDoneNotice ({ db, now }: StepDeps, { t }: Pick<FastifyRequest, 't'>, { done, desk }: { readonly done: string | undefined, readonly desk: string }) {
  const number = done === undefined ? undefined : parseSlipNumber(done)
  const slip = number === undefined ? undefined : await findSlip(db, number, { porterDesk: desk }, now())
  const title = slip && doneTitle(slip)
  return title && { tone: 'ok', title, text: doneText(slip) }

  function doneTitle (slip: SlipDetails): string | undefined {
    const step = findLastStep(slip)?.step
    if (step !== 'receive' && step !== 'hand-over' && step !== 'return') return undefined
    return t(`porter.done.${step}`, { number: slip.number, name: formatBothNames(t, slip) })
  }

  function doneText ({ state, expires_at: end }: SlipDetails): string | undefined {
    return state === 'handed-over' ? t('porter.worksUntil', { until: end }) : undefined
  }
}

// Texts of the porter's pages.

export interface FormatContext { readonly t: ZonedTranslate }

/** Formats the last time to collect: "Collect by Friday 4 December 18.00". */
export function formatCollectBy (collectBy: Date, t: ZonedTranslate): string {
  return t('porter.collectBy', { collectBy })
}

/** Finds the latest step, or the latest step of this name. */
export function findLastStep ({ steps }: Pick<SlipDetails, 'steps'>, name?: StepName): SlipStep | undefined {
  return steps.findLast(({ step }) => name === undefined || step === name)
}

/** Formats when and by whom a step was taken. An expired slip has no person. */
export function toStepValues ({ at, staff_name: by }: SlipStep, { t }: FormatContext): { at: Date, by: string } {
  return { at: new Date(at), by: by ?? t('porter.system') }
}
