/** A refusal as a sentence that a person can act on. Pure. */
import type { Refusal } from '../institution/refusals.js'
import { hasText, type Translate } from './translate.js'

/** What happened, why, and what can be done next, in the reader's language. */
export function formatRefusal (t: Translate, refusal: Refusal): string {
  const key = `refusals.${refusal.code}${refusal.variant === undefined ? '' : `-${refusal.variant}`}`
  if (!hasText(key)) throw new TypeError(`no sentence for the refusal ${key}`)
  return t(key, refusal.values)
}
