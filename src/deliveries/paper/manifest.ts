/** The list that goes with a batch of envelopes to a campus: what is in the bag, and who has signed for it. */
import { momentInWords } from '../../i18n/moments.js'
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/words.js'
import { notoSans } from '../../slips/paper/fonts.js'
import { closeSheet, mark, openSheet, type Sheet } from '../../slips/paper/sheet.js'
import type { PaperInstitution } from '../../slips/paper/slip-paper.js'
import { points } from '../../slips/paper/zones.js'
import { drawCell, drawRunningNumber, drawSlipBarcode, drawSlipNumber, wrapped } from './cells.js'
import { listFacts } from './facts.js'
import { drawList, type Column, type Row } from './list-sheet.js'
import { name } from './list-styles.js'
import { frame } from './marks.js'
import { sideBySide, signature } from './signing.js'
import { unwrittenNote } from './unwritten-note.js'

export interface ManifestPaper {
  /** The reader's. */
  readonly language: Language
  readonly institution: Pick<PaperInstitution, 'name' | 'returnAddress' | 'timeZone'>
  readonly from: { readonly name: string, readonly address: string }
  readonly to: { readonly name: string, readonly address: string }
  readonly sentAt: Date
  /** Who sent the batch, by name. */
  readonly sentBy: string
  readonly envelopes: ReadonlyArray<{ readonly number: string, readonly holder: string }>
}

const columns = { number: { left: 22, right: 29 }, slip: { left: 33, right: 62 }, barcode: { left: 65, right: 117 }, holder: { left: 121, right: 174 }, arrived: { left: 175, right: 190 } }
const rowHeight = points(11)
const padding = points(2)

/** The manifest as a tagged PDF, made in memory. No code, no birth date, no user name is in it. */
export async function renderManifest (paper: ManifestPaper): Promise<Buffer> {
  const { language, institution, from, to, sentAt, sentBy, envelopes } = paper
  const say = translator(language)
  const at = momentInWords(sentAt, institution.timeZone, language)
  const foot = say('sending.paper.manifestFoot', { place: to.name, at })
  const sheet = openSheet({ language, title: foot, institution: institution.name[language], at: sentAt }, notoSans)
  const lines = [say('sending.paper.signature'), say('sending.paper.nameInPrint'), say('sending.paper.dateAndTime'), say('sending.paper.count')]
  drawList(sheet, {
    letterhead: { institution, title: say('sending.paper.manifest'), subtitle: at },
    foot,
    facts: listFacts(sheet, [
      { label: say('sending.paper.from'), name: from.name, lines: [from.address, say('sending.paper.sentBy', { name: sentBy })] },
      { label: say('sending.paper.to'), name: to.name, lines: [to.address] },
    ], { label: say('sending.paper.envelopes'), value: envelopes.length }),
    columns: [
      { ...columns.number, label: say('sending.paper.number'), atRight: true },
      { ...columns.slip, label: say('sending.number') },
      { ...columns.barcode, label: say('sending.paper.barcode') },
      { ...columns.holder, label: say('sending.paper.holder') },
      { ...columns.arrived, label: say('sending.paper.arrived'), atRight: true },
    ],
    rows: envelopes.map((envelope, i) => rowOf(sheet, i + 1, envelope)),
    closing: sideBySide(
      [signature(sheet, say('sending.paper.handedOver'), lines), signature(sheet, say('sending.paper.received'), lines)],
      unwrittenNote(sheet, envelopes.map(({ holder }) => holder))
    ),
  })
  return await closeSheet(sheet)
}

function rowOf (sheet: Sheet, running: number, { number, holder }: ManifestPaper['envelopes'][number]): Row {
  const column = (one: { left: number, right: number }): Column => ({ label: '', ...one })
  const holderName = wrapped(sheet, holder, name, column(columns.holder))
  const height = Math.max(rowHeight, holderName.height + 2 * padding)
  return {
    height,
    draw (row, top) {
      const middle = top + height / 2
      const lineTop = middle - name.leading / 2
      drawRunningNumber(sheet, row, running, column(columns.number), lineTop, name)
      drawSlipNumber(sheet, mark(sheet, row, 'TD'), number, points(columns.slip.left), lineTop)
      drawSlipBarcode(sheet, mark(sheet, row, 'TD'), number, points(columns.barcode.left), middle - points(3.5), points(7))
      drawCell(sheet, row, holderName, column(columns.holder), middle - holderName.height / 2)
      const side = points(5)
      mark(sheet, row, 'TD')
      frame(sheet, points(columns.arrived.right) - side - points(2), middle - side / 2, side, side)
    },
  }
}
