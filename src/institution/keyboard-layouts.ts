/**
 * Reads a scan back that was typed with the wrong keyboard layout. A scanner presses keys: with another layout on the
 * computer, the key of `Q` types `A`. Pure. The scripts of the pages import this file too (`/assets/shared/`).
 */

export type LayoutName = 'cyrillic' | 'greek' | 'french' | 'german' | 'czech'

interface Layout {
  readonly name: LayoutName
  /** What each typed character would have been on the layout that the scanner expects (US). Letters are capitals. */
  readonly keys: ReadonlyMap<string, string>
}

/** Aligns keys of the expected layout with what the other layout types for them. */
function alignKeys (...pairs: ReadonlyArray<readonly [expected: string, typed: string]>): ReadonlyMap<string, string> {
  return new Map(pairs.flatMap(([expected, typed]) => [...typed].map((character, i) => [character, [...expected][i]!] as const)))
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const swappedYZ = ['YZ', 'ZY'] as const

/** Only keys of codes and numbers, and of the bracket that a scanner may put first. Every other character stays. */
const layouts: readonly Layout[] = [
  // Russian, Ukrainian, Belarusian, Bulgarian (typewriter, phonetic), Serbian.
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ'], [']', 'Ъ']) },
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'ФИСВУАПРШОЛДЬТЩЗЙКІЕГМЦЧНЯ'], [']', 'Ї']) },
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'ФІСВУАПРШОЛДЬТЎЗЙКЫЕГМЦЧНЯ']) },
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'ЬФЪАЕОЖГСТНВПХДЗЫИЯШКЭУЙЩЮ']) },
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'АБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЪЗ']) },
  { name: 'cyrillic', keys: alignKeys([LETTERS, 'АБЦДЕФГХИЈКЛМНОПЉРСТУВЊЏЗЅ']) },
  { name: 'greek', keys: alignKeys(['ABCDEFGHIJKLMNOPRSTUVXYZ', 'ΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΡΣΤΘΩΧΥΖ'], ['QQW', ';:ς']) },
  // French and Belgian. The key `6` types a hyphen, so a printed hyphen may also stand for itself: see `listReadings`.
  { name: 'french', keys: alignKeys(['1234567890', '&É"\'(-È_ÇÀ'], ['68', '§!'], ['AQWZ', 'QAZW'], ['MM', ',?']) },
  { name: 'german', keys: alignKeys(swappedYZ, ['--', 'ßÜ']) },
  { name: 'czech', keys: alignKeys(['234567890', 'ĚŠČŘŽÝÁÍÉ'], ['25', 'ĽŤ'], swappedYZ) },
]

/** One text as it may have been meant, if the computer has this layout. */
export interface LayoutReading {
  readonly layout: LayoutName
  readonly text: string
}

/** Lists how a text reads on the expected layout, for each layout that the computer may have instead. */
export function listLayoutReadings (typed: string): LayoutReading[] {
  const hasDigits = /[0-9]/.test(typed)
  const characters = Array.from(typed.normalize('NFC'), character => character === 'ς' ? character : toCapital(character))
  return layouts.flatMap(({ name, keys }) => {
    // Where the keys of the digits type something else, a digit shows that another layout is set.
    if (hasDigits && [...keys.values()].includes('2')) return []
    const read = (isHyphenKept: boolean) => characters.map(character => isHyphenKept && character === '-' ? '-' : keys.get(character) ?? character).join('')
    return [...new Set([read(false), read(true)])].map(text => ({ layout: name, text }))
  })
}

/** Returns the capital of a letter; a letter without a single capital, such as `ß`, stays as it is. */
export function toCapital (character: string): string {
  const capital = character.toUpperCase()
  return capital.length > character.length ? character : capital
}
