/** The list that goes with letters to the post's counter: what is posted, with which services, and where the sticker goes. */
import { momentInWords } from '../../i18n/moments.js'
import { translator } from '../../i18n/translate.js'
import type { Language } from '../../institution/words.js'
import { paragraph, stack, type Block } from '../../slips/paper/blocks.js'
import { notoSans } from '../../slips/paper/fonts.js'
import { closeSheet, mark, openSheet, type Sheet } from '../../slips/paper/sheet.js'
import type { PaperInstitution } from '../../slips/paper/slip-paper.js'
import { follow } from '../../slips/paper/styles.js'
import { points } from '../../slips/paper/zones.js'
import { drawCell, drawRunningNumber, drawSlipBarcode, drawSlipNumber, widthOf, wrapped } from './cells.js'
import { listFacts } from './facts.js'
import { drawList, type Column, type Row } from './list-sheet.js'
import { name, nameStrong, slipNumber } from './list-styles.js'
import { frame, tickBox } from './marks.js'
import { sideBySide, signature, stampField } from './signing.js'
import { unwrittenNote } from './unwritten-note.js'

export interface PostingListPaper {
  /** The reader's. */
  readonly language: Language
  readonly institution: Pick<PaperInstitution, 'name' | 'returnAddress' | 'timeZone'>
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
  readonly domestic: boolean
}

const columns = { number: { left: 22, right: 29 }, letter: { left: 33, right: 85 }, recipient: { left: 89, right: 139 }, sticker: { left: 141, right: 190 } }
const padding = points(2.5)
const stickerHeight = points(20)

/** The posting list as a tagged PDF, made in memory. */
export async function renderPostingList (paper: PostingListPaper): Promise<Buffer> {
  const { language, institution, office, carrier, printedAt, letters } = paper
  const say = translator(language)
  const at = momentInWords(printedAt, institution.timeZone, language)
  const foot = say('sending.paper.postingFoot', { at })
  const sheet = openSheet({ language, title: foot, institution: institution.name[language], at: printedAt }, notoSans)
  drawList(sheet, {
    letterhead: { institution, title: say('sending.paper.postingList'), subtitle: at },
    foot,
    facts: listFacts(sheet, [
      { label: say('sending.paper.sender'), name: office ?? institution.name[language], lines: [] },
      { label: say('sending.paper.carrier'), name: carrier, lines: [] },
    ], { label: say('sending.paper.letters'), value: letters.length }),
    columns: [
      { ...columns.number, label: say('sending.paper.number'), atRight: true },
      { ...columns.letter, label: say('sending.number') },
      { ...columns.recipient, label: say('sending.paper.recipient') },
      { ...columns.sticker, label: say('sending.paper.sticker') },
    ],
    rows: letters.map((letter, i) => rowOf(sheet, i + 1, letter)),
    closing: sideBySide([
      signature(sheet, say('sending.paper.posted'), [say('sending.paper.signature'), say('sending.paper.nameInPrint'), say('sending.paper.dateAndTime'), say('sending.paper.lettersCount')]),
      stampField(sheet, say('sending.paper.stamp')),
    ], unwrittenNote(sheet, letters.flatMap(({ recipient, place }) => [recipient, ...place]))),
  })
  return await closeSheet(sheet)
}

function rowOf (sheet: Sheet, running: number, { number, recipient, place, domestic }: PostingLetter): Row {
  const say = translator(sheet.language)
  const column = (one: { left: number, right: number }): Column => ({ label: '', ...one })
  const address = stack([
    wrapped(sheet, recipient, nameStrong, column(columns.recipient)),
    ...place.map(line => wrapped(sheet, line, follow, column(columns.recipient))),
    gapOf(3),
    service(sheet, say('sending.paper.registered'), true),
    service(sheet, say(domestic ? 'sending.paper.personalHandover' : 'sending.paper.personalHandoverAbroad'), domestic),
  ])
  const height = Math.max(address.height, stickerHeight) + 2 * padding
  return {
    height,
    draw (row, top) {
      const inner = top + padding
      drawRunningNumber(sheet, row, running, column(columns.number), inner, name)
      const letter = mark(sheet, row, 'TD')
      drawSlipNumber(sheet, letter, number, points(columns.letter.left), inner)
      drawSlipBarcode(sheet, letter, number, points(columns.letter.left), inner + slipNumber.leading + points(2), points(7))
      drawCell(sheet, row, address, column(columns.recipient), inner)
      mark(sheet, row, 'TD')
      frame(sheet, points(columns.sticker.left), inner, widthOf(column(columns.sticker)), stickerHeight)
    },
  }
}

function service (sheet: Sheet, words: string, ticked: boolean): Block {
  const indent = points(5)
  const text = paragraph(sheet, words, follow, points(columns.recipient.right - columns.recipient.left) - indent)
  return {
    height: text.height,
    draw (parent, left, top) {
      tickBox(sheet, left, top, ticked)
      text.draw(parent, left + indent, top)
    },
  }
}

function gapOf (height: number): Block {
  return { height, draw: () => {} }
}
