/** What agents type, and what would hurt: classes of queries, each as many as wanted. */
import type { AccountDraft } from '../src/accounts/upsert-accounts.js'
import { pick } from './search-data.js'

export type Query = (somebody: AccountDraft, random: () => number) => string

const searchLetters = [...'abcdefghijklmnopqrstuvwxyzåäö0123456789']

/** The beginning of a text, `least` letters at least. */
function takePrefix (text: string, least: number, random: () => number): string {
  return text.slice(0, least + Math.floor(random() * text.length))
}

function splitName (somebody: AccountDraft): string[] {
  return somebody.displayName.split(/[ -]/)
}

/** Each is asked about somebody who is in the directory. */
export const queries: Readonly<Record<string, Query>> = {
  'whole user name': somebody => somebody.username,
  'whole student number': somebody => somebody.studentNumber ?? somebody.username,
  'beginning of a user name': (somebody, random) => takePrefix(somebody.username, 3, random),
  'beginning of a student number': (somebody, random) => takePrefix(somebody.studentNumber ?? '1', 2, random),
  'one word of a name': (somebody, random) => pick(splitName(somebody), random),
  'beginning of a word': (somebody, random) => takePrefix(pick(splitName(somebody), random), 2, random),
  'whole name': somebody => somebody.displayName,
  'two beginnings': (somebody, random) => splitName(somebody).map(part => takePrefix(part, 3, random)).slice(-2).join(' '),
  'last name first': (somebody, random) => splitName(somebody).map(part => takePrefix(part, 2, random)).reverse().join(' '),
  'name and student number': (somebody, random) => `${splitName(somebody)[0]} ${(somebody.studentNumber ?? somebody.username).slice(0, 4 + Math.floor(random() * 4))}`,
  'one letter or digit': (_somebody, random) => pick(searchLetters, random),
  'two broad letters': (_somebody, random) => `${pick(searchLetters, random)} ${pick(searchLetters, random)}`,
  'three and four letters': (_somebody, random) => `${pick(searchLetters, random)} ${pick(searchLetters, random)} ${pick(searchLetters, random)} ${random() < 0.5 ? pick(searchLetters, random) : ''}`,
  'a letter four times': (_somebody, random) => Array(4).fill(pick(searchLetters, random)).join(' '),
  'rare pair': (_somebody, random) => `${pick(['qu', 'xe', 'żak', 'zoe', 'куз', 'yr'], random)} ${pick(['quispe', 'xu', 'иван', 'dang', 'cel', 'wick'], random)}`,
  'broad and missing': (_somebody, random) => `${pick(searchLetters, random)} zzyzx`,
  nobody: (_somebody, random) => `${pick(searchLetters, random)}qqx${pick(searchLetters, random)}`,
  everyone: () => '',
}
