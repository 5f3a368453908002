/** The parts of the slip around the credentials: heading, facts, greeting, instructions, foot and fold marks. */
import { translator } from '../../i18n/translate.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { type Block, drawFirstThatFits, numberedItem, paragraph, stack } from '../../pdf/blocks.js'
import { addElement, createTextMeasurer, drawArtifact, type PdfDocument, writeLine } from '../../pdf/document.js'
import { choosePrintable, REPLACEMENT_CHARACTER, toPrintable } from '../../pdf/fonts.js'
import { bodyStrongStyle, mmToPoints, smallStrongStyle, smallStyle, zoneWidth } from '../../pdf/layout.js'
import { drawLetterhead } from '../../pdf/letterhead.js'
import { bilingualBlock, bilingualLabel, type BilingualStyles, compactStyles, regularStyles, type TextBuilder, translateAll } from './bilingual.js'
import { factsZone, foldMarkMm, foldPositionsMm, footZone, greetingZone, instructionsZone } from './layout.js'
import type { SlipContent } from './slip-content.js'
import { formatCollectBy, formatIssuedAt, formatValidUntil } from './slip-texts.js'

const factsStyles: BilingualStyles = { primary: smallStrongStyle, secondary: smallStyle }
const FACTS_WIDTH_PT = zoneWidth(factsZone)
/** The distance from the number of an instruction to its text. */
const STEP_INDENT_PT = mmToPoints(7)
/** The start of the text to the right of the barcode. */
const FOOT_TEXT_LEFT_PT = mmToPoints(footZone.left + 58)

export function drawSlipHeading (doc: PdfDocument, { languages: [first, second], institution }: SlipContent): void {
  drawLetterhead(doc, {
    institution,
    title: translator(first)('paper.title'),
    subtitle: second && translator(second)('paper.title'),
    subtitleLanguage: second,
  })
}

/** Draws the facts next to the window. Long names leave space only for the first language; both are used further down. */
export function drawFacts (doc: PdfDocument, content: SlipContent): void {
  const firstLanguage: Pick<SlipContent, 'languages'> = { languages: [content.languages[0]] }
  const number = stack([
    factsLine(doc, bilingualLabel(content, t => t('paper.slipNumber'))),
    paragraph(doc, content.slipNumber, { style: smallStrongStyle, width: FACTS_WIDTH_PT }),
  ])
  const createFacts = (officeIn: Pick<SlipContent, 'languages'>, validityIn: Pick<SlipContent, 'languages'>): Block[] => [
    issuedBlock(doc, content, officeIn),
    bilingualBlock(doc, validityIn, buildValidityText(content), { width: FACTS_WIDTH_PT, styles: factsStyles }),
    number,
  ]
  drawFirstThatFits(doc.root, factsZone, [9, 6, 4], [
    () => createFacts(content, content),
    () => createFacts(firstLanguage, content),
    () => createFacts(firstLanguage, firstLanguage),
  ])
}

/** Returns the text for the last day: of the code, or for a porter slip the last moment to collect it. */
export function buildValidityText ({ delivery, expiresAt, institution }: SlipContent): TextBuilder {
  return (_t, language) => {
    const t = translator(language, institution.timeZone)
    return delivery.channel === 'porter'
      ? formatCollectBy(delivery.collectBy, delivery.validDaysAfterHandover, t)
      : formatValidUntil(expiresAt, t)
  }
}

function issuedBlock (doc: PdfDocument, content: SlipContent, officeIn: Pick<SlipContent, 'languages'>): Block {
  const issuedAt = formatIssuedAt(content.issuedAt, translator(doc.language, content.institution.timeZone))
  const offices = translateAll(officeIn, (_t, language) => content.issuedBy[language])
  return stack([bilingualLabel(content, t => t('paper.issued')), issuedAt, ...offices].map(text => factsLine(doc, text)))
}

function factsLine (doc: PdfDocument, text: string): Block {
  return paragraph(doc, text, { style: smallStyle, width: FACTS_WIDTH_PT })
}

