/** What a slip says of its moments, in the words of each language. Pure. */
import type { Language } from '../../institution/words.js'
import { formatTime, listDateValues } from '../../i18n/moments.js'
import { translator } from '../../i18n/translate.js'
import { institutionDay } from '../../service-points/institution-day.js'

/** "Valid until Friday 4 December 2026". */
export function formatValidUntil (expiresAt: Date, zone: string, language: Language): string {
  const say = translator(language)
  return say('paper.validUntil', listDateValues(institutionDay(expiresAt, zone), say))
}

/** "Collect by Friday 4 December 18.00; then valid 7 days". */
export function formatCollectBy (collectBy: Date, daysAfterHandover: number, zone: string, language: Language): string {
  const say = translator(language)
  const values = listDateValues(institutionDay(collectBy, zone), say)
  return say('paper.collectBy', { ...values, time: formatTime(collectBy, zone), count: daysAfterHandover })
}

/** "20 November 2026 15.57". */
export function formatIssuedAt (issuedAt: Date, zone: string, language: Language): string {
  const say = translator(language)
  return say('paper.issuedAt', { ...listDateValues(institutionDay(issuedAt, zone), say), time: formatTime(issuedAt, zone) })
}
