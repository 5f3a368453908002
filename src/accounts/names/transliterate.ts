/**
 * Spells words of other scripts in Latin letters: by ICAO Doc 9303-3 as passports do, by the Finnish standard SFS 4900, and
 * by other rules in use (docs/decisions/0018-names.md). Pure.
 */
import anyAscii from 'any-ascii'
import { BGN_PCGN_ALT, GOST_52535, ICAO_DOC_9303, MVD_782, translate, WIKIPEDIA, type Schema } from 'iuliia'
import { foldText } from '../../institution/text.js'
import { findScript, isSurnameFirst, type Script } from './scripts.js'

/** Rules for Russian. The first is that of passports today; the others are those of older passports and of reference works. */
const russianSchemas: readonly Schema[] = [ICAO_DOC_9303, GOST_52535, MVD_782, BGN_PCGN_ALT, WIKIPEDIA]

type Alphabet = Readonly<Record<string, string>>

/** Letters of ICAO Doc 9303-3, section 6.B, that Russian does not have. */
const icaoLetters: Alphabet = { є: 'ie', і: 'i', ї: 'i', ґ: 'g', ў: 'u', ђ: 'd', ѓ: 'g', ј: 'j', љ: 'lj', њ: 'nj', ћ: 'c', ќ: 'k', џ: 'dz', ѕ: 'dz', ѳ: 'f', ѵ: 'y', ѫ: 'u' }

/** National rules where they differ from ICAO: Ukraine (resolution 55 of 2010), Bulgaria (law of 2009), Serbia. */
const nationalAlphabets: ReadonlyArray<readonly [RegExp, Alphabet]> = [
  [/[іїєґ]|^[^ыэёъ]*$/, { г: 'h', ґ: 'g', и: 'y', і: 'i', ї: 'i', є: 'ie', й: 'i', ю: 'iu', я: 'ia', х: 'kh', щ: 'shch', ь: '' }],
  [/^[^ыэёіїєґ]*$/, { ъ: 'a', х: 'h', щ: 'sht', ю: 'yu', я: 'ya', й: 'y', ж: 'zh', ц: 'ts', ь: 'y' }],
  [/[ђјљњћџ]|^[^ыэёъьйюящіїєґ]*$/, { ђ: 'dj', ј: 'j', љ: 'lj', њ: 'nj', ћ: 'c', џ: 'dz', ж: 'z', ц: 'c', ч: 'c', ш: 's', х: 'h' }],
]

/** SFS 4900, for Russian, without the carons of š and ž. */
const finnishLetters: Alphabet = { ё: 'jo', ж: 'z', й: 'i', х: 'h', ц: 'ts', ч: 'ts', ш: 's', щ: 'sts', ъ: '', ы: 'y', э: 'e', ю: 'ju', я: 'ja' }

/** ELOT 743 (ISO 843, type 2), as Greek passports spell names: pairs of letters before single ones. */
const greekPairs: ReadonlyArray<readonly [RegExp, string]> = [
  [/^μπ/, 'b'], [/μπ$/, 'b'], [/μπ/g, 'mp'], [/γγ/g, 'ng'], [/γξ/g, 'nx'], [/γχ/g, 'nch'], [/ου/g, 'ou'],
  [/([αεη])υ(?=[βγδζλμνραεηιοωυa-z])/g, '$1v'], [/([αεη])υ/g, '$1f'], [/χ/g, 'ch'], [/η/g, 'i'], [/υ/g, 'y'], [/ψ/g, 'ps'],
]

/** The most spellings of one word. */
const MAX_SPELLINGS = 10

/** Lists the spellings of a word in Latin letters, folded, the most usual first. Empty for a word in Latin letters. */
export function listTransliterations (word: string): string[] {
  const spellings = listRawTransliterations(word.normalize('NFC').toLowerCase(), findScript(word)).map(closeUp)
  return [...new Set(spellings)].filter(spelling => spelling !== '').slice(0, MAX_SPELLINGS)
}

function listRawTransliterations (word: string, script: Script): string[] {
  switch (script) {
    case 'Latin': return []
    case 'Cyrillic': return [...listCyrillicSpellings(word), anyAscii(word)]
    case 'Greek': return [spellGreek(word), anyAscii(word.normalize('NFD').replace(/\p{M}/gu, ''))]
    default: return [anyAscii(word)]
  }
}

function listCyrillicSpellings (word: string): string[] {
  const national = nationalAlphabets.filter(([pattern]) => pattern.test(word)).map(([, letters]) => letters)
  return [
    ...russianSchemas.map(schema => translate(replaceLetters(word, icaoLetters), schema)),
    ...national.map(letters => translate(replaceLetters(word, { ...icaoLetters, ...letters }), ICAO_DOC_9303)),
    translate(replaceLetters(word.replace(/(?<=^|[аеёиоуыэюя])е/g, 'je'), { ...icaoLetters, ...finnishLetters }), ICAO_DOC_9303),
  ].map(anyAscii)
}

function replaceLetters (word: string, letters: Alphabet): string {
  return [...word].map(letter => letters[letter] ?? letter).join('')
}

/** A diaeresis or an accent on the second vowel keeps the two apart: Μάιος, but not Αϊ. */
function spellGreek (word: string): string {
  const plain = word.normalize('NFD').replace(/(?!\u0308)\p{M}/gu, '').replace(/υ\u0308/g, 'y').replace(/\u0308/g, '')
  return anyAscii(greekPairs.reduce((text, [pattern, spelling]) => text.replace(pattern, spelling), plain))
}

/** Removes what is no letter or digit: apostrophes for the soft sign, spaces between syllables. */
function closeUp (text: string): string {
  return foldText(text).replaceAll(' ', '')
}

/** How far a suggestion can be trusted. */
export interface LatinNameSuggestion {
  /** Empty where nothing useful can be suggested. */
  readonly value: string
  /** `standard`: by a fixed table, as in most passports. `guess`: the sound is not certain. `none`: the script writes no vowels. */
  readonly reliability: 'standard' | 'guess' | 'none'
}

const alphabetsWithVowels = /^[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u
const scriptsWithoutVowels = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u

/** Suggests how a name of another script is spelled in Latin letters. A person compares it with a document. */
export function suggestLatinName (name: string): LatinNameSuggestion {
  if (scriptsWithoutVowels.test(name)) return { value: '', reliability: 'none' }
  const words = name.normalize('NFC').split(/([\s\p{Pd}]+)/u)
  const isUnspaced = words.length === 1 && isSurnameFirst(findScript(name))
  const value = isUnspaced ? suggestUnspaced(name) : words.map((word, index) => index % 2 === 1 ? word : capitalize(spellForDisplay(word))).join('')
  return { value: value.trim(), reliability: alphabetsWithVowels.test(name) ? 'standard' : 'guess' }
}

function spellForDisplay (word: string): string {
  return findScript(word) === 'Latin' ? word : listTransliterations(word)[0] ?? ''
}

/** The first character is usually the surname: 王小明 is Wang Xiaoming. */
function suggestUnspaced (name: string): string {
  const [surname = '', ...given] = [...name].map(character => closeUp(anyAscii(character)))
  return [surname, given.join('')].filter(part => part !== '').map(capitalize).join(' ')
}

function capitalize (word: string): string {
  return word.replace(/^\p{Ll}/u, letter => letter.toUpperCase())
}
