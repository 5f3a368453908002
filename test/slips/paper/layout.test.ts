import t from 'tap'
import { renderSlip } from '../../../src/slips/paper/draw-slip.js'
import type { SlipContent } from '../../../src/slips/paper/slip-content.js'
import { allSampleSlips } from './sample-slips.js'
import { readPdf, type Box, type ReadPdf } from '../../helpers/read-pdf.js'

const code = 'DEMXX-DEMXX-DEMXE'
const overlaps = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
const isInside = (a: Box, b: Box) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
const margins: Box = { left: 21.9, right: 190.1, top: 10, bottom: 288.5 }
/** The area that any envelope window can show, in millimetres. */
const windowZone: Box = { left: 0, right: 117, top: 26, bottom: 79 }
/** The area that both envelope windows show. */
const visibleZone: Box = { left: 18, right: 108, top: 40, bottom: 70 }

for (const [name, content] of allSampleSlips) {
  t.test(name, async t => {
    const pdf = await readPdf(await renderSlip(content))

    t.test('is one A4 page', async t => {
      t.equal(pdf.pages, 1)
      t.strictSame([pdf.sheet.width, pdf.sheet.height].map(Math.round), [210, 297])
    })

    t.test('has only the window text in the window zone', async t => {
      const words = pdf.words.filter(word => overlaps(word, windowZone))
      t.equal(removeSpaces(words.map(word => word.text).join('')), removeSpaces(windowText(content)))
      t.strictSame(words.filter(word => word.size !== 10 || !isInside(word, visibleZone)), [], 'in 10 pt, visible in both windows')
      const barcodes = pdf.shapes.filter(shape => overlaps(shape, windowZone))
      t.equal(barcodes.length, content.delivery.channel === 'porter' ? 1 : 0)
      t.strictSame(barcodes.filter(barcode => !isInside(barcode, visibleZone)), [])
    })

    t.test('has code, QR code and user name between the folds, once', async t => {
      const folds = content.institution.envelope === 'E65' ? [99, 198] : [148.5]
      for (const box of credentialBoxes(pdf, content)) {
        t.ok(box.top >= 150, 'on the lower half')
        for (const fold of folds) t.ok(box.bottom <= fold - 5 || box.top >= fold + 5, `5 mm from the fold at ${fold}`)
      }
      t.equal(pdf.text.split(code).length, 2, 'one code')
    })

    t.test('has no text or figure over another', async t => {
      const boxes = [...pdf.words.map(word => ({ ...word, name: word.text })), ...pdf.shapes.map(shape => ({ ...shape, name: 'figure' }))]
      const overlapping = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => overlaps(a, b)).map(b => [a.name, b.name]))
      t.strictSame(overlapping, [])
    })

    t.test('stays within the margins', async t => {
      t.strictSame([...pdf.words, ...pdf.shapes].filter(box => !isInside(box, margins)), [])
    })

    t.test('is large enough to read and to type', async t => {
      t.strictSame(pdf.words.filter(word => word.size < 10), [])
      const strongText = pdf.words.filter(word => word.font === 'NotoSans-SemiBold' && word.size === 12).map(word => word.text.trim()).join('')
      t.ok(strongText.includes(content.activationUrl), 'the activation address in 12 pt')
      const mono = pdf.words.filter(word => word.font === 'NotoSansMono-Medium')
      t.strictSame(mono.filter(word => word.size < 12), [], 'the user name in at least 12 pt')
      t.equal(mono.find(word => word.text.trim() === code)?.size, 18, 'the code in 18 pt, on one line')
      t.equal(mono.map(word => word.text.trim()).join(''), content.username + code)
    })
  })
}

function removeSpaces (text: string): string {
  return text.replace(/\s+/g, '')
}

function windowText ({ delivery, displayName, slipNumber }: SlipContent): string {
  const name = displayName.replace(/[王小明😀]/gu, '\ufffd')
  if (delivery.channel === 'registered-letter') return delivery.windowLines.join(' ')
  return delivery.channel === 'porter' ? `${name} ${delivery.campus} ${slipNumber}` : name
}

/** Returns the boxes of the text in the monospaced face and of the QR code. */
function credentialBoxes (pdf: ReadPdf, content: SlipContent): Box[] {
  const words = pdf.words.filter(word => word.font.startsWith('NotoSansMono'))
  const squares = pdf.shapes.filter(({ left, right, top, bottom }) => Math.abs((right - left) - (bottom - top)) < 0.1)
  if (squares.length !== 1) throw new Error(`Expected one QR code on slip ${content.slipNumber}, found ${squares.length}.`)
  return [...words, ...squares]
}
