import t from 'tap'
import { createHmac } from 'node:crypto'
import { parseActivationCode } from '../../src/slips/codes.js'
import { computeCodeHmac, isMatchingCode } from '../../src/slips/code-hmac.js'

const oldKey = Buffer.alloc(32, 1)
const newKey = Buffer.alloc(32, 2)
const before = { current: { id: 'k1', key: oldKey }, all: new Map([['k1', oldKey]]) }
const rotated = { current: { id: 'k2', key: newKey }, all: new Map([['k1', oldKey], ['k2', newKey]]) }
const code = parseActivationCode('33333-33333-3333E')!
const other = parseActivationCode('22222-22222-22222')!

t.test('a code is kept as its HMAC-SHA-256 under the current key', async t => {
  const hmac = createHmac('sha256', oldKey).update('33333-33333-3333E').digest()
  t.strictSame(computeCodeHmac(code, before), { hmac, keyId: 'k1' })
})

t.test('the right code matches, another one does not', async t => {
  t.equal(isMatchingCode(parseActivationCode('3333333333 3333e')!, computeCodeHmac(code, before), before), true)
  t.equal(isMatchingCode(other, computeCodeHmac(code, before), before), false)
})

t.test('a code from before a change of keys still matches, new ones take the new key', async t => {
  t.equal(isMatchingCode(code, computeCodeHmac(code, before), rotated), true)
  t.equal(computeCodeHmac(code, rotated).keyId, 'k2')
  t.equal(isMatchingCode(code, computeCodeHmac(code, rotated), rotated), true)
})

t.test('a key that is missing from the ring is an error, not a wrong code', async t => {
  t.throws(() => isMatchingCode(code, computeCodeHmac(code, rotated), before), RangeError)
})
