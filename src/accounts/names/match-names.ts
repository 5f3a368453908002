/**
 * Decides whether a text is the name of an account's holder, and says by which rules. Letters, namesakes and the issue form all
 * use it, and no other code decides. docs/domain.md, "Same name", has the rules and what they refuse. Pure.
 */
import { normalizeText } from '../../institution/text.js'
import { alignWords, type Alignment, type OwnWord } from './align-words.js'
import { type NameUnit, parseName } from './name-parts.js'
import { removeRelationWords } from './relations.js'
import { compareSpellings, type WordSpellings } from './spellings.js'

/** The names of one holder. */
export interface OwnNames {
  readonly displayName: string
  /** The name in Latin letters, of the account or as the agent entered it. */
  readonly latinName: string | null
  /** The last name, where the source of the account has it separately. */
  readonly lastName: string | null
}

/** Rules by which a text is the name. None: it is the name letter by letter. */
export type NameRule = 'letters' | 'icao' | 'transliteration' | 'order' | 'closed-up' | 'nickname' | 'left-out'

/** Why a text is not the name. */
export type NameMismatch = 'not-a-name' | 'other-words' | 'surname-missing' | 'given-name-missing'

export type NameDecision =
  | { readonly isSame: true, readonly rules: readonly NameRule[], /** The own name that it matches. */ readonly name: string, /** What is left out, as it is written. */ readonly leftOut: readonly string[], /** What is not left out, as it is written. */ readonly remaining: string }
  | { readonly isSame: false, readonly reason: NameMismatch, /** The words that are not of the name. */ readonly words: readonly string[] }

