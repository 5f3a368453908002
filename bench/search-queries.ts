/** What agents type, and what would hurt: classes of queries, each as many as wanted. */
import type { AccountDraft } from '../src/accounts/upsert-accounts.js'
import { pick } from './search-data.js'

export type Query = (somebody: AccountDraft, random: () => number) => string

const letters = [...'abcdefghijklmnopqrstuvwxyzåäö0123456789']

/** The beginning of a text, `least` letters at least. */
function beginning (text: string, least: number, random: () => number): string {
  return text.slice(0, least + Math.floor(random() * text.length))
}

function parts (somebody: AccountDraft): string[] {
  return somebody.displayName.split(/[ -]/)
}

/** Each is asked about somebody who is in the directory. */
export const queries: Readonly<Record<string, Query>> = {
  'whole user name': somebody => somebody.username,
  'whole student number': somebody => somebody.studentNumber ?? somebody.username,
  'beginning of a user name': (somebody, random) => beginning(somebody.username, 3, random),
  'beginning of a student number': (somebody, random) => beginning(somebody.studentNumber ?? '1', 2, random),
  'one word of a name': (somebody, random) => pick(parts(somebody), random),
  'beginning of a word': (somebody, random) => beginning(pick(parts(somebody), random), 2, random),
  'whole name': somebody => somebody.displayName,
  'two beginnings': (somebody, random) => parts(somebody).map(part => beginning(part, 3, random)).slice(-2).join(' '),
  'last name first': (somebody, random) => parts(somebody).map(part => beginning(part, 2, random)).reverse().join(' '),
  'name and student number': (somebody, random) => `${parts(somebody)[0]} ${(somebody.studentNumber ?? somebody.username).slice(0, 4 + Math.floor(random() * 4))}`,
  'one letter or digit': (_somebody, random) => pick(letters, random),
  'two broad letters': (_somebody, random) => `${pick(letters, random)} ${pick(letters, random)}`,
  'three and four letters': (_somebody, random) => `${pick(letters, random)} ${pick(letters, random)} ${pick(letters, random)} ${random() < 0.5 ? pick(letters, random) : ''}`,
  'a letter four times': (_somebody, random) => Array(4).fill(pick(letters, random)).join(' '),
  'rare pair': (_somebody, random) => `${pick(['qu', 'xe', 'żak', 'zoe', 'куз', 'yr'], random)} ${pick(['quispe', 'xu', 'иван', 'dang', 'cel', 'wick'], random)}`,
  'broad and missing': (_somebody, random) => `${pick(letters, random)} zzyzx`,
  nobody: (_somebody, random) => `${pick(letters, random)}qqx${pick(letters, random)}`,
  everyone: () => '',
}
