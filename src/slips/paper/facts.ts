/** Right of the window: what may be known of the slip. */
import { bilingualBlock, translateAll, bilingualLabel, type BilingualStyles, type TextBuilder } from './bilingual.js'
import { drawFirstThatFits, paragraph, stack, zoneWidth, type Block } from './blocks.js'
import { formatCollectBy, formatIssuedAt, formatValidUntil } from './moments.js'
import type { StructureElement, PdfDocument } from './sheet.js'
import type { SlipContent } from './slip-paper.js'
import { smallStyle, smallStrongStyle } from './styles.js'
import { factsZone } from './zones.js'

const factsStyles: BilingualStyles = { primary: smallStrongStyle, secondary: smallStyle }
const FACTS_WIDTH_PT = zoneWidth(factsZone)

/** Where the names are too long for both languages, the second one gives way: it is said again further down. */
export function drawFacts (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const firstOnly: SlipContent = { ...paper, languages: [paper.languages[0]] }
  const facts = (office: SlipContent, validity: SlipContent): Block[] => [
    issuedBlock(sheet, paper, office),
    bilingualBlock(sheet, validity, FACTS_WIDTH_PT, validityText(paper), factsStyles),
    stack([factsLine(sheet, bilingualLabel(paper, say => say('paper.slipNumber'))), paragraph(sheet, paper.slipNumber, smallStrongStyle, FACTS_WIDTH_PT)]),
  ]
  drawFirstThatFits(parent, factsZone, [9, 6, 4], [
    () => facts(paper, paper),
    () => facts(firstOnly, paper),
    () => facts(firstOnly, firstOnly),
  ])
}

/** Until when: for porter slips the last moment to collect, and for how long the code then works. */
export function validityText ({ delivery, expiresAt, institution }: SlipContent): TextBuilder {
  return (_say, language) => delivery.channel === 'porter'
    ? formatCollectBy(delivery.collectBy, delivery.validDaysAfterHandover, institution.timeZone, language)
    : formatValidUntil(expiresAt, institution.timeZone, language)
}

function issuedBlock (sheet: PdfDocument, paper: SlipContent, office: SlipContent): Block {
  const at = formatIssuedAt(paper.issuedAt, paper.institution.timeZone, sheet.language)
  const offices = translateAll(office, (_say, language) => paper.issuedBy[language])
  return stack([bilingualLabel(paper, say => say('paper.issued')), at, ...offices].map(text => factsLine(sheet, text)))
}

function factsLine (sheet: PdfDocument, text: string): Block {
  return paragraph(sheet, text, smallStyle, FACTS_WIDTH_PT)
}
