/** Scans the printed slip and lists. Needs poppler and zbar, so it runs with the browser tests. */
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { renderManifest } from '../../src/deliveries/paper/manifest.js'
import { renderPostingList } from '../../src/deliveries/paper/posting-list.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { generateSlipNumber } from '../../src/slips/codes.js'
import { renderSlip } from '../../src/slips/paper/draw-slip.js'
import { allSampleSlips } from '../slips/paper/sample-slips.js'
import { scanRegion, readBarcodes, type ScanDevice } from './scan-paper.js'

/** An office scanner, a better scanner, and a black and white photocopy. */
const devices: readonly ScanDevice[] = [
  { dotsPerInch: 150, colours: '-gray' },
  { dotsPerInch: 200, colours: '-gray' },
  { dotsPerInch: 200, colours: '-mono' },
]

/** Regions in millimetres: left, top, width, height. Scanned one by one, because zbar reports equal codes only once. */
const sheetRegions = {
  'the window of an E65': [18, 40, 90, 30],
  'the middle panel': [0, 149, 210, 48],
  'the foot': [0, 270, 210, 27],
} as const

for (const [name, paper] of allSampleSlips) {
  t.test(`${name}: QR code and barcodes can be scanned`, async t => {
    const number = 'CODE-128:DEM-XSP-8QV'
    const pdf = await renderSlip(paper)
    for (const device of devices) {
      const seen = (part: keyof typeof sheetRegions) => readBarcodes(scanRegion(pdf, device, sheetRegions[part]))
      const how = `${device.dotsPerInch} ${device.colours}`
      t.equal(seen('the window of an E65'), paper.delivery.channel === 'porter' ? number : '', how)
      t.equal(seen('the middle panel'), `QR-Code:${paper.activationUrl}#DEMXX-DEMXX-DEMXE`, how)
      t.equal(seen('the foot'), number, how)
    }
  })
}

t.test('scans every barcode of a dispatch list and a posting list', async t => {
  const numbers = Array.from({ length: 12 }, () => generateSlipNumber(randomBytes)).sort()
  const place = { name: 'Arabia', address: 'Hämeentie 135 D, 00560 Helsinki' }
  const at = new Date('2026-11-20T13:57:00Z')
  const manifest = await renderManifest({
    language: 'fi', institution: metropolia, from: place, to: place, sentAt: at, sentBy: 'Aino Virtanen', envelopes: numbers.map(number => ({ number, holder: 'Łukasz Nguyễn-Đặng' })),
  })
  const letters = numbers.slice(0, 5).map(number => ({ number, recipient: 'Łukasz Nguyễn-Đặng', place: ['33100 TAMPERE'], isDomestic: true }))
  const posting = await renderPostingList({ language: 'fi', institution: metropolia, office: 'Helpdesk', carrier: 'Posti', printedAt: at, letters })
  for (const device of devices) {
    const seen = (pdf: Buffer) => readBarcodes(scanRegion(pdf, device, [0, 0, 210, 297])).split('\n').sort()
    const how = `${device.dotsPerInch} ${device.colours}`
    t.strictSame(seen(manifest), numbers.map(number => `CODE-128:${number}`), how)
    t.strictSame(seen(posting), numbers.slice(0, 5).map(number => `CODE-128:${number}`), how)
  }
})
