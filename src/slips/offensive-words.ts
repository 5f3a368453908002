/**
 * Words that no slip number may contain, because it is printed large, read aloud and listed. This file is the one place
 * for them. Pure.
 * English, Finnish, Swedish and Norwegian words that insult, threaten or are obscene, with usual short forms, and words
 * for groups of people, which read like a label. Only words of the alphabet matter: it has no I, L and O.
 */

const offensiveWords = [
  // English
  'ANUS', 'ARSE', 'ASS', 'BUM', 'BUTT', 'CRAP', 'CUK', 'CUM', 'CUNT', 'DAMN', 'DUMB', 'DYKE', 'FAG', 'FAP', 'FART', 'FAT',
  'FUC', 'FUK', 'FUQ', 'FUX', 'GAY', 'GYP', 'HAG', 'JAP', 'JEW', 'KKK', 'KUNT', 'KYS', 'NAZ', 'NEG', 'PEE', 'RAPE', 'SEX',
  'SHAG', 'SPAZ', 'SPERM', 'SUCK', 'SUX', 'TARD', 'TURD', 'TWAT', 'WANK', 'WTF',
  // Finnish
  'HUTSU', 'KAKKA', 'KYRPA', 'NEEKE', 'PASKA', 'PERSE', 'RYSSA', 'SAATANA', 'TUSSU',
  // Swedish and Norwegian
  'BAJS', 'FAEN', 'FAN', 'FEG', 'FET', 'KUK', 'PUNG', 'RASS', 'RUMPE', 'RUNK', 'SATAN', 'TATTAR',
]

/** Digits that are read as letters inside a word: A55, 5EX. */
const lookalikes: Readonly<Record<string, string>> = { 2: 'Z', 3: 'E', 4: 'A', 5: 'S', 6: 'G', 7: 'T', 8: 'B' }

/** Returns true if the symbols contain such a word, also across groups. @param symbols capitals and digits without hyphens */
export function hasOffensiveWord (symbols: string): boolean {
  const letters = symbols.replace(/[2-8]/g, digit => lookalikes[digit]!)
  return offensiveWords.some(word => letters.includes(word))
}
