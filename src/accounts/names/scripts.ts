/** Says in which script a name is written. Pure. */

/** The scripts of a name that matter to its spelling; `other` stands for all that have no rule of their own. */
export type Script = 'Latin' | 'Cyrillic' | 'Greek' | 'Han' | 'Hangul' | 'Kana' | 'other'

const scriptPatterns: ReadonlyArray<readonly [Script, RegExp]> = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Han', /\p{Script=Han}/u],
  ['Hangul', /\p{Script=Hangul}/u],
  ['Kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
]

const letterOfOtherScript = /(?![\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}/u

/** Returns whether a name is written in Latin letters: it has at least one, and no letter of another script. */
export function isLatinName (name: string): boolean {
  return /\p{Script=Latin}/u.test(name) && !letterOfOtherScript.test(name)
}

/** Returns the script of a word: that of its first letter which is not Latin, or else Latin. */
export function findScript (word: string): Script {
  if (/^[A-Za-z]*$/.test(word)) return 'Latin'
  const letter = letterOfOtherScript.exec(word)?.[0]
  if (letter === undefined) return 'Latin'
  return scriptPatterns.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'other'
}

/** Returns whether names in this script begin with the surname and are written without spaces. */
export function isSurnameFirst (script: Script): boolean {
  return script === 'Han' || script === 'Hangul' || script === 'Kana'
}
