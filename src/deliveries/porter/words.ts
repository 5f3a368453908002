/** Moments and happenings as the porter's pages say them. Pure. */
import { clockTime, dayValues, momentInWords } from '../../i18n/moments.js'
import type { Translate } from '../../i18n/translate.js'
import type { Language } from '../../institution/words.js'
import { institutionDay } from '../../service-points/institution-day.js'
import type { StepName } from '../../slips/life.js'
import type { SlipRow, StepRow } from '../../slips/queries.js'

export interface Reader { readonly t: Translate, readonly language: Language }

/** "Collect by Friday 4 December 18.00". */
export function collectBy (moment: Date, zone: string, t: Translate): string {
  return t('porter.collectBy', { ...dayValues(institutionDay(moment, zone), t), time: clockTime(moment, zone) })
}

/** The latest step, or the latest of one name. */
export function lastStep ({ steps }: Pick<SlipRow, 'steps'>, name?: StepName): StepRow | undefined {
  return steps.findLast(({ step }) => name === undefined || step === name)
}

/** When a step was taken and by whom, for a sentence: "20.11.2026 15.57", "Timo Koskela" or the clock. */
export function stepValues ({ at, staff_name: by }: StepRow, zone: string, { t, language }: Reader): { at: string, by: string } {
  return { at: momentInWords(new Date(at), zone, language), by: by ?? t('porter.clock') }
}
