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

t.test('stores a code as HMAC-SHA-256 under the current key', async t => {
  const hmac = createHmac('sha256', oldKey).update('33333-33333-3333E').digest()
  t.strictSame(computeCodeHmac(code, before), { hmac, keyId: 'k1' })
})

t.test('matches the right code and no other', async t => {
  t.equal(isMatchingCode(parseActivationCode('3333333333 3333e')!, computeCodeHmac(code, before), before), true)
  t.equal(isMatchingCode(other, computeCodeHmac(code, before), before), false)
})

t.test('still matches codes of the previous key; new codes use the new key', async t => {
  t.equal(isMatchingCode(code, computeCodeHmac(code, before), rotated), true)
  t.equal(computeCodeHmac(code, rotated).keyId, 'k2')
  t.equal(isMatchingCode(code, computeCodeHmac(code, rotated), rotated), true)
})

t.test('throws for a missing key instead of reporting a wrong code', async t => {
  t.throws(() => isMatchingCode(code, computeCodeHmac(code, rotated), before), RangeError)
})
