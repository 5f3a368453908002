/** Texts of the slip in the holder's language, with the second language smaller under them. */
import type { Language } from '../../institution/vocabulary.js'
import { translator, type Translate } from '../../i18n/translate.js'
import { paragraph, stack, type Block } from '../../pdf/blocks.js'
import type { PdfDocument } from '../../pdf/document.js'
import { smallStyle, bodyStyle, type Style } from '../../pdf/layout.js'
import type { SlipContent } from './slip-content.js'

/** Returns a text in one language. */
export type TextBuilder = (t: Translate, language: Language) => string

export interface BilingualStyles {
  readonly primary: Style
  readonly secondary: Style
}

export const regularStyles: BilingualStyles = { primary: bodyStyle, secondary: smallStyle }

/** For a zone that the regular styles do not fit: 10 pt in both languages. */
export const compactStyles: BilingualStyles = { primary: smallStyle, secondary: smallStyle }

export interface BilingualOptions {
  readonly width: number
  /** `regularStyles` by default. */
  readonly styles?: BilingualStyles
  /** Returns the text in the second language, where it differs from the first. */
  readonly buildSecondText?: TextBuilder
}

/** Creates a block with the text in each language of the slip. */
export function bilingualBlock (doc: PdfDocument, { languages }: Pick<SlipContent, 'languages'>, buildText: TextBuilder, options: BilingualOptions): Block {
  const { width, styles = regularStyles, buildSecondText = buildText } = options
  return stack(languages.map((language, i) => {
    const [build, style] = i === 0 ? [buildText, styles.primary] : [buildSecondText, styles.secondary]
    return paragraph(doc, build(translator(language), language), { style, width, language })
  }))
}

/** Returns a short label in each language: "Lapun numero · Slip number". */
export function bilingualLabel (content: Pick<SlipContent, 'languages'>, buildText: TextBuilder): string {
  return translateAll(content, buildText).join(' · ')
}

/** Returns the text in each language, once if both are the same. */
export function translateAll ({ languages }: Pick<SlipContent, 'languages'>, buildText: TextBuilder): string[] {
  return [...new Set(languages.map(language => buildText(translator(language), language)))]
}
