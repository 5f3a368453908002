/** Made-up accounts in any number: the same every time, from the names that are common in Finland and beyond. */
import type { AccountDraft } from '../src/accounts/upsert-accounts.js'
import { foldText } from '../src/institution/text.js'
import { accountStatuses, affiliations, languages } from '../src/institution/vocabulary.js'

const lastNameStems = 'Virta Korho Niemi Mäki Hämälä Laiti Heikki Koski Järvi Leh Saari Salo Turu Rauta Kallio Kinnu Mati Aho Ola Hart Lind Ek Nyström Bergström Öst Åker Söder Wick Fager Holm Kivi Lepp Peltola Ranta Oja Vuori Suo Metsä Haapa Kuusi'.split(' ')
const lastNameEndings = 'nen la lä mäki inen kangas lahti niemi joki vaara salmi koski harju aho viita qvist gren man son berg'.split(' ')
const foreignLastNames = 'Nguyễn Trần Đặng Łukaszewski Çelik Yılmaz Mohamed Abdi Hassan Ali García Müller Kowalska Иванов Кузнецова Smith O’Brien Singh Wang Zhang Quispe Xu Żak'.split(' ')
const firstNames = 'Matti Juhani Mikael Antero Johannes Olavi Maria Anna Helena Johanna Kaarina Sofia Aino Eino Onni Leo Elias Oliver Eevi Lilja Aada Venla Pekka Jukka Kari Timo Antti Sari Minna Tiina Heidi Åsa Örjan Linnéa Axel Björn Göran Mohamed Ahmed Fatima Łukasz Çağrı Thị Minh Ольга Иван José Zoë Quentin Xenia Yrjö Wilma Ulla Vilma Viktor Väinö Veera'.split(' ')

/** A reproducible stream of numbers in [0, 1): Mulberry32. */
export function createRandom (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function pick<T> (list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!
}

/** Mostly common ones; one in ten is rare, so that the words grow in number with the directory. */
function createLastName (random: () => number): string {
  const kind = random()
  if (kind < 0.12) return pick(foreignLastNames, random)
  if (kind < 0.22) return `${pick(lastNameStems, random)}${pick(lastNameStems, random).toLowerCase()}${pick(lastNameEndings, random)}`
  return `${pick(lastNameStems, random)}${pick(lastNameEndings, random)}`
}

/** The account with that place in the directory; user names and student numbers never repeat. */
export function createAccountDraft (index: number, random: () => number): AccountDraft {
  const first = random() < 0.4 ? `${pick(firstNames, random)} ${pick(firstNames, random)}` : pick(firstNames, random)
  const last = createLastName(random)
  const second = random() < 0.05 ? `-${pick(lastNameStems, random)}${pick(lastNameEndings, random)}` : ''
  const displayName = `${first} ${last}${second}`
  const letters = foldText(`${first.slice(0, 3)}${last.slice(0, 3)}`).replace(/[^a-z]/g, '').padEnd(5, 'x').slice(0, 5)
  return {
    username: `${letters}${String(index).padStart(4, '0')}`,
    studentNumber: random() < 0.85 ? String(1_000_000 + index * 7) : null,
    displayName,
    affiliation: pick(affiliations, random),
    status: pick(accountStatuses, random),
    preferredLanguage: pick(languages, random),
    birthDate: random() < 0.7 ? '1999-12-31' : null,
  }
}

// What agents type, and what would hurt: classes of queries, each as many as wanted.

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
