/** What to do with characters that the typefaces cannot write: never let one vanish. */
import { canWrite } from './fonts.js'
import type { Face } from './styles.js'
import type { SlipPaper } from './slip-paper.js'

/** Stands for a character that the typeface lacks; the slip says so beside the greeting. */
export const unwritten = '\ufffd'

/** Control and format characters: they show nothing, or turn the direction of what follows. */
const invisible = /\p{Cc}|\p{Cf}/gu
const grapheme = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** One line as it can be printed: composed, without invisible characters, single spaces, `�` for what the face lacks. */
export function printable (text: string, face: Face): string {
  return [...grapheme.segment(tidy(text))]
    .map(({ segment }) => writable(segment, face) ? segment : unwritten)
    .join('')
}

/** The characters of a text that a face cannot write, each once: to be asked before a slip is issued. */
export function unprintableIn (text: string, face: Face = 'regular'): string[] {
  const segments = [...grapheme.segment(tidy(text))].map(({ segment }) => segment)
  return [...new Set(segments.filter(segment => !writable(segment, face)))]
}

/** What must be exact to work was not: a slip with a wrong user name or address would only mislead. */
export class Unprintable extends RangeError {
  constructor (readonly field: 'username' | 'windowLines', readonly characters: readonly string[]) {
    super(`The typeface lacks ${characters.length} of the characters in ${field}.`)
  }
}

/** @throws Unprintable for a user name, which must be typed as printed, or an address, which the post must read. */
export function requirePrintable (paper: SlipPaper): void {
  const lines = paper.delivery.channel === 'registered-letter' ? paper.delivery.windowLines : []
  const inUsername = unprintableIn(paper.username, 'mono')
  if (inUsername.length > 0) throw new Unprintable('username', inUsername)
  const inLines = unprintableIn(lines.join(' '))
  if (inLines.length > 0) throw new Unprintable('windowLines', inLines)
}

function tidy (text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').replace(invisible, '').trim()
}

function writable (segment: string, face: Face): boolean {
  return [...segment].every(character => canWrite(face, character))
}
