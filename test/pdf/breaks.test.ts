import t from 'tap'
import fc from 'fast-check'
import { breakLines } from '../../src/pdf/breaks.js'

const letters = (text: string) => text.length

t.test('breaks text between words', async t => {
  t.strictSame(breakLines('one two three', 7, letters), ['one two', 'three'])
})

t.test('keeps no-break spaces together and prints them as spaces', async t => {
  t.strictSame(breakLines('by 4\u00a0December then', 12, letters), ['by', '4 December', 'then'])
})

t.test('breaks a long word at a seam, or else anywhere', async t => {
  t.strictSame(breakLines('https://host.example/activate', 14, letters), ['https://host.', 'example/', 'activate'])
  t.strictSame(breakLines('abcdefghij', 4, letters), ['abcd', 'efgh', 'ij'])
})

t.test('makes no line too wide and loses no letter', async () => {
  fc.assert(fc.property(fc.stringMatching(/^[a-zåäö/ .@-]{0,80}$/), fc.integer({ min: 1, max: 30 }), (text, width) => {
    const lines = breakLines(text, width, letters)
    return lines.every(line => letters(line) <= width) && lines.join('').replaceAll(' ', '') === text.replaceAll(' ', '')
  }))
})
