/**
 * Splits a name into its units: surname, given names, suffix and nickname. A unit is what belongs together: words joined by a
 * hyphen, or a particle with the word after it. docs/domain.md, "Same name", says how the surname is found. Pure.
 */
import { findScript, isSurnameFirst } from './scripts.js'
import { type RelationKind, findRelation, joinRelationWords } from './relations.js'
import { compareSpellings, listSpellings, type WordSpellings } from './spellings.js'
import { apostrophes } from '../../institution/text.js'

/** A patronymic, and a relative's name, are no given names. A relation is the word between: s/o, binti. */
export type UnitRole = 'surname' | 'given' | 'patronymic' | 'relation' | 'suffix' | 'nickname'

export interface NameUnit {
  readonly role: UnitRole
  /** The words as they are written. */
  readonly texts: readonly string[]
  readonly words: readonly WordSpellings[]
  /** The unit as it is written, with its hyphens. */
  readonly written: string
}

/** "…" and the other quotation marks, and brackets, around a nickname or an earlier name. */
const nicknamePattern = /"[^"]*"|[“”„‟][^“”„‟]*[“”]|«[^«»]*»|»[^«»]*«|\([^()]*\)|\[[^[\]]*\]|（[^（）]*）|(?<=^|\s)'[^']+'(?=\s|,|$)|(?<=^|\s)[‘‚’][^‘’‚]+[’‘](?=\s|,|$)/gu
const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'junior', 'senior'])
const particles = new Set([
  'af', 'al', 'av', 'aw', 'ben', 'da', 'das', 'de', 'del', 'della', 'den', 'der', 'di', 'do', 'dos', 'du', 'e', 'el', 'la', 'las', 'le', 'los', 'ould', 'san', 'ten', 'ter', 'van', 'vom', 'von', 'y',
  'zu', 'zum', 'zur',
])
/** Not every -ich: Friedrich is none. -vitš is the Finnish spelling. */
const patronymic = /(?:[оеё]вич|ьич|(?:кузьм|фом|лук|никит|савв)ич|[оеёі]вна|ична|[oe]vich|[oe]vits|(?:l|ly|kuzm|fom|luk|nikit|savv)ich|[oei]vna|ichna)$/

interface Chunk { readonly relation?: RelationKind, readonly texts: readonly string[], readonly words: readonly WordSpellings[], readonly written: string }

/** Parses a name. @param lastName the last name, where the source of the account has it separately */
export function parseName (name: string, lastName: string | null = null): NameUnit[] {
  const text = joinRelationWords(name.normalize('NFC'))
  const nicknames = (text.match(nicknamePattern) ?? []).flatMap(splitChunks).map(chunk => toUnit(chunk, 'nickname'))
  return [...parseMainName(text.replace(nicknamePattern, ' '), lastName), ...nicknames]
}

function parseMainName (text: string, lastName: string | null): NameUnit[] {
  const parts = text.split(/[,،、，]/u).map(splitChunks).filter(chunks => chunks.length > 0)
  const suffixParts = parts.slice(1).filter(chunks => chunks.every(isSuffix))
  const [first = [], second, ...more] = parts.filter(part => !suffixParts.includes(part))
  const suffixUnits = suffixParts.flat().map(chunk => toUnit(chunk, 'suffix'))
  // "Kivi, Anna-Liisa": the surname is before the comma. Anyone who writes it without a comma puts the given names first.
  if (second !== undefined && more.length === 0 && lastName === null) return [...assignGivenRoles(second), ...joinParticles(first).map(chunk => toUnit(chunk, 'surname')), ...suffixUnits]
  return [...assignRoles([...second ?? [], ...more.flat(), ...first], lastName), ...suffixUnits]
}

function assignRoles (chunks: readonly Chunk[], lastName: string | null): NameUnit[] {
  const mainCount = chunks.findLastIndex(chunk => !isSuffix(chunk)) + 1
  const names = splitUnspaced(joinParticles(markRelation(chunks.slice(0, mainCount))))
  const at = names.findIndex(chunk => chunk.relation !== undefined)
  const units = at > 0 ? assignRelativeRoles(names, at, lastName) : assignPlainRoles(names, findSurname(names, lastName))
  return [...units, ...chunks.slice(mainCount).map(chunk => toUnit(chunk, 'suffix'))]
}

function assignPlainRoles (names: readonly Chunk[], surname: readonly number[]): NameUnit[] {
  const hasGivenName = names.some((chunk, index) => !surname.includes(index) && !isPatronymic(chunk))
  return names.map((chunk, index) => toUnit(chunk, surname.includes(index) ? 'surname' : hasGivenName && isPatronymic(chunk) ? 'patronymic' : 'given'))
}

/**
 * Lakshmi d/o Raman Nair: what follows the relation is the relative's name, and must remain whole. After bin and binti, only
 * the last word must: the rest is a patronymic.
 */
