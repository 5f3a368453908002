/** Words of the paper in the holder's language, with the second one smaller under them. */
import type { Language } from '../../institution/vocabulary.js'
import { translator, type Translate } from '../../i18n/translate.js'
import { paragraph, stack, type Block } from '../../pdf/blocks.js'
import type { PdfDocument } from '../../pdf/document.js'
import type { SlipContent } from './slip-content.js'
import { smallStyle, bodyStyle, type Style } from '../../pdf/layout.js'

/** Finds the words of one language. */
export type TextBuilder = (say: Translate, language: Language) => string

export interface BilingualStyles {
  readonly primary: Style
  readonly secondary: Style
}

export const regularStyles: BilingualStyles = { primary: bodyStyle, secondary: smallStyle }

/** For a part that would not fit otherwise: both languages at 10 pt. */
export const compactStyles: BilingualStyles = { primary: smallStyle, secondary: smallStyle }

/** The words in each language of the slip, the first one leading. */
export function bilingualBlock (sheet: PdfDocument, paper: SlipContent, width: number, wording: TextBuilder, styles = regularStyles, secondWording = wording): Block {
  return stack(paper.languages.map((language, i) => {
    const text = (i === 0 ? wording : secondWording)(translator(language), language)
    return paragraph(sheet, text, i === 0 ? styles.primary : styles.secondary, width, language)
  }))
}

/** A short label: "Lapun numero · Slip number". */
export function bilingualLabel (paper: SlipContent, wording: TextBuilder): string {
  return translateAll(paper, wording).join(' · ')
}

/** The words in each language, once where both say the same. */
export function translateAll (paper: SlipContent, wording: TextBuilder): string[] {
  return [...new Set(paper.languages.map(language => wording(translator(language), language)))]
}
