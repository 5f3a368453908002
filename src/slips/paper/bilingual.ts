/** Words of the paper in the holder's language, with the second one smaller under them. */
import type { Language } from '../../institution/words.js'
import { translator, type Translate } from '../../i18n/translate.js'
import { paragraph, stack, type Block } from './blocks.js'
import type { Sheet } from './sheet.js'
import type { SlipPaper } from './slip-paper.js'
import { follow, lead, type Style } from './styles.js'

/** Finds the words of one language. */
export type Wording = (say: Translate, language: Language) => string

export interface BilingualStyles {
  readonly lead: Style
  readonly follow: Style
}

export const usual: BilingualStyles = { lead, follow }

/** For a part that would not fit otherwise: both languages at 10 pt. */
export const tight: BilingualStyles = { lead: follow, follow }

/** The words in each language of the slip, the first one leading. */
export function bilingual (sheet: Sheet, paper: SlipPaper, width: number, wording: Wording, styles = usual, secondWording = wording): Block {
  return stack(paper.languages.map((language, i) => {
    const text = (i === 0 ? wording : secondWording)(translator(language), language)
    return paragraph(sheet, text, i === 0 ? styles.lead : styles.follow, width, language)
  }))
}

/** A short label: "Lapun numero · Slip number". */
export function label (paper: SlipPaper, wording: Wording): string {
  return inBoth(paper, wording).join(' · ')
}

/** The words in each language, once where both say the same. */
export function inBoth (paper: SlipPaper, wording: Wording): string[] {
  return [...new Set(paper.languages.map(language => wording(translator(language), language)))]
}
