/** The list that goes with letters to the post's counter: what is posted, with which services, and where the sticker goes. */
import { formatDateTime } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/vocabulary.js'
import { type Block, paragraph, stack } from '../../pdf/blocks.js'
import { addElement, createDocument, finishDocument, type PdfDocument } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { mmToPoints, smallStyle } from '../../pdf/layout.js'
import type { SlipInstitution } from '../../slips/paper/slip-content.js'
import { columnWidth, drawCell, drawRunningNumber, drawSlipBarcode, drawSlipNumber, listSummaryBlock, sideBySide, signatureBlock, stampField, wrappedText } from './list-parts.js'
import { type Column, drawFrame, drawList, drawTickBox, missingCharacterNote, nameStrongStyle, nameStyle, type Row, slipNumberStyle } from './list-sheet.js'

export interface PostingListContent {
  /** The reader's. */
  readonly language: Language
  readonly institution: Pick<SlipInstitution, 'name' | 'returnAddress' | 'timeZone'>
  /** The service point's name; undefined when the letters come from several. */
  readonly office: string | undefined
  readonly carrier: string
  readonly printedAt: Date
  readonly letters: readonly PostingLetter[]
}

export interface PostingLetter {
  readonly number: string
  readonly recipient: string
  /** Postcode and town; abroad the country under it. */
  readonly place: readonly string[]
  /** Within the country, where the service "personal handover" exists and must be ordered. */
  readonly isDomestic: boolean
}

const columns = { number: { left: 22, right: 29 }, letter: { left: 33, right: 85 }, recipient: { left: 89, right: 139 }, sticker: { left: 141, right: 190 } }
const ROW_PADDING_PT = mmToPoints(2.5)
const STICKER_HEIGHT_PT = mmToPoints(20)

/** The posting list as a tagged PDF, made in memory. */
export async function renderPostingList (paper: PostingListContent): Promise<Buffer> {
  const { language, institution, office, carrier, printedAt, letters } = paper
  const say = translator(language)
  const at = formatDateTime(printedAt, institution.timeZone, language)
  const foot = say('sending.paper.postingFoot', { at })
  const sheet = createDocument({ language, title: foot, institution: institution.name[language], at: printedAt }, notoSans)
  drawList(sheet, {
    letterhead: { institution, title: say('sending.paper.postingList'), subtitle: at },
    foot,
    summary: listSummaryBlock(sheet, [
      { label: say('sending.paper.sender'), name: office ?? institution.name[language], lines: [] },
      { label: say('sending.paper.carrier'), name: carrier, lines: [] },
    ], { label: say('sending.paper.letters'), value: letters.length }),
    columns: [
      { ...columns.number, label: say('sending.paper.number'), isRightAligned: true },
      { ...columns.letter, label: say('sending.number') },
      { ...columns.recipient, label: say('sending.paper.recipient') },
      { ...columns.sticker, label: say('sending.paper.sticker') },
    ],
    rows: letters.map((letter, i) => postingRow(sheet, i + 1, letter)),
    closing: sideBySide([
      signatureBlock(sheet, say('sending.paper.posted'), [say('sending.paper.signature'), say('sending.paper.nameInPrint'), say('sending.paper.dateAndTime'), say('sending.paper.lettersCount')]),
      stampField(sheet, say('sending.paper.stamp')),
    ], missingCharacterNote(sheet, letters.flatMap(({ recipient, place }) => [recipient, ...place]))),
  })
  return await finishDocument(sheet)
}

function postingRow (sheet: PdfDocument, running: number, { number, recipient, place, isDomestic }: PostingLetter): Row {
  const say = translator(sheet.language)
  const column = (one: { left: number, right: number }): Column => ({ label: '', ...one })
  const address = stack([
    wrappedText(sheet, recipient, nameStrongStyle, column(columns.recipient)),
    ...place.map(line => wrappedText(sheet, line, smallStyle, column(columns.recipient))),
    spacer(3),
    postalServiceBlock(sheet, say('sending.paper.registered'), true),
    postalServiceBlock(sheet, say(isDomestic ? 'sending.paper.personalHandover' : 'sending.paper.personalHandoverAbroad'), isDomestic),
  ])
  const height = Math.max(address.height, STICKER_HEIGHT_PT) + 2 * ROW_PADDING_PT
  return {
    height,
    draw (row, top) {
      const inner = top + ROW_PADDING_PT
      drawRunningNumber(sheet, row, running, column(columns.number), inner, nameStyle)
      const letter = addElement(sheet, row, 'TD')
      drawSlipNumber(sheet, letter, number, mmToPoints(columns.letter.left), inner)
      drawSlipBarcode(sheet, letter, number, mmToPoints(columns.letter.left), inner + slipNumberStyle.leading + mmToPoints(2), mmToPoints(7))
      drawCell(sheet, row, address, column(columns.recipient), inner)
      addElement(sheet, row, 'TD')
      drawFrame(sheet, mmToPoints(columns.sticker.left), inner, columnWidth(column(columns.sticker)), STICKER_HEIGHT_PT)
    },
  }
}

function postalServiceBlock (sheet: PdfDocument, words: string, ticked: boolean): Block {
  const indent = mmToPoints(5)
  const text = paragraph(sheet, words, smallStyle, mmToPoints(columns.recipient.right - columns.recipient.left) - indent)
  return {
    height: text.height,
    draw (parent, left, top) {
      drawTickBox(sheet, left, top, ticked)
      text.draw(parent, left + indent, top)
    },
  }
}

function spacer (height: number): Block {
  return { height, draw: () => {} }
}
