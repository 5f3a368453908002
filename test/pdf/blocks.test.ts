import t from 'tap'
import { drawQrCode } from '../../src/pdf/barcodes.js'
import { type Block, drawFirstThatFits, TextOverflowError } from '../../src/pdf/blocks.js'
import { createDocument, finishDocument, type PdfDocument } from '../../src/pdf/document.js'
import { drawFlow } from '../../src/pdf/flow.js'
import { notoSans } from '../../src/pdf/fonts.js'
import { type Zone, mmToPoints } from '../../src/pdf/layout.js'
import { readPdf } from '../helpers/read-pdf.js'

const createTestDocument = (): PdfDocument =>
  createDocument({ language: 'en', title: 'Test <&> title', institution: 'A & B', createdAt: new Date('2026-11-20T13:57:00Z') }, notoSans)
const zone: Zone = { left: 10, right: 110, top: 20, bottom: 30 }
const zoneHeight = mmToPoints(10)

/** Creates blocks that record where they are drawn. */
function createRecorder (): { tops: number[], block: (height: number) => Block } {
  const tops: number[] = []
  return { tops, block: height => ({ height, draw: (_parent, _left, top) => tops.push(top) }) }
}

t.test('draws blocks with the largest gap that fits the zone', async t => {
  const { tops, block } = createRecorder()
  drawFirstThatFits(createTestDocument().root, zone, [9, 4, 1], [() => [block(zoneHeight - 15), block(10)]])
  t.strictSame(tops, [mmToPoints(20), mmToPoints(20) + zoneHeight - 15 + 4])
})

t.test('draws the next variant if the first one does not fit with any gap', async t => {
  const { tops, block } = createRecorder()
  drawFirstThatFits(createTestDocument().root, zone, [4, 1], [() => [block(zoneHeight + 1)], () => [block(zoneHeight)]])
  t.strictSame(tops, [mmToPoints(20)])
})

t.test('draws nothing and throws if no variant fits', async t => {
  const { tops, block } = createRecorder()
  t.throws(() => drawFirstThatFits(createTestDocument().root, zone, [0], [() => [block(zoneHeight + 1)]]), new TextOverflowError('The text is too long for the zone from 20 to 30 mm.'))
  t.strictSame(tops, [])
})

t.test('refuses a text that is too long for a readable QR code', async t => {
  const doc = createTestDocument()
  t.throws(() => drawQrCode(doc, doc.root, 'x'.repeat(400), { alt: 'too long', left: 0, top: 0 }), new RangeError('The text is too long for a readable QR code.'))
})

t.test('continues sections on further pages, with a foot on each page', async t => {
  const doc = createTestDocument()
  const lines = Array.from({ length: 80 }, (_, i) => [`Label ${i}`, 'value'] as const)
  drawFlow(doc, { paragraphs: ['Introduction'], sections: [{ heading: 'Heading', lines }], foot: 'Foot', pageLabel: (page, pages) => `${page} of ${pages}` })
  const file = await finishDocument(doc)
  const [first, second] = [await readPdf(file, 1), await readPdf(file, 2)]
  t.equal(first.pages, 2)
  t.ok(first.text.startsWith('Introduction'), first.text)
  t.ok(first.text.endsWith('Foot1 of 2'), first.text)
  t.ok(second.text.endsWith('Label 79valueFoot2 of 2'), second.text)
  t.strictSame(first.structure.slice(0, 6).map(part => part.role), ['Root', 'Document', 'P', 'H2', 'Table', 'TR'])
})

t.test('never ends a page with a heading', async t => {
  const doc = createTestDocument()
  const sections = Array.from({ length: 60 }, (_, i) => ({ heading: `Heading ${i}.`, lines: [[`Label ${i}.`, 'value']] as const }))
  drawFlow(doc, { paragraphs: [], sections, foot: 'Foot', pageLabel: String })
  const file = await finishDocument(doc)
  const { pages } = await readPdf(file)
  t.ok(pages > 2, `${pages} pages`)
  for (let page = 1; page <= pages; page++) {
    const { text } = await readPdf(file, page)
    t.equal(text.match(/Heading/g)?.length, text.match(/Label/g)?.length, `page ${page}`)
  }
})

t.test('keeps the metadata well-formed if a name contains XML markup', async t => {
  const { metadata } = await readPdf(await finishDocument(createTestDocument()))
  t.ok(metadata.includes('A + B'))
  t.notOk(metadata.includes('A & B'))
})
