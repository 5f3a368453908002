import t from 'tap'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { format, inspect } from 'node:util'
import { ActivationCode, generateActivationCode, parseActivationCode } from '../../src/slips/activation-code.js'
import { ALPHABET } from '../../src/slips/symbols.js'

t.test('a code is fourteen random symbols and their check symbol, XXXXX-XXXXX-XXXXX', async t => {
  t.match(generateActivationCode(randomBytes).reveal(), /^([2-9A-HJKMNP-Z]{5}-){2}[2-9A-HJKMNP-Z]{5}$/)
  t.equal(generateActivationCode(size => Buffer.alloc(size, 1)).reveal(), '33333-33333-3333E')
})

t.test('every symbol is as likely as any other: bytes from 248 up are thrown away', async t => {
  const asked: number[] = []
  const bytes = [248, 255, 0, 31, 62, 247, 250, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const code = generateActivationCode(size => {
    asked.push(size)
    return Uint8Array.from(bytes.splice(0, size))
  })
  t.strictSame(asked, [14, 3])
  t.match(code.reveal(), /^222Z3-45678-9ABC/)
})

t.test('a code never shows itself, however it is printed', async t => {
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

t.test('a code is read in any case, with or without hyphens and spaces', async t => {
  for (const typed of ['33333-33333-3333E', '333333333333 33e', '3333333333 3333E ', '33333–33333–3333e']) {
    t.equal(parseActivationCode(typed)?.reveal(), '33333-33333-3333E')
  }
})

t.test('a typing error is told from a wrong code', async t => {
  for (const typed of ['', '33333-33333-3333F', '33333-33333-3333', '33333-33333-33330', 'x'.repeat(100_000), '\0']) t.equal(parseActivationCode(typed), undefined)
  t.throws(() => new ActivationCode('33333-33333-3333F'), TypeError)
})

t.test('every single wrong symbol and every swap of two is caught', async () => {
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
