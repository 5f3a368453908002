/**
 * Text as it is compared: no case, no diacritics, no punctuation, so that `NGUYEN DANG` finds
 * Nguyễn-Đặng and a letter to "Lukasz" reaches Łukasz. Never shown, never printed. Pure.
 */

/** Letters that Unicode does not take apart into a base letter and a mark. */
const letterReplacements: Readonly<Record<string, string>> = {
  ł: 'l', đ: 'd', ð: 'd', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th', ħ: 'h', ŧ: 't', ŋ: 'ng', ĸ: 'k', ƒ: 'f', ɨ: 'i', ƶ: 'z', ə: 'a', ς: 'σ',
}
const replaceableLetters = new RegExp(`[${Object.keys(letterReplacements).join('')}]`, 'g')

/** O'Brien, O’Brien, O´Brien and Hawaiian ʻokina: all written together. */
const apostrophes = /['`´‘’‛′＇ʹʻʼʽʾʿˈ՚׳ꞌ]/g

/** Diacritics and joiners; vowel signs of Indic scripts are letters of their own and stay. */
const combiningMarks = /[\p{Script=Inherited}\p{Cf}]/gu
const separators = /[^\p{L}\p{N}\p{M}]+/gu

/**
 * Folds a text to lower-case words parted by single spaces.
 * @returns '' when nothing but punctuation is left
 */
export function foldText (text: string): string {
  return text
    .replace(apostrophes, '')
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(combiningMarks, '')
    .replace(apostrophes, '')
    .replace(replaceableLetters, letter => letterReplacements[letter]!)
    .replace(separators, ' ')
    .trim()
}

/** The folded words of a text, in its order. */
export function splitFoldedWords (text: string): string[] {
  return foldText(text).split(' ').filter(word => word !== '')
}
