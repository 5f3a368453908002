import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { readScan, redactScan } from '../../../src/deliveries/porter/read-scan.js'
import { ALPHABET, calculateCheckSymbol } from '../../../src/institution/typed-symbols.js'
import { generateActivationCode } from '../../../src/slips/codes.js'

const number = 'K7Q-XM2-P9S'
const bare = number.replaceAll('-', '')

t.test('reads a slip number as printed, typed, or from a misconfigured scanner', async t => {
  for (const text of [number, bare, bare.toLowerCase(), ` ${number}\r\n`, number.replaceAll('-', '+'), number.replaceAll('-', '/'), number.replaceAll('-', '–')]) {
    t.strictSame(readScan(text), { kind: 'slip', number }, JSON.stringify(text))
  }
  const likeAnAddress = `WWW-234-56${calculateCheckSymbol('WWW23456')}`
  t.strictSame(readScan(likeAnAddress), { kind: 'slip', number: likeAnAddress })
})

t.test('recognises scans that are not slip numbers', async t => {
  const kinds = {
    nothing: ['', '  ', '---'],
    book: ['9789510492147', '978-951-0-49214-7'],
    product: ['6408430000050'],
    'tracking-number': ['RR473124829FI', 'rr 473 124 828 fi', 'CE000000005FI'],
    address: ['https://www.metropolia.fi/', 'HTTP://EXAMPLE.ORG', 'www.example.org', 'WIFI://x'],
    other: ['9789510492140', 'Timo Koskela', '250399-123A', 'x'.repeat(100_000)],
  }
  for (const [kind, texts] of Object.entries(kinds)) for (const text of texts) t.equal(readScan(text).kind, kind, text.slice(0, 40))
})

t.test('reports an incomplete number and any single wrong symbol', async t => {
  for (let length = 1; length < 9; length++) t.strictSame(readScan(bare.slice(0, length)), { kind: 'half', symbols: length })
  fc.assert(fc.property(fc.nat(8), fc.constantFrom(...ALPHABET, '0', 'O', '1', 'I', 'L'), (place, symbol) => {
    const wrong = bare.slice(0, place) + symbol + bare.slice(place + 1)
    // Without a digit, or with Y or Z, it may be a right number on another keyboard layout.
    fc.pre(bare[place] !== symbol && /\d/.test(wrong) && !/[YZ]/.test(wrong))
    return readScan(wrong).kind === 'check-symbol' && redactScan(wrong) === wrong
  }))
})

t.test('recognises a code in any form and removes all of it', async t => {
  const code = generateActivationCode(randomBytes).reveal()
  // The last text comes from a scanner set to a US keyboard on a computer set to a Finnish one.
  for (const text of [code, code.toLowerCase(), code.replaceAll('-', ' '), `https://slipdesk.example/activate#${code}`, `http://127.0.0.1:3000/activate#${code.slice(0, -1)}`, `httpsÖ--slipdesk.example-activate#${code.replaceAll('-', '+')}`]) {
    t.not(readScan(text).kind, 'slip')
    t.equal(redactScan(text), '', text)
  }
  t.equal(readScan(`https://slipdesk.example/activate#${code}`).kind, 'code')
  t.equal(readScan(code).kind, 'code')
  t.equal(redactScan(`https://slipdesk.example/${number}`), '')
})
