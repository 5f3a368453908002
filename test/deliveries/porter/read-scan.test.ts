import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { readScan, redactScan } from '../../../src/deliveries/porter/read-scan.js'
import { readTrackingNumber } from '../../../src/deliveries/tracking-number.js'
import { ALPHABET, calculateCheckSymbol, readSlipNumber } from '../../../src/institution/typed-symbols.js'
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

t.test('names a wrong keyboard layout and accepts no number that was read with one', async t => {
  t.strictSame(readScan('Л7Й-ЧЬ2-З9Ы'), { kind: 'layout', layout: 'cyrillic' })
  t.strictSame(readScan('KèA)X?é)PçS'), { kind: 'layout', layout: 'french' })
  t.strictSame(readScan('Q7YßAZM2HY'), { kind: 'layout', layout: 'german' })
  t.equal(redactScan('Л7Й-ЧЬ2-З9Ы'), '')
  t.strictSame(readScan('К7Q ХМ2 Р9S'), { kind: 'slip', number }, 'letters that look alike are typed by people')
})

t.test('accepts no number that reads as another one on another keyboard layout', async t => {
  // Keys that type letters which all look Latin on a Russian keyboard.
  const typedFor: Readonly<Record<string, string>> = { C: 'С', E: 'У', R: 'К', T: 'Е', Y: 'Н', F: 'А', H: 'Р', N: 'Т', D: 'В' }
  const keys = Object.keys(typedFor)
  const typed = keys.flatMap(one => keys.flatMap(two => keys.flatMap(three => {
    const symbols = `${one}${two}${three}23456`
    const scanned = [...symbols + calculateCheckSymbol(symbols)]
    return scanned.every(symbol => /\d/.test(symbol) || symbol in typedFor) ? scanned.map(symbol => typedFor[symbol] ?? symbol).join('') : []
  })))
  const ambiguous = typed.filter(text => readSlipNumber(text) !== undefined && !/^СС?С?2/.test(text))
  t.ok(ambiguous.length > 3, `${ambiguous.length} of ${typed.length}`)
  for (const text of ambiguous) t.strictSame(readScan(text), { kind: 'layout', layout: 'cyrillic' }, text)
})

t.test('reads a tracking number as a scanner types it', async t => {
  for (const typed of ['RR473124829FI', ' rr 473 124 829 fi\r\n', ']C0RR473124829FI', 'ＲＲ４７３１２４８２９ＦＩ', '\u0002RR473124829FI\u0003', '*RR473124829FI*', 'RR-473.124.829-FI']) {
    t.strictSame(readTrackingNumber(typed), { ok: true, number: 'RR473124829FI' }, JSON.stringify(typed))
  }
  t.strictSame(readTrackingNumber('КК473124829АШ'), { ok: false, fault: 'layout-cyrillic' })
  t.strictSame(readTrackingNumber("RR'è\"&é'_éçFI"), { ok: false, fault: 'layout-french' })
  for (const typed of ['RR473124828FI', ']C0RR473124828FI']) t.equal(readTrackingNumber(typed).ok, false)
  t.strictSame(readScan(']C0RR473124829FI'), { kind: 'tracking-number' })
  t.strictSame(readScan(']E09789510492147'), { kind: 'book' })
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
