/** What people type into one line: what it may hold, and whether it says anything. Pure. */
import { z } from 'zod'

/** Control and format characters (NUL, soft hyphen, zero width, direction marks), halves of characters, line ends. */
const unprintableCharacters = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

/** NFC, one space between words, none at the ends. */
export function normalizeText (text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim()
}

/** One line of visible text, tidied; its message is a key of the texts under `fields`. */
export const visibleLineSchema = z.string().refine(text => !unprintableCharacters.test(text), 'control-characters').transform(normalizeText)

/** A visible line with a limit. @param longest characters, before tidying */
export function lineSchema (longest: number) {
  return z.string().max(longest).pipe(visibleLineSchema)
}

/** True when there is a letter or a digit: blanks and signs are no reason and no reference. */
export function isMeaningful (text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}
