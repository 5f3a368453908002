import t from 'tap'
import { renderSlip } from '../../../src/slips/paper/draw-slip.js'
import type { SlipContent } from '../../../src/slips/paper/slip-content.js'
import { allSampleSlips } from './sample-slips.js'
import { readPdf, type Box, type ReadPdf } from '../../helpers/read-pdf.js'

const code = 'DEMXX-DEMXX-DEMXE'
const overlapping = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
const inside = (a: Box, b: Box) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom
const windowZone: Box = { left: 0, right: 117, top: 26, bottom: 79 }
const whereWindowsShow: Box = { left: 18, right: 108, top: 40, bottom: 70 }

for (const [name, paper] of allSampleSlips) {
  t.test(name, async t => {
    const pdf = await readPdf(await renderSlip(paper))

    t.test('is one A4 page', async t => {
      t.equal(pdf.pages, 1)
      t.equal(Math.round(pdf.sheet.width), 210)
      t.equal(Math.round(pdf.sheet.height), 297)
    })

    t.test('shows nothing but window text where a window may come', async t => {
      const seen = pdf.words.filter(words => overlapping(words, windowZone))
      const said = seen.map(words => words.text).join(' ').replace(/\s+/g, '')
      t.equal(said, windowText(paper).replace(/\s+/g, ''))
      t.ok(seen.every(words => words.size === 10 && inside(words, whereWindowsShow)), 'where both windows show it')
      const barcodes = pdf.shapes.filter(shape => overlapping(shape, windowZone))
      t.equal(barcodes.length, paper.delivery.channel === 'porter' ? 1 : 0)
      t.ok(barcodes.every(barcode => inside(barcode, whereWindowsShow)))
    })

    t.test('keeps code, QR code and user name between the folds', async t => {
      const folds = paper.institution.envelope === 'E65' ? [99, 198] : [148.5]
      for (const box of secrets(pdf, paper)) {
        t.ok(box.top >= 150, 'on the lower half')
        for (const fold of folds) t.ok(box.bottom <= fold - 5 || box.top >= fold + 5, `5 mm from the fold at ${fold}`)
      }
      t.equal(pdf.text.split(code).length, 2, 'the code stands once')
    })

    t.test('lets nothing touch anything else', async t => {
      const boxes = [...pdf.words.map(words => ({ ...words, what: words.text })), ...pdf.shapes.map(shape => ({ ...shape, what: 'bars' }))]
      const touching = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => overlapping(a, b)).map(b => [a.what, b.what]))
      t.strictSame(touching, [])
    })

    t.test('stays within the margins', async t => {
      const margins: Box = { left: 21.9, right: 190.1, top: 10, bottom: 288.5 }
      t.strictSame([...pdf.words, ...pdf.shapes].filter(box => !inside(box, margins)), [])
    })

    t.test('is large enough to read and to type', async t => {
      t.strictSame(pdf.words.filter(words => words.size < 10), [])
      const address = pdf.words.filter(words => words.font === 'NotoSans-SemiBold' && words.size === 12).map(words => words.text.trim()).join('')
      t.match(address, paper.activationUrl)
      const mono = pdf.words.filter(words => words.font === 'NotoSansMono-Medium')
      t.ok(mono.every(words => words.size >= 12), 'the user name')
      t.equal(mono.find(words => words.text.trim() === code)?.size, 18, 'the code, on one line')
      t.equal(mono.map(words => words.text.trim()).join(''), paper.username + code)
    })
  })
}

function windowText ({ delivery, displayName, slipNumber }: SlipContent): string {
  const name = displayName.replace(/[王小明😀]/gu, '\ufffd')
  if (delivery.channel === 'registered-letter') return delivery.windowLines.join(' ')
  return delivery.channel === 'porter' ? `${name} ${delivery.campus} ${slipNumber}` : name
}

/** Boxes of the words in the monospaced face and of the square among the shapes. */
function secrets (pdf: ReadPdf, paper: SlipContent): Box[] {
  const words = pdf.words.filter(one => one.font.startsWith('NotoSansMono'))
  const squares = pdf.shapes.filter(({ left, right, top, bottom }) => Math.abs((right - left) - (bottom - top)) < 0.1)
  if (squares.length !== 1) throw new Error(`One QR code was expected for ${paper.slipNumber}.`)
  return [...words, ...squares]
}
