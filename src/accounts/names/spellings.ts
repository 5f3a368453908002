/**
 * Lists the spellings of one word of a name that count as the same: without diacritics, as ICAO Doc 9303-3 spells its letters
 * in passports, and transliterated from another script. Pure.
 */
import { foldText } from '../../institution/text.js'
import { findScript, type Script } from './scripts.js'
import { listTransliterations } from './transliterate.js'

/** ICAO Doc 9303-3, section 6.A: letters that a passport spells otherwise than without their mark. `dj` is usual for đ. */
const icaoSpellings: Readonly<Record<string, readonly string[]>> = {
  ä: ['ae'], å: ['aa'], ö: ['oe'], ø: ['oe'], ü: ['ue', 'uxx'], ñ: ['nxx'], ə: ['e'], ŋ: ['n'], ĸ: ['q'], đ: ['dj'],
}
const icaoLetters = new RegExp(`[${Object.keys(icaoSpellings).join('')}]`, 'g')

/** A word with more spellings than this has each letter spelled alike in all places. */
const MAX_COMBINATIONS = 32

export interface WordSpellings {
  /** Lower case, without diacritics, in the word's own script. */
  readonly folded: string
  readonly script: Script
  /** Every spelling in Latin letters, folded; the first is the usual one. */
  readonly latin: readonly string[]
}

/** Lists the spellings of a word. @param word without spaces or hyphens */
export function listSpellings (word: string): WordSpellings {
  if (/^[A-Za-z]+$/.test(word)) return spellAscii(word.toLowerCase())
  const folded = closeUp(word)
  const script = findScript(word)
  return { folded, script, latin: [...new Set(script === 'Latin' ? [folded, ...listIcaoSpellings(word)] : listTransliterations(word))] }
}

/** Most words of most names: quick, because an import spells millions of them. */
function spellAscii (folded: string): WordSpellings {
  return { folded, script: 'Latin', latin: [folded] }
}

function closeUp (text: string): string {
  return foldText(text).replaceAll(' ', '')
}

function listIcaoSpellings (word: string): string[] {
  const lower = word.normalize('NFC').toLowerCase()
  const letters = lower.match(icaoLetters) ?? []
  if (letters.length === 0) return []
  const combinations = letters.reduce((count, letter) => count * (icaoSpellings[letter]!.length + 1), 1)
  const spelled = combinations > MAX_COMBINATIONS ? spellUniformly(lower) : spellEveryWay(lower)
  return spelled.map(closeUp)
}

/** Spells each letter in each way, in all combinations: Jönköping also as Joenkoping. */
function spellEveryWay (word: string): string[] {
  return [...word].reduce<string[]>((starts, letter) => {
    const ways = [...icaoSpellings[letter] ?? [], letter]
    return ways.flatMap(way => starts.map(start => start + way))
  }, [''])
}

function spellUniformly (word: string): string[] {
  return [0, 1].map(way => word.replace(icaoLetters, letter => icaoSpellings[letter]![way] ?? icaoSpellings[letter]![0]!))
}

/** How two words of a name agree. */
export type WordAgreement = 'folded' | 'icao' | 'transliteration'

/** Compares two words. Words of one other script than Latin must be the same: their sounds prove nothing. */
export function compareSpellings (a: WordSpellings, b: WordSpellings): WordAgreement | undefined {
  if (a.folded === b.folded) return 'folded'
  if (a.script === b.script && a.script !== 'Latin') return undefined
  if (!a.latin.some(spelling => b.latin.includes(spelling))) return undefined
  return a.script === 'Latin' && b.script === 'Latin' ? 'icao' : 'transliteration'
}

/** Joins words to one, as if written together. Undefined when they are of different scripts. */
export function joinSpellings (words: readonly WordSpellings[]): WordSpellings | undefined {
  const [first, ...rest] = words
  if (first === undefined || rest.some(word => word.script !== first.script)) return undefined
  return rest.reduce((joined, word) => ({
    folded: joined.folded + word.folded,
    script: first.script,
    latin: joined.latin.flatMap(start => word.latin.map(end => start + end)).slice(0, MAX_COMBINATIONS),
  }), first)
}
