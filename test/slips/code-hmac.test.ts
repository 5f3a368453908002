import t from 'tap'
import { createHmac } from 'node:crypto'
import { readActivationCode } from '../../src/slips/activation-code.js'
import { codeHmac, codeMatches } from '../../src/slips/code-hmac.js'

const oldKey = Buffer.alloc(32, 1)
const newKey = Buffer.alloc(32, 2)
const before = { current: { id: 'k1', key: oldKey }, all: new Map([['k1', oldKey]]) }
const rotated = { current: { id: 'k2', key: newKey }, all: new Map([['k1', oldKey], ['k2', newKey]]) }
const code = readActivationCode('33333-33333-3333E')!
const other = readActivationCode('22222-22222-22222')!

t.test('a code is kept as its HMAC-SHA-256 under the current key', async t => {
  const hmac = createHmac('sha256', oldKey).update('33333-33333-3333E').digest()
  t.strictSame(codeHmac(code, before), { hmac, keyId: 'k1' })
})

t.test('the right code matches, another one does not', async t => {
  t.equal(codeMatches(readActivationCode('3333333333 3333e')!, codeHmac(code, before), before), true)
  t.equal(codeMatches(other, codeHmac(code, before), before), false)
})

t.test('a code from before a change of keys still matches, new ones take the new key', async t => {
  t.equal(codeMatches(code, codeHmac(code, before), rotated), true)
  t.equal(codeHmac(code, rotated).keyId, 'k2')
  t.equal(codeMatches(code, codeHmac(code, rotated), rotated), true)
})

t.test('a key that is missing from the ring is an error, not a wrong code', async t => {
  t.throws(() => codeMatches(code, codeHmac(code, rotated), before), RangeError)
})