function assignRelativeRoles (names: readonly Chunk[], at: number, lastName: string | null): NameUnit[] {
  const relatives = names.slice(at + 1)
  const known = lastName === null ? [] : findKnownSurname(relatives, lastName)
  const surname = names[at]!.relation === 'full' ? relatives.map((_chunk, index) => index) : known.length > 0 ? known : [relatives.length - 1]
  return [
    ...names.slice(0, at).map(chunk => toUnit(chunk, 'given')),
    toUnit(names[at]!, 'relation'),
    ...relatives.map((chunk, index) => toUnit(chunk, chunk.relation !== undefined ? 'relation' : surname.includes(index) ? 'surname' : 'patronymic')),
  ]
}

/** The part after the comma has no surname: Nair, Lakshmi d/o Raman. */
function assignGivenRoles (chunks: readonly Chunk[]): NameUnit[] {
  const names = joinParticles(markRelation(chunks))
  const at = names.findIndex(chunk => chunk.relation !== undefined)
  if (at < 1) return assignPlainRoles(names, [])
  return names.map((chunk, index) => toUnit(chunk, chunk.relation !== undefined ? 'relation' : index < at ? 'given' : 'patronymic'))
}

/** Marks the words that say whose child or wife someone is. The first and the last word of a name are none. */
function markRelation (chunks: readonly Chunk[]): Chunk[] {
  const isOneCase = chunks.every(({ written }) => written === written.toUpperCase()) || chunks.every(({ written }) => written === written.toLowerCase())
  return chunks.map((chunk, index) => {
    const after = chunks.length - 1 - index
    const found = index > 0 && after > 0 ? findRelation(chunk.written, { isOneCase, after }) : undefined
    return found === undefined ? chunk : { relation: found.kind, written: chunk.written, texts: [chunk.written], words: [listSpellings(found.word)] }
  })
}

/** Returns the positions of the surname: the last name of the source, else by the script, else the last unit. */
function findSurname (names: readonly Chunk[], lastName: string | null): number[] {
  const known = lastName === null ? [] : findKnownSurname(names, lastName)
  if (known.length > 0) return known
  if (names[0] !== undefined && isSurnameFirst(findScript(names[0].written))) return [0]
  // Петров Иван Иванович: the patronymic is last, so the surname is first.
  if (names.length === 3 && isPatronymic(names[2]) && !isPatronymic(names[1])) return [0]
  return [names.length - 1]
}

function isPatronymic (chunk: Chunk | undefined): boolean {
  return patronymic.test(chunk?.words[0]?.folded ?? '')
}

/** Finds the units that hold the words of the last name. Empty unless every word is found. */
function findKnownSurname (names: readonly Chunk[], lastName: string): number[] {
  const wanted = splitChunks(lastName).flatMap(chunk => chunk.words)
  const isOf = (word: WordSpellings, chunk: Chunk) => chunk.words.some(own => compareSpellings(own, word) !== undefined)
  if (!wanted.every(word => names.some(chunk => isOf(word, chunk)))) return []
  const found = names.flatMap((chunk, index) => wanted.some(word => isOf(word, chunk)) ? [index] : [])
  return found.length < names.length || names.length === 1 ? found : []
}

/** Splits at spaces. The words of a chunk are joined by hyphens or similar. */
function splitChunks (text: string): Chunk[] {
  return text.split(/\s+/u).flatMap(written => {
    const texts = written.replace(apostrophes, '').split(/[^\p{L}\p{N}\p{M}\p{Cf}]+/u).filter(word => listSpellings(word).folded !== '')
    return texts.length === 0 ? [] : [{ written: written.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}\p{M}.]+$/gu, ''), texts, words: texts.map(listSpellings) }]
  })
}

/** A particle belongs to the word after it: de la Cruz. The first word of a name is none. */
function joinParticles (chunks: readonly Chunk[]): Chunk[] {
  const units: Chunk[] = []
  let pending: Chunk | undefined
  chunks.forEach((chunk, index) => {
    const joined = pending === undefined ? chunk : joinChunks(pending, chunk)
    const isParticle = index > 0 && index < chunks.length - 1 && chunk.relation === undefined && chunk.words.every(word => particles.has(word.folded))
    if (!isParticle) units.push(joined)
    pending = isParticle ? joined : undefined
  })
  return units
}

function joinChunks (a: Chunk, b: Chunk): Chunk {
  return { texts: [...a.texts, ...b.texts], words: [...a.words, ...b.words], written: `${a.written} ${b.written}` }
}

/** 王小明, written without spaces: the first character is the surname, the others are one given name. */
function splitUnspaced (chunks: readonly Chunk[]): readonly Chunk[] {
  const [chunk] = chunks
  if (chunk === undefined || chunks.length > 1 || chunk.texts.length > 1 || !isSurnameFirst(findScript(chunk.written))) return chunks
  const [surname = '', ...given] = [...chunk.texts[0]!]
  if (given.length === 0) return chunks
  return [surname, given.join('')].map((written, index) => {
    const texts = index === 0 ? [written] : [...written]
    return { written, texts, words: texts.map(listSpellings) }
  })
}

function isSuffix ({ words }: Chunk): boolean {
  return words.length === 1 && suffixes.has(words[0]!.folded)
}

function toUnit ({ texts, words, written }: Chunk, role: UnitRole): NameUnit {
  return { role, texts, words, written }
}
