/** The bottom panel: where to collect, what we never do, whom to ask. */
import { translator } from '../../i18n/translate.js'
import { type Block, drawFirstThatFits, paragraph, stack, zoneWidth } from '../../pdf/blocks.js'
import type { PdfDocument, StructureElement } from '../../pdf/document.js'
import { helpZone, smallStrongStyle, smallStyle } from '../../pdf/layout.js'
import { bilingualBlock, bilingualLabel, type BilingualStyles, compactStyles, regularStyles, translateAll } from './bilingual.js'
import type { PorterContent, SlipContent } from './slip-content.js'
import { formatCollectionDetails, formatCollectionPlace } from './slip-texts.js'

type AcceptedDocuments = SlipContent['institution']['documents']

const HELP_WIDTH_PT = zoneWidth(helpZone)

/** Weeks full of exceptional days may leave room for the holder's language alone. */
export function drawHelpPanel (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  drawFirstThatFits(parent, helpZone, [20, 14, 8, 4], [
    () => helpBlocks(sheet, paper, regularStyles),
    () => helpBlocks(sheet, paper, compactStyles),
    () => helpBlocks(sheet, paper, compactStyles, [paper.languages[0]]),
  ])
}

function helpBlocks (sheet: PdfDocument, paper: SlipContent, styles: BilingualStyles, collectingIn: SlipContent['languages'] = paper.languages): Block[] {
  const { delivery, institution } = paper
  const porterParts = delivery.channel === 'porter'
    ? [collectionBlock(sheet, delivery, institution.documents, styles, collectingIn)]
    : []
  return [...porterParts, warningBlock(sheet, paper, styles), contactBlock(sheet, paper)]
}

function collectionBlock (sheet: PdfDocument, porter: PorterContent, documents: AcceptedDocuments, styles: BilingualStyles, languages: SlipContent['languages']): Block {
  return stack(languages.flatMap((language, i) => {
    const say = translator(language)
    const where = formatCollectionPlace(porter, say, language)
    const how = formatCollectionDetails(porter, documents, say, language)
    return i === 0
      ? [paragraph(sheet, where, { ...styles.primary, face: 'strong' }, HELP_WIDTH_PT), paragraph(sheet, how, styles.primary, HELP_WIDTH_PT)]
      : [paragraph(sheet, `${where} ${how}`, styles.secondary, HELP_WIDTH_PT, language)]
  }))
}

function warningBlock (sheet: PdfDocument, paper: SlipContent, styles: BilingualStyles): Block {
  return bilingualBlock(sheet, paper, HELP_WIDTH_PT, say => `${say('paper.never')} ${say('paper.notYou')}`, styles)
}

/** The contact card; a line breaks between two ways, never inside one. */
function contactBlock (sheet: PdfDocument, paper: SlipContent): Block {
  const { form, email, phone, phoneHours, chat } = paper.institution.contact
  const hours = translateAll(paper, (_say, language) => phoneHours[language]).join(' / ')
  return stack([
    paragraph(sheet, bilingualLabel(paper, say => say('paper.help')), smallStrongStyle, HELP_WIDTH_PT),
    paragraph(sheet, joinContactOptions([form, ...(chat === undefined ? [] : [chat]), email]), smallStyle, HELP_WIDTH_PT),
    paragraph(sheet, joinContactOptions([phone, hours]), smallStyle, HELP_WIDTH_PT),
  ])
}

function joinContactOptions (texts: readonly string[]): string {
  return texts.map(text => text.replaceAll(' ', '\u00a0')).join(' · ')
}
