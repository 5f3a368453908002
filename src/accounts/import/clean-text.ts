/** Undoes what spreadsheets and exports do to the cells of an account file, and finds damaged letters. Pure. */

// Cells: the guard of our own rejected rows, the text formulas of spreadsheets, and words for "nothing".

/** The characters that `csv-stringify` guards with an apostrophe when it escapes formulas. */
const guardedStart = /^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/
/** `="0012345"` keeps zeros in a spreadsheet. */
const textFormula = /^="([^"]*)"$/

/** Returns the cell as it was before it was written for a spreadsheet. */
export function undoSpreadsheetGuard (cell: string): string {
  return cell.replace(guardedStart, '').replace(textFormula, '$1')
}

/** `#N/A`, `#REF!` and their translations (`#PUUTTUU!`), and columns that were too narrow (`####`). */
const spreadsheetError = String.raw`#[nN]\/[aA]|#[\p{L}\d/]+[!?]|#+`
const punctuationOnly = String.raw`[-–—−.,_*?/\\\s]+`
const placeholderText = new RegExp(String.raw`^(?:null|\(null\)|\[null\]|<null>|\\n|none|nil|n\/?a|nan|undefined|0+|${spreadsheetError}|${punctuationOnly})$`, 'iu')
/** Null, Nil, None and Na are names of people, so in a name only the spelling of databases counts. */
const placeholderName = new RegExp(String.raw`^(?:NULL|\(null\)|\(NULL\)|\\N|[nN]\/[aA]|FNU|LNU|${spreadsheetError}|${punctuationOnly})$`, 'u')

/** True for `NULL`, `N/A`, `#N/A`, `-`, `0` and the like: words with which exports fill an empty field. */
export function isPlaceholder (text: string): boolean {
  return placeholderText.test(text)
}

/** True for a part of a name that says that there is none: `-`, `NULL`, `#N/A`. */
export function isPlaceholderName (text: string): boolean {
  return placeholderName.test(text)
}

// Invisible characters.

/** Scripts in which the joiners ZWJ and ZWNJ change how a word is written (Unicode Standard Annex 31, section 2.3). */
const joiningScripts = [
  'Arabic', 'Syriac', 'Thaana', 'Nko', 'Mandaic', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu',
  'Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar', 'Tibetan', 'Balinese', 'Javanese', 'Tifinagh',
].map(script => String.raw`\p{Script=${script}}`).join('')
/** Marks that several scripts share are of the script "Inherited". */
const joiningLetter = String.raw`[${joiningScripts}]\p{Script=Inherited}*`
/** ZWNJ separates two letters or follows a vowel killer; ZWJ may also end a word. */
const meaningfulJoiners = new RegExp(String.raw`(?<=${joiningLetter})(?:\u200c(?=[${joiningScripts}])|(?<=\p{Mn})\u200c|\u200d)`, 'gu')
const KEPT_ZWJ = '\ue001'
const KEPT_ZWNJ = '\ue000'

export interface CleanedText {
  readonly text: string
  /** True where characters were removed that are no mere formatting: controls, private use, unassigned. */
  readonly lost: boolean
}

/** Removes invisible characters (soft hyphen, direction marks, BOM, joiners without effect) and normalises spaces. */
export function removeInvisible (text: string): CleanedText {
  const lost = /[\p{Co}\p{Cn}\p{Cs}]|(?!\s)\p{Cc}/u.test(text)
  const cleaned = text.normalize('NFC')
    .replace(/[\p{Co}\p{Cn}\p{Cs}]|(?!\s)\p{Cc}/gu, '')
    .replace(meaningfulJoiners, joiner => joiner === '\u200c' ? KEPT_ZWNJ : KEPT_ZWJ)
    .replace(/\p{Cf}/gu, '')
    .replaceAll(KEPT_ZWNJ, '\u200c').replaceAll(KEPT_ZWJ, '\u200d')
    .replace(/\s+/gu, ' ')
    .trim()
  return { text: cleaned, lost }
}

// Damaged letters.

/** The characters of the bytes 0x80 to 0x9F in Windows-1252; undefined bytes are control characters. */
const upperCharacters = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Repairs words in UTF-8 that were read as Windows-1252 (`MÃ¤kinen`), however often.
 * @returns the likely text; undefined when no word looks like that
 */
export function repairDoubleDecoding (text: string): string | undefined {
  const repaired = text.split(/([ \t\r\n]+)/).map(repairWord).join('')
  return repaired === text ? undefined : repairDoubleDecoding(repaired) ?? repaired
}

function repairWord (word: string): string {
  if (!/[\u0080-\uffff]/.test(word)) return word
  const bytes = [...word].map(toWindows1252Byte)
  if (bytes.includes(undefined)) return word
  try {
    return utf8.decode(Uint8Array.from(bytes as number[]))
  } catch {
    return word
  }
}

function toWindows1252Byte (character: string): number | undefined {
  const upper = upperCharacters.indexOf(character)
  if (upper !== -1) return 0x80 + upper
  const code = character.codePointAt(0)!
  return code <= 0xff ? code : undefined
}

/** A sign inside a word that no name has: `M?kinen`, `M√§kinen`, `M├ñkinen`, `M&auml;kinen`; or U+FFFD anywhere. */
const damagedLetters = /\ufffd|(?<=\p{L})(?:[?$%#&+<=>^~|€£¥¤¢§©®°±¶¹²³«»¿¡„“”‚‹›…†‡•‰™]|(?![\u02b0-\u02ff`´])\p{S})+(?=[\p{L}\d#])/u

/** True for a name with letters that an earlier program replaced: it cannot be repaired here. */
export function hasDamagedLetters (text: string): boolean {
  return damagedLetters.test(text)
}
