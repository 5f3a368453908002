/**
 * Text as it is compared: no case, no diacritics, no punctuation, so that `NGUYEN DANG` finds
 * Nguyễn-Đặng and a letter to "Lukasz" reaches Łukasz. Never shown, never printed. Pure.
 */

/** Letters that Unicode does not take apart into a base letter and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l', đ: 'd', ð: 'd', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th', ħ: 'h', ŧ: 't', ŋ: 'ng', ĸ: 'k', ƒ: 'f', ɨ: 'i', ƶ: 'z', ə: 'a', ς: 'σ',
}
const anyPlainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g')

/** O'Brien, O’Brien, O´Brien and Hawaiian ʻokina: all written together. */
const apostrophes = /['`´‘’‛′＇ʹʻʼʽʾʿˈ՚׳ꞌ]/g

/** Diacritics and joiners; vowel signs of Indic scripts are letters of their own and stay. */
const marks = /[\p{Script=Inherited}\p{Cf}]/gu
const notLetterNorDigit = /[^\p{L}\p{N}\p{M}]+/gu

/**
 * Folds a text to lower-case words parted by single spaces.
 * @returns '' when nothing but punctuation is left
 */
export function fold (text: string): string {
  return text
    .replace(apostrophes, '')
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(marks, '')
    .replace(apostrophes, '')
    .replace(anyPlainLetter, letter => plainLetters[letter]!)
    .replace(notLetterNorDigit, ' ')
    .trim()
}

/** The folded words of a text, in its order. */
export function words (text: string): string[] {
  return fold(text).split(' ').filter(word => word !== '')
}