/** Draws the greeting under the window. It leaves out a name that takes too many lines. */
export function drawGreeting (doc: PdfDocument, content: SlipContent): void {
  const width = zoneWidth(greetingZone)
  const name = toPrintable(choosePrintable([content.displayName, content.latinName]), 'regular')
  const missingCharacterNote: TextBuilder = name.includes(REPLACEMENT_CHARACTER) ? t => ` ${t('paper.unwritten', { sign: REPLACEMENT_CHARACTER })}` : () => ''
  const withName: TextBuilder = (t, language) => t('paper.greeting', { name }) + missingCharacterNote(t, language)
  const withoutName: TextBuilder = (t, language) => t('paper.greetingNameless') + missingCharacterNote(t, language)
  const buildSecondText: TextBuilder = t => t('paper.greetingNameless')
  drawFirstThatFits(doc.root, greetingZone, [0], [withName, withoutName].map(buildText =>
    () => [bilingualBlock(doc, content, buildText, { width, buildSecondText })]))
}

/** Draws the three instructions in the upper half of the middle panel. */
export function drawInstructions (doc: PdfDocument, content: SlipContent): void {
  const list = addElement(doc, doc.root, 'L')
  drawFirstThatFits(list, instructionsZone, [9, 6, 3], [regularStyles, compactStyles].map(styles => () => instructionBlocks(doc, content, styles)))
}

function instructionBlocks (doc: PdfDocument, content: SlipContent, styles: BilingualStyles): Block[] {
  const width = zoneWidth(instructionsZone) - STEP_INDENT_PT
  const textBlock = (buildText: TextBuilder) => bilingualBlock(doc, content, buildText, { width, styles })
  const url = paragraph(doc, content.activationUrl, { style: bodyStrongStyle, width })
  return [
    stack([textBlock(t => t('paper.steps.open')), url]),
    textBlock(t => t('paper.steps.type')),
    textBlock(t => t('paper.steps.passphrase', { count: content.institution.passwordMinimum })),
  ].map((block, i) => numberedItem(doc, block, { number: i + 1, style: { ...styles.primary, face: 'strong' }, indent: STEP_INDENT_PT }))
}

/** Draws the slip number as a barcode and as text. */
export function drawSlipFoot (doc: PdfDocument, content: SlipContent): void {
  const t = translator(doc.language)
  const { left, right, top, bottom } = footZone
  drawCode128(doc, doc.root, content.slipNumber, {
    alt: t('paper.barcodeAlt', { number: content.slipNumber }), left: mmToPoints(left), top: mmToPoints(top), height: mmToPoints(bottom - top),
  })
  const numberTop = mmToPoints(bottom) - bodyStrongStyle.leading + 2
  addElement(doc, doc.root, 'P', {
    draw () {
      writeLine(doc, bilingualLabel(content, inLanguage => inLanguage('paper.slipNumber')), { style: smallStyle, left: FOOT_TEXT_LEFT_PT, top: numberTop - smallStyle.leading })
      writeLine(doc, content.slipNumber, { style: bodyStrongStyle, left: FOOT_TEXT_LEFT_PT, top: numberTop })
    },
  })
  const page = t('paper.page')
  const pageLeft = mmToPoints(right) - createTextMeasurer(doc, smallStyle)(page)
  addElement(doc, doc.root, 'P', { draw: () => writeLine(doc, page, { style: smallStyle, left: pageLeft, top: numberTop + 1 }) })
}

/** Draws a short mark at the left edge for each fold. */
export function drawFoldMarks (doc: PdfDocument, { institution: { envelope } }: SlipContent): void {
  drawArtifact(doc, pdf => {
    pdf.lineWidth(0.5)
    for (const fold of foldPositionsMm[envelope]) pdf.moveTo(mmToPoints(foldMarkMm.from), mmToPoints(fold)).lineTo(mmToPoints(foldMarkMm.to), mmToPoints(fold))
    pdf.stroke()
  })
}
