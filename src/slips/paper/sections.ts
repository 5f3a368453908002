/** Under the window: to whom, and what this is. */
import { translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import { drawCode128 } from '../../pdf/barcodes.js'
import { type Block, drawFirstThatFits, numberedItem, paragraph, stack, zoneWidth } from '../../pdf/blocks.js'
import { addElement, createTextMeasurer, drawArtifact, type PdfDocument, type StructureElement, writeLine } from '../../pdf/document.js'
import { REPLACEMENT_CHARACTER, toPrintable } from '../../pdf/fonts.js'
import { bodyStrongStyle, factsZone, foldMarkMm, foldPositionsMm, footZone, greetingZone, instructionsZone, mmToPoints, smallStrongStyle, smallStyle } from '../../pdf/layout.js'
import { bilingualBlock, bilingualLabel, type BilingualStyles, compactStyles, regularStyles, type TextBuilder, translateAll } from './bilingual.js'
import type { SlipContent } from './slip-content.js'
import { formatCollectBy, formatIssuedAt, formatValidUntil } from './slip-texts.js'

/** A name that takes too many lines is left to the window. */
export function drawGreeting (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const width = zoneWidth(greetingZone)
  const name = toPrintable(paper.displayName, 'regular')
  const plain: TextBuilder = say => say('paper.greetingNameless')
  const note: TextBuilder = name.includes(REPLACEMENT_CHARACTER) ? say => ` ${say('paper.unwritten', { sign: REPLACEMENT_CHARACTER })}` : () => ''
  const named: TextBuilder = (say, language) => say('paper.greeting', { name }) + note(say, language)
  const nameless: TextBuilder = (say, language) => plain(say, language) + note(say, language)
  drawFirstThatFits(parent, greetingZone, [0], [named, nameless].map(wording =>
    () => [bilingualBlock(sheet, paper, width, wording, regularStyles, plain)]))
}

// Right of the window: what may be known of the slip.

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

// The middle panel's upper half: three steps.

/** How far the numbers hang to the left of the steps. */
const STEP_INDENT_PT = mmToPoints(7)

export function drawInstructions (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const list = addElement(sheet, parent, 'L')
  drawFirstThatFits(list, instructionsZone, [9, 6, 3], [regularStyles, compactStyles].map(styles => () => instructionSteps(sheet, paper, styles)))
}

function instructionSteps (sheet: PdfDocument, paper: SlipContent, styles: BilingualStyles): Block[] {
  const width = zoneWidth(instructionsZone) - STEP_INDENT_PT
  const said = (wording: TextBuilder) => bilingualBlock(sheet, paper, width, wording, styles)
  const address = paragraph(sheet, paper.activationUrl, bodyStrongStyle, width)
  return [
    stack([said(say => say('paper.steps.open')), address]),
    said(say => say('paper.steps.type')),
    said(say => say('paper.steps.passphrase', { count: paper.institution.passwordMinimum })),
  ].map((step, i) => numberedItem(sheet, i + 1, { ...styles.primary, face: 'strong' }, STEP_INDENT_PT, step))
}

// The slip number once more, to be read by eye and by scanner.

/** Where the words begin, right of the barcode. */
const FOOT_TEXT_LEFT_PT = mmToPoints(footZone.left + 58)

export function drawSlipFoot (sheet: PdfDocument, parent: StructureElement, paper: SlipContent): void {
  const say = translator(sheet.language)
  const { left, right, top, bottom } = footZone
  drawCode128(sheet, parent, paper.slipNumber, say('paper.barcodeAlt', { number: paper.slipNumber }), mmToPoints(left), mmToPoints(top), mmToPoints(bottom - top))
  const numberTop = mmToPoints(bottom) - bodyStrongStyle.leading + 2
  addElement(sheet, parent, 'P', {}, () => {
    writeLine(sheet, bilingualLabel(paper, words => words('paper.slipNumber')), smallStyle, FOOT_TEXT_LEFT_PT, numberTop - smallStyle.leading)
    writeLine(sheet, paper.slipNumber, bodyStrongStyle, FOOT_TEXT_LEFT_PT, numberTop)
  })
  const page = say('paper.page')
  const pageLeft = mmToPoints(right) - createTextMeasurer(sheet, smallStyle)(page)
  addElement(sheet, parent, 'P', {}, () => writeLine(sheet, page, smallStyle, pageLeft, numberTop + 1))
}

// Small marks at the left edge where the sheet is folded for its envelope.

export function drawFoldMarks (sheet: PdfDocument, envelope: Profile['envelope']): void {
  drawArtifact(sheet, pdf => {
    pdf.lineWidth(0.5)
    for (const fold of foldPositionsMm[envelope]) pdf.moveTo(mmToPoints(foldMarkMm.from), mmToPoints(fold)).lineTo(mmToPoints(foldMarkMm.to), mmToPoints(fold))
    pdf.stroke()
  })
}
