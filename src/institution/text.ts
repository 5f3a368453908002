/** Handles typed text: folds it for comparison, checks and tidies lines, recognises ids. Pure. */
import { z } from 'zod'

/** Letters that Unicode does not take apart into a base letter and a mark. */
const letterReplacements: Readonly<Record<string, string>> = {
  ł: 'l', đ: 'd', ð: 'd', ø: 'o', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th', ħ: 'h', ŧ: 't', ŋ: 'ng', ĸ: 'k', ƒ: 'f', ɨ: 'i', ƶ: 'z', ə: 'a', ς: 'σ',
}
const replaceableLetters = new RegExp(`[${Object.keys(letterReplacements).join('')}]`, 'g')

/** O'Brien, O’Brien, O´Brien and Hawaiian ʻokina: all written together. */
export const apostrophes = /['`´‘’‛′＇ʹʻʼʽʾʿˈ՚׳ꞌ]/g

/** Diacritics and joiners; vowel signs of Indic scripts are letters of their own and stay. */
const combiningMarks = /[\p{Script=Inherited}\p{Cf}]/gu
/** Most names: quick, because an import folds millions of them. */
const asciiText = /^\p{ASCII}*$/u
const separators = /[^\p{L}\p{N}\p{M}]+/gu

/**
 * Folds a text to lower-case words separated by single spaces, without diacritics and punctuation, so that `NGUYEN DANG`
 * finds Nguyễn-Đặng and a letter to "Lukasz" reaches Łukasz. A folded text is never shown or printed.
 * @returns '' when nothing but punctuation is left
 */
export function foldText (text: string): string {
  if (asciiText.test(text)) return text.replace(/['`]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim()
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

/** Splits a text into its folded words, in order. */
export function splitFoldedWords (text: string): string[] {
  return foldText(text).split(' ').filter(word => word !== '')
}

// Typed text of one line: which characters it may contain, and whether it is meaningful.

/** Control and format characters (NUL, soft hyphen, zero width, direction marks), halves of characters, line ends. */
const unprintableCharacters = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

/** Normalises a text: NFC, one space between words, none at the ends. */
export function normalizeText (text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim()
}

/** One line of visible text, tidied; its message is a key of the texts under `fields`. */
export const visibleLineSchema = z.string().refine(text => !unprintableCharacters.test(text), 'control-characters').transform(normalizeText)

/** Creates the schema of a visible line. @param maxLength characters, before tidying */
export function lineSchema (maxLength: number) {
  return z.string().max(maxLength).pipe(visibleLineSchema)
}

/** True for a text with a letter or a digit: spaces and punctuation alone are not a reason or a reference. */
export function isMeaningful (text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text)
}

/** A zod message for a value that is present but wrong; a missing value keeps the message `required`. */
export function errorIfPresent (message: string): { error: (issue: { readonly input?: unknown }) => string | undefined } {
  return { error: ({ input }) => input === undefined ? undefined : message }
}

/** An id that nothing has. It sorts before all others. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/** Returns whether a text is a UUID, which PostgreSQL requires before it compares one with an id. */
export function isUuid (text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
