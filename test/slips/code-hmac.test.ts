import t from 'tap'
import { createHash, createHmac } from 'node:crypto'
import { parseActivationCode } from '../../src/slips/codes.js'
import { computeCodeHmac, digestStoredCode, isMatchingCode } from '../../src/slips/code-hmac.js'

const oldKey = Buffer.alloc(32, 1)
const newKey = Buffer.alloc(32, 2)
const before = { current: { id: 'k1', key: oldKey }, all: new Map([['k1', oldKey]]) }
const rotated = { current: { id: 'k2', key: newKey }, all: new Map([['k1', oldKey], ['k2', newKey]]) }
const number = 'K7Q-XM2-P9V'
const code = parseActivationCode('33333-33333-3333E')!
const other = parseActivationCode('22222-22222-22222')!
const stored = { number, ...computeCodeHmac(code, number, before) }

t.test('stores a code as HMAC-SHA-256 over key id, slip number and code', async t => {
  const hmac = createHmac('sha256', oldKey).update('k1\0K7Q-XM2-P9V\x0033333-33333-3333E').digest()
  t.strictSame(computeCodeHmac(code, number, before), { hmac, keyId: 'k1', scheme: 2 })
})

t.test('matches the right code and no other', async t => {
  t.equal(isMatchingCode(parseActivationCode('3333333333 3333e')!, stored, before), true)
  t.equal(isMatchingCode(other, stored, before), false)
})

t.test('matches no code of another slip', async t => {
  t.equal(isMatchingCode(code, { ...stored, number: '222-222-222' }, before), false)
})

t.test('compares a code from before migration 0016 without the slip number', async t => {
  const earlier = { number, keyId: 'k1', hmac: createHmac('sha256', oldKey).update('33333-33333-3333E').digest() }
  t.equal(isMatchingCode(code, { ...earlier, scheme: 1 }, before), true)
  t.equal(isMatchingCode(code, { ...earlier, scheme: 0 }, before), true)
  t.equal(isMatchingCode(code, { ...earlier, scheme: 2 }, before), false)
  t.equal(isMatchingCode(code, { ...stored, scheme: 1 }, before), false)
})

t.test('still matches codes of the previous key; new codes use the new key', async t => {
  t.equal(isMatchingCode(code, stored, rotated), true)
  t.equal(computeCodeHmac(code, number, rotated).keyId, 'k2')
  t.equal(isMatchingCode(code, { number, ...computeCodeHmac(code, number, rotated) }, rotated), true)
})

t.test('throws for a missing key instead of reporting a wrong code', async t => {
  t.throws(() => isMatchingCode(code, { number, ...computeCodeHmac(code, number, rotated) }, before), RangeError)
})

t.test('the digest for the log covers scheme, key id and HMAC', async t => {
  const { hmac } = stored
  t.equal(digestStoredCode(stored), createHash('sha256').update(Buffer.concat([Buffer.from('2:k1:'), hmac])).digest('base64url'))
  const digests = [stored, { ...stored, scheme: 1 as const }, { ...stored, keyId: 'k2' }, { ...stored, hmac: Buffer.alloc(32) }].map(digestStoredCode)
  t.equal(new Set(digests).size, 4)
})
