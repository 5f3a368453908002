/** The bottom panel: where to collect the slip, a warning, and whom to contact. */
import { translator } from '../../i18n/translate.js'
import { type Block, drawFirstThatFits, paragraph, stack } from '../../pdf/blocks.js'
import type { PdfDocument } from '../../pdf/document.js'
import { smallStrongStyle, smallStyle, zoneWidth } from '../../pdf/layout.js'
import { bilingualBlock, bilingualLabel, type BilingualStyles, compactStyles, regularStyles, translateAll } from './bilingual.js'
import { helpZone } from './layout.js'
import type { PorterContent, SlipContent } from './slip-content.js'
import { formatCollectionDetails, formatCollectionPlace } from './slip-texts.js'

const HELP_WIDTH_PT = zoneWidth(helpZone)

/** Draws the panel. Long opening hours can leave space only for the holder's language. */
export function drawHelpPanel (doc: PdfDocument, content: SlipContent): void {
  drawFirstThatFits(doc.root, helpZone, [20, 14, 8, 4], [
    () => helpBlocks(doc, content, regularStyles),
    () => helpBlocks(doc, content, compactStyles),
    () => helpBlocks(doc, content, compactStyles, [content.languages[0]]),
  ])
}

function helpBlocks (doc: PdfDocument, content: SlipContent, styles: BilingualStyles, languages = content.languages): Block[] {
  const { delivery, institution: { documents } } = content
  return [
    ...delivery.channel === 'porter' ? [collectionBlock(doc, delivery, { documents, styles, languages })] : [],
    warningBlock(doc, content, styles),
    contactBlock(doc, content),
  ]
}

interface CollectionOptions {
  readonly documents: SlipContent['institution']['documents']
  readonly styles: BilingualStyles
  readonly languages: SlipContent['languages']
}

function collectionBlock (doc: PdfDocument, porter: PorterContent, { documents, styles, languages }: CollectionOptions): Block {
  const width = HELP_WIDTH_PT
  return stack(languages.flatMap((language, i) => {
    const t = translator(language)
    const place = formatCollectionPlace(porter, t, language)
    const details = formatCollectionDetails(porter, documents, t, language)
    return i === 0
      ? [paragraph(doc, place, { style: { ...styles.primary, face: 'strong' }, width }), paragraph(doc, details, { style: styles.primary, width })]
      : [paragraph(doc, `${place} ${details}`, { style: styles.secondary, width, language })]
  }))
}

function warningBlock (doc: PdfDocument, content: SlipContent, styles: BilingualStyles): Block {
  return bilingualBlock(doc, content, t => `${t('paper.never')} ${t('paper.notYou')}`, { width: HELP_WIDTH_PT, styles })
}

/** Lines break between two contact options, never inside one. */
function contactBlock (doc: PdfDocument, content: SlipContent): Block {
  const { form, email, phone, phoneHours, chat } = content.institution.contact
  const hours = translateAll(content, (_t, language) => phoneHours[language]).join(' / ')
  const small = { style: smallStyle, width: HELP_WIDTH_PT }
  return stack([
    paragraph(doc, bilingualLabel(content, t => t('paper.help')), { style: smallStrongStyle, width: HELP_WIDTH_PT }),
    paragraph(doc, joinContactOptions([form, ...(chat === undefined ? [] : [chat]), email]), small),
    paragraph(doc, joinContactOptions([phone, hours]), small),
  ])
}

function joinContactOptions (texts: readonly string[]): string {
  return texts.map(text => text.replaceAll(' ', '\u00a0')).join(' · ')
}
