/**
 * The typefaces of a slip: Noto Sans and Noto Sans Mono, opened once for the process.
 * Handing pdfkit a path or a buffer would parse the font anew for every document (docs/facts.md, "The paper").
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create, type Font, type GlyphRun } from 'fontkit'
import { en } from '../i18n/en/index.js'
import { fi } from '../i18n/fi/index.js'
import { sv } from '../i18n/sv/index.js'
import type { SlipContent } from '../slips/paper/slip-content.js'
import type { Face } from './layout.js'

/** What pdfkit draws each face with: a font that is open already, or the name of a built-in one. */
export type Typeface = Readonly<Record<Face, Font | string>>

export const fixedTextWords: ReadonlySet<string> = new Set([en, fi, sv].flatMap(({ paper, moments, servicePoints: { closed } }) => collectWords({ paper, moments, closed })))
const cacheableWords = new Set<string>(fixedTextWords)
/** 27., 2026, 20.11.2026, 8.30–15.30: shorter than any number that belongs to somebody. */
const cacheableNumeral = /^(?:\d{1,4}[.,]?|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}(?:[.:]\d{2})?–\d{1,2}(?:[.:]\d{2})?|\d{1,2}[.:]\d{2})$/

const openFonts: Readonly<Record<Face, Font>> = {
  regular: openFont('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  strong: openFont('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
  mono: openFont('@expo-google-fonts/noto-sans-mono/500Medium/NotoSansMono_500Medium.ttf'),
}

export const notoSans: Typeface = openFonts

/** True when the face can write the character. */
export function hasGlyph (face: Face, character: string): boolean {
  return openFonts[face].hasGlyphForCodePoint(character.codePointAt(0)!)
}

/** Makes the words of the institution's own texts known, so that they are laid out once for all its slips. */
export function addCacheableWords (texts: readonly string[]): void {
  for (const word of texts.flatMap(text => text.split(/\s+/))) cacheableWords.add(word)
}

function isCacheable (word: string): boolean {
  return cacheableWords.has(word) || cacheableNumeral.test(word)
}

function openFont (file: string): Font {
  const font = create(readFileSync(fileURLToPath(import.meta.resolve(file)))) as Font
  presetGlyphCharacters(font)
  cacheLayouts(font)
  return font
}

/**
 * A font remembers for each glyph the characters that first asked for it, and pdfkit writes them into every
 * document as what the glyph means. Asked for here in one fixed order, so that one slip's text never decides
 * how another's can be searched and copied; ligatures first, lest `metropolia.fi` be copied with the one
 * character U+FB01 at its end.
 */
function presetGlyphCharacters (font: Font): void {
  font.layout('ff fi fl ffi ffl')
  for (const codePoint of font.characterSet.toSorted((a, b) => a - b)) font.glyphForCodePoint(codePoint)
}

/**
 * Choosing and placing glyphs is most of the work of a slip, so the words that every slip prints are laid out
 * once: the house's own, the institution's, and the numerals of days and hours. Only those: no name, address,
 * slip number or code is ever kept.
 */
function cacheLayouts (font: Font): void {
  // pdfkit scales the placed glyphs to 1000 units where they lie; kept ones may not be scaled twice.
  if (font.unitsPerEm !== 1000) return
  const layOut = font.layout.bind(font)
  const kept = new Map<string, GlyphRun>()
  font.layout = (text, ...options) => {
    if (!text.trim().split(/\s+/).every(isCacheable)) return layOut(text, ...options)
    const run = kept.get(text) ?? layOut(text, ...options)
    kept.set(text, run)
    return run
  }
}

// The words of the texts that the paper is put together from, in all languages; nothing of any slip is among them. Pure.

interface TextTree {
  readonly [key: string]: string | TextTree
}

function collectWords (texts: TextTree): string[] {
  return Object.values(texts).flatMap(text => typeof text === 'string' ? text.split(/\s+/) : collectWords(text))
    .filter(word => word !== '' && !/[{}]/.test(word))
}

// What to do with characters that the typefaces cannot write: never let one vanish.

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
