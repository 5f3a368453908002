import t from 'tap'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { parseSlipNumber, generateSlipNumber } from '../../src/slips/slip-number.js'
import { ALPHABET } from '../../src/slips/symbols.js'

const seeded = (seed: number[]) => (size: number) => Uint8Array.from({ length: size }, (_, i) => seed[i % seed.length]!)

t.test('a slip number is eight random symbols and their check symbol, XXX-XXX-XXX', async t => {
  t.equal(generateSlipNumber(seeded([0, 1, 2, 3, 4, 5, 6, 7])), '234-567-89F')
  t.match(generateSlipNumber(randomBytes), /^[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}$/)
})

t.test('a slip number is read in any case, with or without hyphens and spaces', async t => {
  for (const typed of ['234-567-89F', '23456789f', ' 234 567 89f ', '2-3-4-5-6-7-8-9-F']) t.equal(parseSlipNumber(typed), '234-567-89F')
})

t.test('what is no slip number is not taken for one', async t => {
  for (const typed of ['', '234-567-89G', '234-567-89', '234-567-89FF', '034-567-89F', '234567890', 'x'.repeat(100_000)]) {
    t.equal(parseSlipNumber(typed), undefined)
  }
})

t.test('every single wrong symbol and every swap of two is caught', async () => {
  fc.assert(fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 247 })), bytes => {
    const number = generateSlipNumber(size => Uint8Array.from(bytes.take(size))).replaceAll('-', '')
    for (let i = 0; i < 9; i++) {
      for (const symbol of ALPHABET) {
        if (symbol !== number[i] && parseSlipNumber(number.slice(0, i) + symbol + number.slice(i + 1)) !== undefined) return false
      }
      for (let j = i + 1; j < 9; j++) if (number[i] !== number[j] && parseSlipNumber(swapped(number, i, j)) !== undefined) return false
    }
    return true
  }), { numRuns: 200 })
})

function swapped (text: string, i: number, j: number): string {
  const symbols = [...text]
  return Object.assign(symbols, { [i]: symbols[j], [j]: symbols[i] }).join('')
}
