import canonicalize from 'canonicalize'
import t from 'tap'
import { parseEventId, formatLeaf } from '../../../src/audit/transparency-log/leaves.js'

t.test('writes JSON as the RFC 8785 examples do', async t => {
  const example = JSON.parse(`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
    "literals": [null, true, false]
  }`) as unknown
  // The bytes of the example in §3.2.4.
  const bytes = '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d'
  t.equal(Buffer.from(canonicalize(example)!).toString('hex'), bytes)
  // §3.2.3 sorts by UTF-16 code units, so the emoji precedes the dalet.
  const keys = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', דּ: 'Hebrew Letter Dalet With Dagesh', 1: 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', ö: 'Latin Small Letter O With Diaeresis' }
  t.equal(canonicalize(keys), '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}')
})

t.test('writes numbers as RFC 8785 Appendix B lists them', async t => {
  const numbers: ReadonlyArray<readonly [string, string]> = [
    ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'], ['ffefffffffffffff', '-1.7976931348623157e+308'], ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'], ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'], ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'], ['444b1ae4d6e2ef50', '1e+21'], ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'], ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'], ['41b3de4355555556', '333333333.3333334'], ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
  ]
  for (const [bits, text] of numbers) t.equal(canonicalize(Buffer.from(bits, 'hex').readDoubleBE()), text, bits)
  t.throws(() => canonicalize(Number.NaN))
  t.throws(() => canonicalize(Number.POSITIVE_INFINITY))
})

const event = {
  id: '0b54a0b5-1b84-4c1f-9c35-0d4f5d8f1f5e',
  at: '2026-11-19T07:30:00.000Z',
  kind: 'slip-issued',
  actor: 'staff:5f0c',
  slip: 'K7Q-XM2-P9V',
  account: '7d1a',
  service_point: 'helpdesk-karamalmi',
  facts: { channel: 'counter', live: true, 10: 1, 9: 2, digests: { reference: 'abc' } },
}

t.test('encodes an event as canonical JSON and omits missing fields', async t => {
  t.equal(formatLeaf(event), '{"account":"7d1a","actor":"staff:5f0c","at":"2026-11-19T07:30:00.000Z","facts":{"10":1,"9":2,"channel":"counter","digests":{"reference":"abc"},"live":true},"id":"0b54a0b5-1b84-4c1f-9c35-0d4f5d8f1f5e","kind":"slip-issued","servicePoint":"helpdesk-karamalmi","slip":"K7Q-XM2-P9V"}')
  t.equal(formatLeaf({ ...event, slip: null, account: null, service_point: null, facts: {} }), '{"actor":"staff:5f0c","at":"2026-11-19T07:30:00.000Z","facts":{},"id":"0b54a0b5-1b84-4c1f-9c35-0d4f5d8f1f5e","kind":"slip-issued"}')
  t.not(formatLeaf({ ...event, slip: '' }), formatLeaf({ ...event, slip: null }), 'empty is not absent')
  t.equal(parseEventId(formatLeaf(event)), event.id)
  t.equal(parseEventId('{"id":"x"}'), undefined)
})
