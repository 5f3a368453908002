/** What to do with characters that the typefaces cannot write: never let one vanish. */
import { hasGlyph } from './fonts.js'
import type { Face } from './styles.js'
import type { SlipContent } from './slip-paper.js'

/** Stands for a character that the typeface lacks; the slip says so beside the greeting. */
export const REPLACEMENT_CHARACTER = '\ufffd'

/** Control and format characters: they show nothing, or turn the direction of what follows. */
const invisibleCharacters = /\p{Cc}|\p{Cf}/gu
const graphemeSegmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** One line as it can be printed: composed, without invisible characters, single spaces, `�` for what the face lacks. */
export function toPrintable (text: string, face: Face): string {
  return [...graphemeSegmenter.segment(normalizeText(text))]
    .map(({ segment }) => hasAllGlyphs(segment, face) ? segment : REPLACEMENT_CHARACTER)
    .join('')
}

/** The characters of a text that a face cannot write, each once: to be asked before a slip is issued. */
export function listUnprintableCharacters (text: string, face: Face = 'regular'): string[] {
  const segments = [...graphemeSegmenter.segment(normalizeText(text))].map(({ segment }) => segment)
  return [...new Set(segments.filter(segment => !hasAllGlyphs(segment, face)))]
}

/** What must be exact to work was not: a slip with a wrong user name or address would only mislead. */
export class UnprintableTextError extends RangeError {
  constructor (readonly field: 'username' | 'windowLines', readonly characters: readonly string[]) {
    super(`The typeface lacks ${characters.length} of the characters in ${field}.`)
  }
}

/** @throws Unprintable for a user name, which must be typed as printed, or an address, which the post must read. */
export function requirePrintableSlip (paper: SlipContent): void {
  const lines = paper.delivery.channel === 'registered-letter' ? paper.delivery.windowLines : []
  const inUsername = listUnprintableCharacters(paper.username, 'mono')
  if (inUsername.length > 0) throw new UnprintableTextError('username', inUsername)
  const inLines = listUnprintableCharacters(lines.join(' '))
  if (inLines.length > 0) throw new UnprintableTextError('windowLines', inLines)
}

function normalizeText (text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').replace(invisibleCharacters, '').trim()
}

function hasAllGlyphs (segment: string, face: Face): boolean {
  return [...segment].every(character => hasGlyph(face, character))
}
