import fc from 'fast-check'
import t from 'tap'
import { letterSchema } from '../../src/addresses/schemas.js'
import { translator } from '../../src/i18n/translate.js'
import { formatFieldError, parseInput } from '../../src/institution/input.js'

const schema = letterSchema('FI')
const home = { recipient: 'Aino Aalto', lines: ['Kauppakatu 5 B 12'], postcode: '33100', town: 'Tampere', country: 'FI' }
const faults = (changes: Record<string, unknown>) => {
  const parsed = parseInput(schema, { ...home, ...changes })
  return parsed.ok ? [] : parsed.errors.map(({ path, message }) => `${path} ${message}`)
}

t.test('normalises an address', async t => {
  t.strictSame(parseInput(schema, { recipient: ' Aino  Aalto', lines: ['', 'c/o Virtanen ', ' ', 'Kauppakatu 5'], postcode: ' sw1a 1aa', town: 'London', country: 'gb' }), {
    ok: true, value: { recipient: 'Aino Aalto', lines: ['c/o Virtanen', 'Kauppakatu 5'], postcode: 'SW1A 1AA', town: 'London', country: 'GB' },
  })
})

t.test('reports every fault at its field', async t => {
  t.strictSame(faults({ recipient: ' ' }), ['recipient required'])
  t.strictSame(faults({ recipient: 'Aino\u0000' }), ['recipient control-characters'])
  t.strictSame(faults({ town: 'Tam\npere' }), ['town control-characters'])
  t.strictSame(faults({ recipient: 'Aino \u202eotlaA' }), ['recipient control-characters'])
  t.strictSame(faults({ recipient: 'Aino \ud800' }), ['recipient control-characters'])
  t.strictSame(faults({ lines: ['Kauppakatu 5', 'x'.repeat(46)] }), ['lines.1 line-too-long'])
  t.strictSame(faults({ lines: [] }), ['lines lines-missing'])
  t.strictSame(faults({ lines: ['', ' '] }), ['lines lines-missing'])
  t.matchOnlyStrict(faults({ lines: 'Kauppakatu 5' }), [/^lines /])
  t.matchOnlyStrict(faults({ lines: [7] }), [/^lines\.0 /])
  t.strictSame(faults({ postcode: '331OO' }), ['postcode postcode-shape'])
  t.strictSame(faults({ postcode: '' }), ['postcode required'])
  t.strictSame(faults({ country: 'ZZ' }), ['country no-such-country'])
  t.strictSame(faults({ country: '' }), ['country required'])
  t.strictSame(faults({ country: undefined }), ['country required'])
  t.strictSame(faults({ town: 'x'.repeat(200_000) }), ['town line-too-long'])
  t.strictSame(faults({ town: 'x'.repeat(40) }), ['town line-too-long'], 'with its postcode')
})

t.test('allows three free lines in Finland and two abroad', async t => {
  t.strictSame(faults({ lines: ['a', 'b', 'c'] }), [])
  t.strictSame(faults({ lines: ['a', 'b', 'c', 'd'] }), ['lines too-many-lines'])
  t.strictSame(faults({ lines: ['a', 'b'], country: 'SE', postcode: '114 55' }), [])
  t.strictSame(faults({ lines: ['a', 'b', 'c'], country: 'SE', postcode: '114 55' }), ['lines too-many-lines'])
})

t.test('reports all faults together', async t => {
  t.strictSame(faults({ recipient: undefined, lines: ['a', 'x'.repeat(46)], postcode: 'ABC', town: '' }).sort(),
    ['lines.1 line-too-long', 'postcode postcode-shape', 'recipient required', 'town required'])
})

t.test('names the limit in the message', async t => {
  const parsed = parseInput(schema, { ...home, lines: ['a', 'b', 'c', 'd'] })
  t.match(!parsed.ok && formatFieldError(translator('en'), parsed.errors[0]!), /^Enter at most 3 lines/)
})

t.test('answers an address or faults for any input, never an exception', async t => {
  const anything = fc.record({
    recipient: fc.anything(), lines: fc.oneof(fc.anything(), fc.array(fc.anything())), postcode: fc.anything(), town: fc.anything(), country: fc.oneof(fc.constant('FI'), fc.anything()),
  }, { requiredKeys: [] })
  t.doesNotThrow(() => fc.assert(fc.property(anything, body => { parseInput(schema, body) })))
})
