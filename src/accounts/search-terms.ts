/**
 * What a search asks of an account's line (see finding-words.ts): every term begins a word of it, and
 * terms that begin alike need a word of the name each, so that `matti m` narrows to Matti Mäkinen and
 * does not find every Matti. Pure.
 */
import { splitFoldedWords } from '../institution/fold.js'
import { isNameLike } from './finding-words.js'

/** The folded words of what was typed, in its order. */
export function parseSearchTerms (q: string): string[] {
  return splitFoldedWords(q)
}

/**
 * The one or two terms that lead the search through the index; the others are asked of the line. Two when
 * two may be words of a name, unless an identifier has been typed far enough to be rare by itself.
 */
export function selectLeadingTerms (terms: readonly string[]): string[] {
  const byRarity = terms.toSorted((a, b) => estimateRarity(b) - estimateRarity(a))
  const names = byRarity.filter(isNameLike)
  const identifier = byRarity.find(term => !isNameLike(term))
  return names.length < 2 || estimateRarity(identifier ?? '') >= 8 ? byRarity.slice(0, 1) : names.slice(0, 2)
}

/** One condition: the line is like one of these patterns. Terms hold no wildcards. */
export type LinePatterns = readonly string[]

/** What the line must be like, besides holding words that begin with the leaders. */
export function buildLinePatterns (terms: readonly string[], leaders: readonly string[]): LinePatterns[] {
  return [...new Set(terms)].flatMap(term => {
    const needed = isNameLike(term) ? terms.filter(other => other.startsWith(term) && isNameLike(other)).length : 1
    if (needed > 1) return [[`%${` ${term}%`.repeat(needed)}`]]
    return leaders.includes(term) ? [] : [[`% ${term}%`, `%\t${term}%`]]
  })
}

/** Long terms are rare, and digits tell more than letters. */
function estimateRarity (term: string): number {
  return term.length + (term.match(/\p{N}/gu)?.length ?? 0)
}

/** After every word that begins with the term: U+10FFFF is no letter and sorts last. */
export function prefixUpperBound (term: string): string {
  return `${term}\u{10ffff}`
}
