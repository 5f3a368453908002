import { randomBytes } from 'node:crypto'
import { format, inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { ALPHABET, containsActivationCode } from '../../src/institution/typed-symbols.js'
import { ActivationCode, generateActivationCode, generateSlipNumber, parseActivationCode, parseSlipNumber, removeActivationCodes, storableText } from '../../src/slips/codes.js'
import { hasOffensiveWord } from '../../src/slips/offensive-words.js'

t.test('generates fourteen random symbols and a check symbol, XXXXX-XXXXX-XXXXX', async t => {
  t.match(generateActivationCode(randomBytes).reveal(), /^([2-9A-HJKMNP-Z]{5}-){2}[2-9A-HJKMNP-Z]{5}$/)
  t.equal(generateActivationCode(size => Buffer.alloc(size, 1)).reveal(), '33333-33333-3333E')
})

t.test('discards bytes from 248 up, so that all symbols are equally likely', async t => {
  const asked: number[] = []
  const bytes = [248, 255, 0, 31, 62, 247, 250, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const code = generateActivationCode(size => {
    asked.push(size)
    return Uint8Array.from(bytes.splice(0, size))
  })
  t.strictSame(asked, [14, 3])
  t.match(code.reveal(), /^222Z3-45678-9ABC/)
})

t.test('never shows a code, however it is printed', async t => {
  const code = generateActivationCode(randomBytes)
  const shown = [`${code}`, code.toString(), JSON.stringify({ code }), inspect(code), inspect({ deep: [code] }), format('%s %o %j', code, code, code)]
  for (const text of shown) {
    t.match(text, '[activation code]')
    t.notMatch(text, code.reveal())
    t.notMatch(text, code.reveal().replaceAll('-', ''))
  }
  t.strictSame(Object.keys(code), [])
  t.strictSame(Object.getOwnPropertyNames(code), [])
})

t.test('parses a code in any case, with or without hyphens and spaces', async t => {
  for (const typed of ['33333-33333-3333E', '333333333333 33e', '3333333333 3333E ', '33333–33333–3333e']) {
    t.equal(parseActivationCode(typed)?.reveal(), '33333-33333-3333E')
  }
})

t.test('tells a typing error from a wrong code', async t => {
  for (const typed of ['', '33333-33333-3333F', '33333-33333-3333', '33333-33333-33330', 'x'.repeat(100_000), '\0']) t.equal(parseActivationCode(typed), undefined)
  t.throws(() => new ActivationCode('33333-33333-3333F'), TypeError)
})

t.test('detects every single wrong symbol and every swap of two', async () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 247 }), { minLength: 14, maxLength: 14 }), bytes => {
    const code = generateActivationCode(() => Uint8Array.from(bytes)).reveal().replaceAll('-', '')
    const wrong = [...code].flatMap((right, i) => [...ALPHABET].filter(symbol => symbol !== right)
      .map(symbol => code.slice(0, i) + symbol + code.slice(i + 1)))
    const swapped = [...code].flatMap((a, i) => [...code].flatMap((b, j) => j > i && a !== b
      ? [code.slice(0, i) + b + code.slice(i + 1, j) + a + code.slice(j + 1)]
      : []))
    return [...wrong, ...swapped].every(typed => parseActivationCode(typed) === undefined)
  }), { numRuns: 100 })
})

const seeded = (seed: number[]) => (size: number) => Uint8Array.from({ length: size }, (_, i) => seed[i % seed.length]!)

t.test('generates eight random symbols and a check symbol, XXX-XXX-XXX', async t => {
  t.equal(generateSlipNumber(seeded([0, 1, 2, 3, 4, 5, 6, 7])), '234-567-89F')
  t.match(generateSlipNumber(randomBytes), /^[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}-[2-9A-HJKMNP-Z]{3}$/)
})

t.test('draws a slip number again while it contains an offensive word', async t => {
  const draws = ['FUCK2222', '22CUNT22', '222PA5KA', '97KKK964', '9FE7XYZ9', '23456789']
  const bytes = draws.flatMap(draw => [...draw].map(symbol => ALPHABET.indexOf(symbol)))
  t.equal(generateSlipNumber(size => Uint8Array.from(bytes.splice(0, size))), '234-567-89F')
  t.strictSame(bytes, [])
  for (let i = 0; i < 500; i++) if (hasOffensiveWord(generateSlipNumber(randomBytes).replaceAll('-', ''))) t.fail('a number with an offensive word')
})

t.test('finds offensive words across groups and in digits that look like letters', async t => {
  for (const symbols of ['7XFAN9PQW', '9WA55XXPR', 'PQRXPASKA', 'W5EXPQRWY', 'XKUKXPQRW']) t.ok(hasOffensiveWord(symbols), symbols)
  for (const symbols of ['23456789F', 'K7QXM2P9V', 'DEMXSP8QV', 'SAXFWNXYZ']) t.notOk(hasOffensiveWord(symbols), symbols)
})

t.test('parses a slip number in any case, with or without hyphens and spaces', async t => {
  for (const typed of ['234-567-89F', '23456789f', ' 234 567 89f ', '2-3-4-5-6-7-8-9-F']) t.equal(parseSlipNumber(typed), '234-567-89F')
})

t.test('refuses what is not a slip number', async t => {
  for (const typed of ['', '234-567-89G', '234-567-89', '234-567-89FF', '034-567-89F', '234567890', 'x'.repeat(100_000)]) {
    t.equal(parseSlipNumber(typed), undefined)
  }
})

t.test('detects every single wrong symbol and every swap of two', async () => {
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

t.test('refuses stored text with an activation code in any spelling', async t => {
  for (let i = 0; i < 200; i++) {
    const code = generateActivationCode(randomBytes).reveal()
    const bare = code.replaceAll('-', '')
    for (const text of [code, code.toLowerCase(), bare, code.replaceAll('-', ' '), [...bare].join(' '), `read it to me: ${code}.`, `(${bare})`, `https://slipdesk.example.org/activate#${code}`]) {
      if (!containsActivationCode(text)) t.fail(`not seen in ${text.replace(code, 'CODE')}`)
    }
  }
  t.strictSame(storableText(200).safeParse(generateActivationCode(randomBytes).reveal()).error?.issues.map(({ message }) => message), ['holds-a-code'])
})

t.test('keeps other text', async t => {
  const texts = ['A new surname since marriage, certificate seen', 'REQ-20417', 'not-collected', 'damaged: torn at the edge', 'Łukasz Nguyễn-Đặng', '12345-67890-12345', 'AAAAA-BBBBB-CCCCC', '']
  t.strictSame(texts.filter(containsActivationCode), [])
  for (let i = 0; i < 200; i++) if (containsActivationCode(`Slip ${generateSlipNumber(randomBytes)}`)) t.fail('a slip number is no code')
  t.equal(storableText(200).parse('  a   note '), 'a note')
})

t.test('removes a typed code from a form that is shown again', async t => {
  t.strictSame(removeActivationCodes({ reason: 'other', note: generateActivationCode(randomBytes).reveal() }), { reason: 'other', note: '' })
})
