/**
 * Assigns the words of one name to those of another: in any order, and with words written together or apart. Pure.
 */
import type { UnitRole } from './name-parts.js'
import { compareSpellings, joinSpellings, type WordAgreement, type WordSpellings } from './spellings.js'

/** A word of the account's name, with its place in the units of the name. */
export interface OwnWord {
  readonly spellings: WordSpellings
  readonly unit: number
  readonly role: UnitRole
}

export interface Alignment {
  /** Which of the own words are used, by position. */
  readonly used: readonly boolean[]
  readonly agreements: readonly WordAgreement[]
  readonly isReordered: boolean
  readonly isClosedUp: boolean
}

/** A longer name is compared as a whole only. */
export const MAX_ALIGNED_WORDS = 14
/** The most words that may be written as one. */
const MAX_RUN_LENGTH = 4

interface Link {
  readonly givenCount: number
  readonly ownPositions: readonly number[]
  /** The own positions as bits. */
  readonly bits: number
  readonly agreement: WordAgreement
}

/**
 * Finds an assignment in which every given word is used, and that `accept` accepts. Prefers the order of the own name.
 * @returns the accepted assignment, or else the first one; undefined when a given word fits nowhere
 */
export function alignWords (given: readonly WordSpellings[], own: readonly OwnWord[], accept: (used: readonly boolean[]) => boolean): { readonly alignment: Alignment, readonly isAccepted: boolean } | undefined {
  if (given.length === 0 || given.length > MAX_ALIGNED_WORDS || own.length > MAX_ALIGNED_WORDS) return undefined
  const links = given.map((_word, at) => listLinks(given, at, own))
  const visited = new Set<number>()
  let first: Alignment | undefined

  function search (at: number, chosen: readonly Link[], usedBits: number): Alignment | undefined {
    if (at === given.length) {
      const alignment = toAlignment(chosen, own.map((_word, position) => (usedBits >> position & 1) === 1))
      first ??= alignment
      return accept(alignment.used) ? alignment : undefined
    }
    // What follows depends only on which words are left.
    const state = at << MAX_ALIGNED_WORDS | usedBits
    if (visited.has(state)) return undefined
    visited.add(state)
    for (const link of links[at]!) {
      const found = (usedBits & link.bits) === 0 ? search(at + link.givenCount, [...chosen, link], usedBits | link.bits) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  const accepted = search(0, [], 0)
  const alignment = accepted ?? first
  return alignment && { alignment, isAccepted: accepted !== undefined }
}

/** Lists the ways to use a given word: as one word, as several own words together, or together with the words after it. */
function listLinks (given: readonly WordSpellings[], at: number, own: readonly OwnWord[]): Link[] {
  const lengths = Array.from({ length: MAX_RUN_LENGTH }, (_, index) => index + 1)
  return own.flatMap((_word, position) => [
    ...lengths.map(length => toLink(given.slice(at, at + 1), own, position, length)),
    ...lengths.slice(1).filter(length => at + length <= given.length).map(length => toLink(given.slice(at, at + length), own, position, 1)),
  ]).filter(link => link !== undefined)
}

function toLink (given: readonly WordSpellings[], own: readonly OwnWord[], position: number, ownCount: number): Link | undefined {
  const ownWords = own.slice(position, position + ownCount)
  if (ownWords.length < ownCount || !canBeJoined(ownWords)) return undefined
  const joinedGiven = joinSpellings(given)
  const joinedOwn = joinSpellings(ownWords.map(word => word.spellings))
  const agreement = joinedGiven && joinedOwn && compareSpellings(joinedGiven, joinedOwn)
  const ownPositions = ownWords.map((_word, index) => position + index)
  return agreement && { givenCount: given.length, ownPositions, bits: ownPositions.reduce((bits, one) => bits | 1 << one, 0), agreement }
}

/** Only words of the same kind are written together. In a script without spaces, the surname may have two characters. */
function canBeJoined (words: readonly OwnWord[]): boolean {
  const [first] = words
  const isUnspaced = words.every(({ spellings }) => ['Han', 'Hangul', 'Kana'].includes(spellings.script) && [...spellings.folded].length <= 2)
  return first !== undefined && (isUnspaced || words.every(word => word.role === first.role))
}

function toAlignment (links: readonly Link[], used: readonly boolean[]): Alignment {
  const positions = links.flatMap(link => link.ownPositions)
  return {
    used,
    agreements: links.map(link => link.agreement),
    isReordered: positions.some((position, index) => index > 0 && position < positions[index - 1]!),
    isClosedUp: links.some(link => link.givenCount > 1 || link.ownPositions.length > 1),
  }
}
