import t from 'tap'
import fc from 'fast-check'
import { breakLines, paginateRows } from '../../src/pdf/breaks.js'

const countLetters = (text: string) => text.length

t.test('breaks a text between words', async t => {
  t.strictSame(breakLines('one two three', 7, countLetters), ['one two', 'three'])
})

t.test('keeps words together at a no-break space and prints it as a space', async t => {
  t.strictSame(breakLines('by 4\u00a0December then', 12, countLetters), ['by', '4 December', 'then'])
})

t.test('breaks a long word after a separator', async t => {
  t.strictSame(breakLines('https://host.example/activate', 14, countLetters), ['https://host.', 'example/', 'activate'])
})

t.test('breaks a long word without separators at the width', async t => {
  t.strictSame(breakLines('abcdefghij', 4, countLetters), ['abcd', 'efgh', 'ij'])
})

t.test('never exceeds the width and never loses a letter', async () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-zåäö/ .@-]{0,80}$/), fc.integer({ min: 1, max: 30 }), (text, width) => {
    const lines = breakLines(text, width, countLetters)
    return lines.every(line => countLetters(line) <= width) && lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '')
  }))
})

const available = { firstPage: 50, laterPages: 80 }

t.test('puts rows and closing block on one page if they fit', async t => {
  t.strictSame(paginateRows([10, 10], available, 30), [[0, 1]])
})

t.test('moves the last row to the page of the closing block', async t => {
  t.strictSame(paginateRows([10, 10, 10], available, 30), [[0, 1], [2]])
})

t.test('fills the first page and the later pages', async t => {
  t.strictSame(paginateRows(Array<number>(14).fill(10), available, 30), [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9, 10, 11, 12], [13]])
})

t.test('returns one page for a list without rows', async t => {
  t.strictSame(paginateRows([], available, 30), [[]])
})
