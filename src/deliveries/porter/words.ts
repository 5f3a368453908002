/** Moments and happenings as the porter's pages say them. Pure. */
import { formatTime, listDateValues, formatDateTime } from '../../i18n/moments.js'
import type { Translate } from '../../i18n/translate.js'
import type { Language } from '../../institution/words.js'
import { institutionDay } from '../../service-points/institution-day.js'
import type { StepName } from '../../slips/life.js'
import type { SlipDetails, SlipStep } from '../../slips/queries.js'

export interface FormatContext { readonly t: Translate, readonly language: Language }

/** "Collect by Friday 4 December 18.00". */
export function formatCollectBy (moment: Date, zone: string, t: Translate): string {
  return t('porter.collectBy', { ...listDateValues(institutionDay(moment, zone), t), time: formatTime(moment, zone) })
}

/** The latest step, or the latest of one name. */
export function findLastStep ({ steps }: Pick<SlipDetails, 'steps'>, name?: StepName): SlipStep | undefined {
  return steps.findLast(({ step }) => name === undefined || step === name)
}

/** When a step was taken and by whom, for a sentence: "20.11.2026 15.57", "Timo Koskela" or the clock. */
export function toStepValues ({ at, staff_name: by }: SlipStep, zone: string, { t, language }: FormatContext): { at: string, by: string } {
  return { at: formatDateTime(new Date(at), zone, language), by: by ?? t('porter.clock') }
}
