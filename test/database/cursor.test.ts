import t from 'tap'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../src/database/cursor.js'

const key = z.tuple([z.string(), z.number()])
const badCursor = { name: 'InvalidInput', errors: [{ path: 'cursor', message: 'cursor' }] }

t.test('decodes a cursor to its key', async t => {
  t.strictSame(decodeCursor('slips', encodeCursor('slips', ['Ольга', 3]), key), ['Ольга', 3])
})

t.test('refuses a cursor of another list', async t => {
  t.throws(() => decodeCursor('slips', encodeCursor('accounts', ['a', 3]), key), badCursor)
})

t.test('refuses what is not a cursor', async t => {
  for (const text of ['', '!', 'abc', '%00', 'null', '\0', 'x'.repeat(200_000), Buffer.from('{"a":1}').toString('base64url')]) {
    t.throws(() => decodeCursor('slips', text, key), badCursor)
  }
})

t.test('refuses a key of another shape or with a NUL', async t => {
  t.throws(() => decodeCursor('slips', encodeCursor('slips', ['a', 'b']), key), badCursor)
  t.throws(() => decodeCursor('slips', encodeCursor('slips', ['a\0', 1]), key), badCursor)
})
