/**
 * The typefaces of all documents: Noto Sans and Noto Sans Mono. They are opened once for the process, because pdfkit
 * would otherwise parse the font files again for every document (docs/facts.md, "The paper").
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { create, type Font, type GlyphRun } from 'fontkit'
import { normalizeText } from '../institution/text.js'
import type { Face } from './layout.js'

/** A font for each face: an open font, or the name of a font that is built into pdfkit. */
export type Typeface = Readonly<Record<Face, Font | string>>

const cacheableWords = new Set<string>()
/** 27., 2026, 20.11.2026, 8.30–15.30: too short to be a number that identifies a person. */
const cacheableNumeral = /^(?:\d{1,4}[.,]?|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}(?:[.:]\d{2})?–\d{1,2}(?:[.:]\d{2})?|\d{1,2}[.:]\d{2})$/

const openFonts: Readonly<Record<Face, Font>> = {
  regular: openFont('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  strong: openFont('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'),
  mono: openFont('@expo-google-fonts/noto-sans-mono/500Medium/NotoSansMono_500Medium.ttf'),
}

export const notoSans: Typeface = openFonts

/** Allows the layout of these words to be cached. Pass only fixed texts, never a name, address, number or code. */
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
 * Assigns characters to glyphs in a fixed order. A font remembers the characters that first asked for a glyph, and
 * pdfkit writes them into every later document for search and copy. The fixed order makes documents independent of
 * each other. Ligatures come first: otherwise the end of `metropolia.fi` would be copied as U+FB01.
 */
function presetGlyphCharacters (font: Font): void {
  font.layout('ff fi fl ffi ffl')
  for (const codePoint of font.characterSet.toSorted((a, b) => a - b)) font.glyphForCodePoint(codePoint)
}

/**
 * Caches the layout of texts that consist of cacheable words and numerals. Layout is most of the work of a document.
 * Only fixed texts and numerals are cached, never a name, address, number or code.
 */
function cacheLayouts (font: Font): void {
  // pdfkit scales glyph positions to 1000 units in place, so a cached layout of another scale would be scaled twice.
  if (font.unitsPerEm !== 1000) return
  const layOut = font.layout.bind(font)
  const cache = new Map<string, GlyphRun>()
  font.layout = (text, ...options) => {
    if (!text.trim().split(/\s+/).every(isCacheable)) return layOut(text, ...options)
    const run = cache.get(text) ?? layOut(text, ...options)
    cache.set(text, run)
    return run
  }
}

/** Replaces a character that the typeface lacks. Each document explains it. */
export const REPLACEMENT_CHARACTER = '\ufffd'

/** Control and format characters. They are invisible or change the direction of the text after them. */
const invisibleCharacters = /\p{Cc}|\p{Cf}/gu
const graphemeSegmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Returns the text as one printable line: composed, single spaces, no invisible characters, `�` for missing glyphs. */
export function toPrintable (text: string, face: Face): string {
  return splitGraphemes(text).map(grapheme => hasAllGlyphs(grapheme, face) ? grapheme : REPLACEMENT_CHARACTER).join('')
}

/** Returns the characters of a text that a face lacks, each once. */
export function listUnprintableCharacters (text: string, face: Face = 'regular'): string[] {
  return [...new Set(splitGraphemes(text).filter(grapheme => !hasAllGlyphs(grapheme, face)))]
}

/** Returns the first of a person's names that a face can write, or else the first. Names that are null or undefined are ignored. */
export function choosePrintable (names: ReadonlyArray<string | null | undefined>, face: Face = 'regular'): string {
  const known = names.filter(name => name !== null && name !== undefined)
  return known.find(name => listUnprintableCharacters(name, face).length === 0) ?? known[0] ?? ''
}

function splitGraphemes (text: string): string[] {
  const visible = normalizeText(text).replace(invisibleCharacters, '').trim()
  return [...graphemeSegmenter.segment(visible)].map(({ segment }) => segment)
}

function hasAllGlyphs (grapheme: string, face: Face): boolean {
  return [...grapheme].every(character => openFonts[face].hasGlyphForCodePoint(character.codePointAt(0)!))
}
