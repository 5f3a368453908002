/** The list that goes with a batch of envelopes to a campus: what is in the bag, and who has signed for it. */
import { formatDateTime } from '../../i18n/formatters.js'
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/vocabulary.js'
import { addElement, createDocument, finishDocument, type PdfDocument } from '../../pdf/document.js'
import { notoSans } from '../../pdf/fonts.js'
import { mmToPoints } from '../../pdf/layout.js'
import type { SlipInstitution } from '../../slips/paper/slip-content.js'
import { drawCell, drawRunningNumber, drawSlipBarcode, drawSlipNumber, listSummaryBlock, sideBySide, signatureBlock, wrappedText } from './list-parts.js'
import { type Column, drawFrame, drawList, missingCharacterNote, nameStyle, type Row } from './list-sheet.js'

export interface ManifestContent {
  /** The reader's. */
  readonly language: Language
  readonly institution: Pick<SlipInstitution, 'name' | 'returnAddress' | 'timeZone'>
  readonly from: { readonly name: string, readonly address: string }
  readonly to: { readonly name: string, readonly address: string }
  readonly sentAt: Date
  /** Who sent the batch, by name. */
  readonly sentBy: string
  readonly envelopes: ReadonlyArray<{ readonly number: string, readonly holder: string }>
}

const columns = { number: { left: 22, right: 29 }, slip: { left: 33, right: 62 }, barcode: { left: 65, right: 117 }, holder: { left: 121, right: 174 }, arrived: { left: 175, right: 190 } }
const MIN_ROW_HEIGHT_PT = mmToPoints(11)
const ROW_PADDING_PT = mmToPoints(2)

/** The manifest as a tagged PDF, made in memory. No code, no birth date, no user name is in it. */
export async function renderManifest (paper: ManifestContent): Promise<Buffer> {
  const { language, institution, from, to, sentAt, sentBy, envelopes } = paper
  const say = translator(language)
  const at = formatDateTime(sentAt, institution.timeZone, language)
  const foot = say('sending.paper.manifestFoot', { place: to.name, at })
  const sheet = createDocument({ language, title: foot, institution: institution.name[language], at: sentAt }, notoSans)
  const lines = [say('sending.paper.signature'), say('sending.paper.nameInPrint'), say('sending.paper.dateAndTime'), say('sending.paper.count')]
  drawList(sheet, {
    letterhead: { institution, title: say('sending.paper.manifest'), subtitle: at },
    foot,
    summary: listSummaryBlock(sheet, [
      { label: say('sending.paper.from'), name: from.name, lines: [from.address, say('sending.paper.sentBy', { name: sentBy })] },
      { label: say('sending.paper.to'), name: to.name, lines: [to.address] },
    ], { label: say('sending.paper.envelopes'), value: envelopes.length }),
    columns: [
      { ...columns.number, label: say('sending.paper.number'), isRightAligned: true },
      { ...columns.slip, label: say('sending.number') },
      { ...columns.barcode, label: say('sending.paper.barcode') },
      { ...columns.holder, label: say('sending.paper.holder') },
      { ...columns.arrived, label: say('sending.paper.arrived'), isRightAligned: true },
    ],
    rows: envelopes.map((envelope, i) => manifestRow(sheet, i + 1, envelope)),
    closing: sideBySide(
      [signatureBlock(sheet, say('sending.paper.handedOver'), lines), signatureBlock(sheet, say('sending.paper.received'), lines)],
      missingCharacterNote(sheet, envelopes.map(({ holder }) => holder))
    ),
  })
  return await finishDocument(sheet)
}

function manifestRow (sheet: PdfDocument, running: number, { number, holder }: ManifestContent['envelopes'][number]): Row {
  const column = (one: { left: number, right: number }): Column => ({ label: '', ...one })
  const holderName = wrappedText(sheet, holder, nameStyle, column(columns.holder))
  const height = Math.max(MIN_ROW_HEIGHT_PT, holderName.height + 2 * ROW_PADDING_PT)
  return {
    height,
    draw (row, top) {
      const middle = top + height / 2
      const lineTop = middle - nameStyle.leading / 2
      drawRunningNumber(sheet, row, running, column(columns.number), lineTop, nameStyle)
      drawSlipNumber(sheet, addElement(sheet, row, 'TD'), number, mmToPoints(columns.slip.left), lineTop)
      drawSlipBarcode(sheet, addElement(sheet, row, 'TD'), number, mmToPoints(columns.barcode.left), middle - mmToPoints(3.5), mmToPoints(7))
      drawCell(sheet, row, holderName, column(columns.holder), middle - holderName.height / 2)
      const side = mmToPoints(5)
      addElement(sheet, row, 'TD')
      drawFrame(sheet, mmToPoints(columns.arrived.right) - side - mmToPoints(2), middle - side / 2, side, side)
    },
  }
}
