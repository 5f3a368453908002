/**
 * Recognises the words in a name that say whose child or wife someone is: s/o, d/o, w/o, h/o (India, Singapore), a/l, a/p
 * (Malaysia), bin, binti (Malay and Arabic names). What follows such a word is the name of the relative. Pure.
 */

/** `full`: the whole name after it is the relative's. `lineage`: the name after it ends with the holder's own surname, if any. */
export type RelationKind = 'full' | 'lineage'

export interface Relation {
  readonly kind: RelationKind
  /** The word by which its spellings are compared. */
  readonly word: string
}

/** With a slash or full stops. Spaces around the slash are allowed. */
const slashed = /(?<=^|\s)([sdwh])(?:\s?[/／⁄]\s?|\.)(o)\.?(?=\s|,|$)|(?<=^|\s)(a)(?:\s?[/／⁄]\s?|\.)([lp])\.?(?=\s|,|$)/giu
const lineageWords: Readonly<Record<string, string>> = { bin: 'bin', ibn: 'ibn', binti: 'binti', binte: 'binti', bint: 'binti', bte: 'binti', bt: 'binti' }

/** Writes every slashed relation in one way, without spaces: `S / O` and `S.O.` as `S/O`. */
export function joinRelationWords (name: string): string {
  return name.replace(slashed, (_all, ...[first, o, a, last]: Array<string | undefined>) => `${first ?? a ?? ''}/${o ?? last ?? ''}`)
}

/** Removes the slashed relations, whose sign is in no other part of a name. */
export function removeRelationWords (name: string): string {
  return name.replace(slashed, ' ')
}

/**
 * Returns the relation that a word within a name stands for. Without a slash, only a word in other capitals than the rest is
 * a relation, because So is also a name: `Priya WO Suresh Menon`, `Rajesh so Kumar`. `do` is a particle. In a name of one
 * case, two words or more must follow it.
 * @param place.isOneCase whether the whole name is in capitals, or in small letters
 * @param place.after the number of words after it
 */
export function findRelation (written: string, { isOneCase, after }: { readonly isOneCase: boolean, readonly after: number }): Relation | undefined {
  const folded = written.toLowerCase().replace(/\.$/, '')
  const lineage = Object.hasOwn(lineageWords, folded) ? lineageWords[folded] : undefined
  if (lineage !== undefined) return { kind: 'lineage', word: lineage }
  if (/^(?:[sdwh]\/o|a\/[lp])$/.test(folded)) return { kind: 'full', word: folded.replace('/', '') }
  const isBare = /^(?:SO|so|WO|wo|AP|ap)$/.test(written) ? !isOneCase || after > 1 : written === 'DO' && !isOneCase
  return isBare ? { kind: 'full', word: folded } : undefined
}
