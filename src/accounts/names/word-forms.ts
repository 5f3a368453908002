/** Lists the forms of a name's words that search finds besides the words themselves. Pure. */
import { apostrophes, splitFoldedWords } from '../../institution/text.js'
import { parseName } from './name-parts.js'
import { findScript, isLatinName, isSurnameFirst } from './scripts.js'
import type { WordSpellings } from './spellings.js'

/** Another form of a word, or of several words written together. */
export interface WordForm {
  readonly word: string
  /** The folded words that it stands for. */
  readonly of: readonly string[]
}

/** The most other forms of one name in the index. */
const MAX_FORMS = 10

interface Forms {
  /** The words of the name in Latin letters, if it is written in others. */
  readonly latin: readonly string[]
  /** Further spellings: of passports, of other transliterations, written together or apart. */
  readonly others: readonly WordForm[]
}

/** Lists the forms of an account's names. */
export function listOtherForms ({ displayName, latinName }: { readonly displayName: string, readonly latinName: string | null }): Forms {
  const words = splitFoldedWords(displayName)
  const latin = isLatinName(displayName) ? [] : listLatinWords(displayName, latinName)
  const names = [displayName, ...latinName === null ? [] : [latinName]]
  const forms = [...[words, latin].flatMap(closeUpName), ...names.flatMap(listFormsOfName)]
  const known = new Set([...words, ...latin])
  const others = [...new Map(forms.filter(({ word }) => word !== '' && !known.has(word)).map(form => [form.word, form])).values()].slice(0, MAX_FORMS)
  return { latin, others: others.map(form => ({ ...form, of: [...form.of, ...latin.filter(word => form.of.includes(word))] })) }
}

/** The Latin name of the account, or the usual transliteration. */
function listLatinWords (displayName: string, latinName: string | null): string[] {
  if (latinName !== null) return splitFoldedWords(latinName)
  const usual = parseName(displayName).flatMap(({ words, written }) => {
    const spellings = words.map(word => word.latin[0] ?? '')
    return isSurnameFirst(findScript(written)) ? [spellings.join('')] : spellings
  })
  return usual.filter(word => word !== '')
}

/** A longer name is not written closed up as a whole. */
const MAX_CLOSED_UP_WORDS = 3

/** 佐藤 裕子 as 佐藤裕子, Zhang Wei as zhangwei. */
function closeUpName (words: readonly string[]): WordForm[] {
  return words.length > 1 && words.length <= MAX_CLOSED_UP_WORDS ? [{ word: words.join(''), of: words }] : []
}

function listFormsOfName (name: string): WordForm[] {
  return parseName(name).flatMap(({ words, texts, written }) => {
    const spelled = words.flatMap(word => word.latin.map(spelling => ({ word: spelling, of: [word.folded, ...word.latin] })))
    return [...words.length > 1 ? closeUp(words) : [], ...listApostropheParts(written), ...spelled, ...texts.length === 1 ? [{ word: words[0]!.folded, of: [words[0]!.folded] }] : []]
  })
}

/** Jean-Luc as jeanluc, van der Berg as vanderberg. */
function closeUp (words: readonly WordSpellings[]): WordForm[] {
  const of = words.flatMap(word => [word.folded, ...word.latin])
  return [words.map(word => word.folded), words.map(word => word.latin[0] ?? '')].map(parts => ({ word: parts.join(''), of }))
}

/** O’Brien is one word, obrien. People also type O Brien. */
function listApostropheParts (written: string): WordForm[] {
  const parts = written.split(apostrophes)
  return parts.length === 1 ? [] : parts.flatMap(splitFoldedWords).map(word => ({ word, of: [word] }))
}
