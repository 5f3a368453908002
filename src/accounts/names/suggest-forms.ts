/** Suggests how a name may be written: as a letter's recipient, and as documents may spell it. Pure. */
import { listMainUnits, type OwnNames } from './match-names.js'
import { type NameUnit, parseName } from './name-parts.js'
import { isLatinName } from './scripts.js'
import { suggestLatinName } from './transliterate.js'

/** Returns the name in Latin letters: the display name, the account's Latin name, or else the suggested transliteration. */
export function chooseLatinName ({ displayName, latinName }: OwnNames): string {
  return isLatinName(displayName) ? displayName : latinName ?? suggestLatinName(displayName).value
}

/**
 * Lists forms of a name that fit into `maxLength` characters, the most complete first: without the nickname, then without
 * more and more of the given names. Empty when the surname and one given name do not fit.
 */
export function listShortForms (name: string, lastName: string | null, maxLength: number): string[] {
  const units = parseName(name, lastName)
  if (units.every(unit => unit.role !== 'nickname') && [...name].length <= maxLength) return [name]
  const main = listMainUnits(units)
  const optional = main.filter(unit => unit.role !== 'surname')
  const given = optional.filter(unit => unit.role === 'given')
  const selections = [
    ...optional.map((_unit, index) => optional.slice(0, optional.length - index)).filter(kept => given.length === 0 || kept.some(unit => unit.role === 'given')),
    ...given.slice(1).map(unit => [unit]),
    ...optional.length === 0 ? [[]] : [],
  ]
  const forms = selections.map(kept => {
    const isKept = (unit: NameUnit | undefined) => unit !== undefined && (unit.role === 'surname' || kept.includes(unit))
    // A relation remains with the name after it.
    return units.filter((unit, index) => isKept(unit) || (unit.role === 'relation' && isKept(units[index + 1]))).map(unit => unit.written).join(' ')
  })
  return [...new Set(forms)].filter(form => [...form].length <= maxLength)
}

/** How many spellings of a name in Latin letters are shown: ü as u and as ue, not the rare uxx. */
const SHOWN_WAYS = 2

/** Lists spellings of a name in Latin letters that a document may have, besides the one that is shown. */
export function listDocumentSpellings ({ displayName, latinName, lastName }: OwnNames): string[] {
  const spelled = isLatinName(displayName) ? spellLatinName(displayName, lastName) : listReliableSuggestion(displayName)
  const different = spelled.filter(name => ![displayName, latinName ?? ''].some(known => known.toLowerCase() === name.toLowerCase()))
  return [...new Set([...latinName === null || latinName === displayName ? [] : [latinName], ...different])]
}

function spellLatinName (displayName: string, lastName: string | null): string[] {
  const units = parseName(displayName, lastName).filter(unit => unit.role !== 'nickname' && unit.role !== 'suffix')
  const ways = Math.max(...units.flatMap(unit => unit.words.map(word => word.latin.length)))
  return Array.from({ length: Math.min(SHOWN_WAYS, ways) }, (_, way) => units.map(unit => spellUnit(unit, way)).join(' '))
}

/** A guess is not shown as a spelling of documents. */
function listReliableSuggestion (displayName: string): string[] {
  const { value, reliability } = suggestLatinName(displayName)
  return reliability === 'standard' ? [value] : []
}

/** Spells a word in its nth way, or in its usual one if it has fewer. A word without any is written as it is. */
function spellUnit ({ role, texts, words, written }: NameUnit, way: number): string {
  if (role === 'relation') return written
  const spelled = words.map((word, index) => capitalize(word.latin[way] ?? word.latin[0] ?? texts[index]!))
  return spelled.join(/\p{Pd}/u.test(written) ? '-' : ' ')
}

function capitalize (word: string): string {
  return word.replace(/^\p{Ll}/u, letter => letter.toUpperCase())
}
