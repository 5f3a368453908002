/** What people type into one line: what it may hold, and whether it says anything. Pure. */
import { z } from 'zod'

/** Control and format characters (NUL, soft hyphen, zero width, direction marks), halves of characters, line ends. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

/** NFC, one space between words, none at the ends. */
export function tidy (text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim()
}

/** One line of visible text, tidied; its message is a key of the texts under `fields`. */
export const visibleLine = z.string().refine(text => !unprintable.test(text), 'control-characters').transform(tidy)

/** A visible line with a limit. @param longest characters, before tidying */
export function typedText (longest: number) {
  return z.string().max(longest).pipe(visibleLine)
}

/** True when there is a letter or a digit: blanks and signs are no reason and no reference. */
export function saysSomething (text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}
