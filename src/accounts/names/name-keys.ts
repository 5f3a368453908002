/**
 * Computes the keys by which accounts with the same name are found: the consonants of the name in Latin letters, sorted. They
 * do not depend on the order of the words, on hyphens, or on how a vowel is spelled. `haveSameName` then compares. Pure.
 */
import { listMainUnits, type OwnNames } from './match-names.js'
import { parseName } from './name-parts.js'
import type { WordSpellings } from './spellings.js'

/** Letters that spellings of one name disagree about: Юлия is Iuliia, Yuliya or Julija; ü is u, ue or uxx. */
const unstableLetters = /[aeiouyhjx]/g
const MAX_KEYS = 12

/** Lists the keys of an account. Two accounts with the same name have a key in common. */
export function listNameKeys ({ displayName, latinName, lastName }: OwnNames): string[] {
  const names = [displayName, latinName].filter(name => name !== null)
  return [...new Set(names.flatMap(name => listKeysOfWords(listMainUnits(parseName(name, lastName)).flatMap(unit => unit.words))))].slice(0, 2 * MAX_KEYS)
}

function listKeysOfWords (words: readonly WordSpellings[]): string[] {
  const ways = words.map(word => [...new Set((word.latin.length > 0 ? word.latin : [word.folded]).map(toKey))])
  return ways.reduce<string[]>((keys, ofWord) => [...new Set(keys.flatMap(key => ofWord.map(part => sortLetters(key + part))))].slice(0, MAX_KEYS), [''])
    .map(key => key === '' ? sortLetters(words.map(word => word.folded).join('')) : key)
}

function toKey (spelling: string): string {
  return sortLetters(spelling.replace(unstableLetters, ''))
}

function sortLetters (text: string): string {
  return [...text].sort().join('')
}
