/** Makes up any number of accounts, the same every time, from names that are common in Finland and elsewhere. */
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

/** Picks mostly common names; one in ten is rare, so that the number of different words grows with the directory. */
function createLastName (random: () => number): string {
  const kind = random()
  if (kind < 0.12) return pick(foreignLastNames, random)
  if (kind < 0.22) return `${pick(lastNameStems, random)}${pick(lastNameStems, random).toLowerCase()}${pick(lastNameEndings, random)}`
  return `${pick(lastNameStems, random)}${pick(lastNameEndings, random)}`
}

/** Makes up the account at this position; user names and student numbers never repeat. */
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

// Classes of queries: what agents type, and what could be slow.

export type Query = (account: AccountDraft, random: () => number) => string

const searchLetters = [...'abcdefghijklmnopqrstuvwxyzåäö0123456789']

/** Returns the beginning of a text, at least `least` letters. */
function takePrefix (text: string, least: number, random: () => number): string {
  return text.slice(0, least + Math.floor(random() * text.length))
}

function splitName (account: AccountDraft): string[] {
  return account.displayName.split(/[ -]/)
}

/** Each query is made from an account of the directory. */
export const queries: Readonly<Record<string, Query>> = {
  'whole user name': account => account.username,
  'whole student number': account => account.studentNumber ?? account.username,
  'beginning of a user name': (account, random) => takePrefix(account.username, 3, random),
  'beginning of a student number': (account, random) => takePrefix(account.studentNumber ?? '1', 2, random),
  'one word of a name': (account, random) => pick(splitName(account), random),
  'beginning of a word': (account, random) => takePrefix(pick(splitName(account), random), 2, random),
  'whole name': account => account.displayName,
  'two beginnings': (account, random) => splitName(account).map(part => takePrefix(part, 3, random)).slice(-2).join(' '),
  'last name first': (account, random) => splitName(account).map(part => takePrefix(part, 2, random)).reverse().join(' '),
  'name and student number': (account, random) => `${splitName(account)[0]} ${(account.studentNumber ?? account.username).slice(0, 4 + Math.floor(random() * 4))}`,
  'one letter or digit': (_account, random) => pick(searchLetters, random),
  'two broad letters': (_account, random) => `${pick(searchLetters, random)} ${pick(searchLetters, random)}`,
  'three and four letters': (_account, random) => `${pick(searchLetters, random)} ${pick(searchLetters, random)} ${pick(searchLetters, random)} ${random() < 0.5 ? pick(searchLetters, random) : ''}`,
  'a letter four times': (_account, random) => Array(4).fill(pick(searchLetters, random)).join(' '),
  'rare pair': (_account, random) => `${pick(['qu', 'xe', 'żak', 'zoe', 'куз', 'yr'], random)} ${pick(['quispe', 'xu', 'иван', 'dang', 'cel', 'wick'], random)}`,
  'broad and missing': (_account, random) => `${pick(searchLetters, random)} zzyzx`,
  'no match': (_account, random) => `${pick(searchLetters, random)}qqx${pick(searchLetters, random)}`,
  everyone: () => '',
}