/** Letters, and the signs that occur in names. */
const nameCharacters = /^[\p{L}\p{M}\p{Cf}\s.,،、，'’‘`´ʹʻʼʽʾʿˈ׳·・\p{Pd}"“”„‟«»()[\]（）]+$/u

/** Compares a text with every name of the holder. */
export function matchNames (given: string, own: OwnNames): NameDecision {
  const names = [own.latinName, own.displayName].filter(name => name !== null)
  const exact = names.find(name => normalizeText(name) === normalizeText(given))
  if (exact !== undefined) return { isSame: true, rules: [], name: exact, leftOut: [], remaining: exact }
  if (!nameCharacters.test(removeRelationWords(given))) return { isSame: false, reason: 'not-a-name', words: [] }
  const decisions = names.map(name => matchName(given, name, own))
  return decisions.find(decision => decision.isSame && decision.leftOut.length === 0) ??
    decisions.find(decision => decision.isSame) ??
    decisions.toSorted((a, b) => countForeignWords(a) - countForeignWords(b))[0]!
}

function countForeignWords (decision: NameDecision): number {
  return decision.isSame ? 0 : decision.words.length
}

function matchName (given: string, name: string, own: OwnNames): NameDecision {
  const { units, canLeaveOut } = parseOwnName(name, own)
  const givenUnits = parseName(given)
  const givenWords = givenUnits.flatMap(unit => unit.words).map(word => expandRelation(word, units))
  const ownWords = listOwnWords(units)
  const found = alignWords(givenWords, ownWords, used => judgeRest(units, ownWords, used, canLeaveOut) === undefined)
  if (found === undefined) return { isSame: false, reason: 'other-words', words: listForeignWords(givenUnits, ownWords) }
  const { alignment: { used } } = found
  const reason = judgeRest(units, ownWords, used, canLeaveOut)
  if (reason !== undefined) return { isSame: false, reason, words: [] }
  // Ahmad bin Yusof is not Yusof bin Ahmad.
  if (found.alignment.isReordered && units.some(unit => unit.role === 'relation')) return { isSame: false, reason: 'other-words', words: [] }
  const leftOut = units.filter((_unit, index) => !isUnitUsed(ownWords, used, index))
  return {
    isSame: true,
    name,
    rules: listRules(found.alignment, leftOut),
    leftOut: leftOut.filter(unit => unit.role !== 'nickname').map(unit => unit.written),
    remaining: units.filter(unit => !leftOut.includes(unit)).map(unit => unit.written).join(' '),
  }
}

/** `B.` is short for bin and binti, where the name has one of them. */
function expandRelation (word: WordSpellings, units: readonly NameUnit[]): WordSpellings {
  const relation = units.find(unit => unit.role === 'relation')?.words[0]
  return word.folded === 'b' && relation?.folded.startsWith('b') === true ? relation : word
}

function listOwnWords (units: readonly NameUnit[]): OwnWord[] {
  return units.flatMap(({ role, words }, unit) => words.map(spellings => ({ spellings, unit, role })))
}

/**
 * Parses a name. The surname of the Latin name is that of the source, or that of the display name in other letters; if neither
 * is found in it, nothing may be left out.
 */
function parseOwnName (name: string, { displayName, lastName }: OwnNames): { units: NameUnit[], canLeaveOut: boolean } {
  if (name === displayName) return { units: parseName(name, lastName), canLeaveOut: true }
  const surname = lastName ?? parseName(displayName).filter(unit => unit.role === 'surname').map(unit => unit.written).join(' ')
  const units = parseName(name, surname)
  const own = units.filter(unit => unit.role === 'surname').flatMap(unit => unit.words)
  const wanted = parseName(surname).flatMap(unit => unit.words)
  return { units, canLeaveOut: own.every(word => wanted.some(other => compareSpellings(word, other) !== undefined)) }
}

/** Returns what must not be left out and is. A unit is used as a whole or not at all; a nickname may always be left out. */
function judgeRest (units: readonly NameUnit[], words: readonly OwnWord[], used: readonly boolean[], canLeaveOut: boolean): NameMismatch | undefined {
  const isUsed = (index: number) => isUnitUsed(words, used, index)
  const isPartlyUsed = (index: number) => !isUsed(index) && words.some((word, position) => word.unit === index && used[position])
  const of = (role: NameUnit['role']) => units.flatMap((unit, index) => unit.role === role ? [index] : [])
  if (!of('surname').every(isUsed)) return 'surname-missing'
  const given = of('given')
  if (given.some(isPartlyUsed) || (given.length > 0 && !given.some(isUsed))) return 'given-name-missing'
  if (!canLeaveOut && !given.every(isUsed)) return 'given-name-missing'
  return undefined
}

function isUnitUsed (words: readonly OwnWord[], used: readonly boolean[], index: number): boolean {
  return words.every((word, position) => word.unit !== index || used[position])
}

function listRules ({ agreements, isReordered, isClosedUp }: Alignment, leftOut: readonly NameUnit[]): NameRule[] {
  const applied: ReadonlyArray<readonly [NameRule, boolean]> = [
    ['letters', agreements.every(agreement => agreement === 'folded')],
    ['icao', agreements.includes('icao')],
    ['transliteration', agreements.includes('transliteration')],
    ['order', isReordered],
    ['closed-up', isClosedUp],
    ['nickname', leftOut.some(unit => unit.role === 'nickname')],
    ['left-out', leftOut.some(unit => unit.role !== 'nickname')],
  ]
  return applied.filter(([, applies]) => applies).map(([rule]) => rule)
}

/** The most words that are examined to say which are wrong. */
const MAX_LISTED_WORDS = 20

/** Lists the given words that are no word of the name. Empty when each is one, but they do not fit together. */
function listForeignWords (given: readonly NameUnit[], own: readonly OwnWord[]): string[] {
  const words = given.flatMap(unit => unit.words.map((word, index) => ({ word, text: unit.texts[index]! }))).slice(0, MAX_LISTED_WORDS)
  return words.filter(({ word }) => alignWords([word], own, () => true) === undefined).map(({ text }) => text)
}

/** Returns whether a text that matches must match no other account: words are left out, or their order is another. */
export function mustBeUnique (decision: NameDecision): boolean {
  return decision.isSame && (decision.rules.includes('left-out') || decision.rules.includes('order'))
}

/** Returns whether a Latin name is the transliteration of the account's name, by any of the usual rules. */
export function isTransliteration (latinName: string, own: Omit<OwnNames, 'latinName'>): boolean {
  const decision = matchNames(latinName, { ...own, latinName: null })
  return decision.isSame && decision.leftOut.length === 0
}

// Namesakes.

/** Returns whether two holders have the same name: the same words in any order, apart from nicknames, suffixes and words such as bin. */
export function haveSameName (a: OwnNames, b: OwnNames): boolean {
  return listNames(a).some(one => listNames(b).some(other => haveSameWords(one, other)))
}

function listNames ({ displayName, latinName, lastName }: OwnNames): NameUnit[][] {
  return [displayName, latinName].filter(name => name !== null).map(name => parseName(name, lastName))
}

function haveSameWords (a: readonly NameUnit[], b: readonly NameUnit[]): boolean {
  const given: WordSpellings[] = listMainUnits(a).flatMap(unit => unit.words)
  // The same role for all: which word is the surname may differ by the source.
  const own = listOwnWords(listMainUnits(b)).map(word => ({ ...word, role: 'given' as const }))
  if (given.map(word => word.folded).join(' ') === own.map(word => word.spellings.folded).join(' ')) return true
  return alignWords(given, own, used => used.every(Boolean))?.isAccepted ?? false
}

/** Returns the units without nicknames, suffixes and relations. */
export function listMainUnits (units: readonly NameUnit[]): NameUnit[] {
  return units.filter(({ role }) => role === 'surname' || role === 'given' || role === 'patronymic')
}
