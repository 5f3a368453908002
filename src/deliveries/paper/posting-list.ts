/** The list that goes with registered letters to the post: addresses, services, and space for the post's stickers. */
import { formatDateTime } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { type Block, paragraph, spacer, stack } from '../../pdf/blocks.js'
import { addElement, createDocument, drawFrame, finishDocument, type PdfDocument } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { mmToPoints, smallStyle } from '../../pdf/layout.js'
import { columnWidth, drawCell, drawRowNumber, drawSlipBarcode, drawSlipNumber, listSummaryBlock, sideBySide, signatureBlock, stampField, wrappedText } from './list-parts.js'
import { drawList, drawTickBox, missingCharacterNote, nameStrongStyle, type Row, slipNumberStyle } from './list-sheet.js'

export interface PostingListContent {
  /** The language of the staff member who prints it. */
  readonly language: Language
  readonly institution: Pick<Profile, 'name' | 'returnAddress' | 'timeZone'>
  /** The service point's name. Undefined if the letters come from several service points. */
  readonly office: string | undefined
  readonly carrier: string
  readonly printedAt: Date
  readonly letters: readonly PostingLetter[]
}

export interface PostingLetter {
  readonly number: string
  readonly recipient: string
  /** Postcode and town, and for a letter abroad the country on a second line. */
  readonly place: readonly string[]
  /** The service "personal handover" is ordered for domestic letters only. */
  readonly isDomestic: boolean
}

const columns = { rowNumber: { left: 22, right: 29 }, letter: { left: 33, right: 85 }, recipient: { left: 89, right: 139 }, sticker: { left: 141, right: 190 } }
const ROW_PADDING_PT = mmToPoints(2.5)
const STICKER_HEIGHT_PT = mmToPoints(20)
const SERVICE_INDENT_PT = mmToPoints(5)

/** Returns the posting list as a PDF. */
export async function renderPostingList ({ language, institution, office, carrier, printedAt, letters }: PostingListContent): Promise<Buffer> {
  const t = translator(language)
  const formattedPrintedAt = formatDateTime(printedAt, institution.timeZone, language)
  const foot = t('deliveries.paper.postingFoot', { at: formattedPrintedAt })
  const doc = createDocument({ language, title: foot, institution: institution.name[language], createdAt: printedAt }, notoSans)
  const labels = [t('deliveries.paper.signature'), t('deliveries.paper.nameInPrint'), t('deliveries.paper.dateAndTime'), t('deliveries.paper.lettersCount')]
  drawList(doc, {
    letterhead: { institution, title: t('deliveries.paper.postingList'), subtitle: formattedPrintedAt },
    foot,
    summary: listSummaryBlock(doc, [
      { label: t('deliveries.paper.sender'), name: office ?? institution.name[language], lines: [] },
      { label: t('deliveries.paper.carrier'), name: carrier, lines: [] },
    ], { label: t('deliveries.paper.letters'), value: letters.length }),
    columns: [
      { ...columns.rowNumber, label: t('deliveries.paper.number'), isRightAligned: true },
      { ...columns.letter, label: t('deliveries.number') },
      { ...columns.recipient, label: t('deliveries.paper.recipient') },
      { ...columns.sticker, label: t('deliveries.paper.sticker') },
    ],
    rows: letters.map((letter, i) => postingRow(doc, i + 1, letter)),
    closing: sideBySide(
      [signatureBlock(doc, t('deliveries.paper.posted'), labels), stampField(doc, t('deliveries.paper.stamp'))],
      missingCharacterNote(doc, letters.flatMap(({ recipient, place }) => [recipient, ...place]))
    ),
  })
  return await finishDocument(doc)
}

function postingRow (doc: PdfDocument, rowNumber: number, { number, recipient, place, isDomestic }: PostingLetter): Row {
  const t = translator(doc.language)
  const address = stack([
    wrappedText(doc, recipient, nameStrongStyle, columns.recipient),
    ...place.map(line => wrappedText(doc, line, smallStyle, columns.recipient)),
    spacer(3),
    postalServiceBlock(doc, t('deliveries.paper.registered'), true),
    postalServiceBlock(doc, t(isDomestic ? 'deliveries.paper.personalHandover' : 'deliveries.paper.personalHandoverAbroad'), isDomestic),
  ])
  const height = Math.max(address.height, STICKER_HEIGHT_PT) + 2 * ROW_PADDING_PT
  return {
    height,
    draw (row, top) {
      const contentTop = top + ROW_PADDING_PT
      drawRowNumber(doc, row, rowNumber, { column: columns.rowNumber, top: contentTop })
      const letter = addElement(doc, row, 'TD')
      drawSlipNumber(doc, letter, number, { column: columns.letter, top: contentTop })
      drawSlipBarcode(doc, letter, number, { column: columns.letter, top: contentTop + slipNumberStyle.leading + mmToPoints(2) })
      drawCell(doc, row, address, { column: columns.recipient, top: contentTop })
      addElement(doc, row, 'TD')
      drawFrame(doc, { left: mmToPoints(columns.sticker.left), top: contentTop, width: columnWidth(columns.sticker), height: STICKER_HEIGHT_PT })
    },
  }
}

/** Creates a tick box with the name of a postal service. */
function postalServiceBlock (doc: PdfDocument, name: string, isTicked: boolean): Block {
  const text = paragraph(doc, name, { style: smallStyle, width: columnWidth(columns.recipient) - SERVICE_INDENT_PT })
  return {
    height: text.height,
    draw (parent, left, top) {
      drawTickBox(doc, { left, top, isTicked })
      text.draw(parent, left + SERVICE_INDENT_PT, top)
    },
  }
}
