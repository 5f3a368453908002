import fc from 'fast-check'
import t from 'tap'
import { foldText, isMeaningful, lineSchema, normalizeText, splitFoldedWords } from '../../src/institution/text.js'

t.test('folds diacritics', async t => {
  t.equal(foldText('Łukasz Nguyễn-Đặng'), 'lukasz nguyen dang')
  t.equal(foldText('Åsa Öberg-Mäkinen'), 'asa oberg makinen')
  t.equal(foldText('Çağrı Yıldız'), 'cagri yildiz')
  t.equal(foldText('Søren Æbelø'), 'soren aebelo')
  t.equal(foldText('Þórður Guðmundsson'), 'thordur gudmundsson')
  t.equal(foldText('Œuvre Groß'), 'oeuvre gross')
})

t.test('folds case in any alphabet', async t => {
  t.equal(foldText('GROẞ'), foldText('groß'))
  t.equal(foldText('İSTANBUL'), foldText('istanbul'))
  t.equal(foldText('ОЛЬГА'), 'ольга')
  t.equal(foldText('ΟΔΥΣΣΕΥΣ'), foldText('Οδυσσεύς'))
})

t.test('joins at apostrophes and splits at hyphens and other punctuation', async t => {
  for (const name of ["O'Brien", 'O’Brien', 'O´Brien', 'O`Brien', 'OʼBrien']) t.equal(foldText(name), 'obrien', name)
  t.equal(foldText('Anna-Liisa  von_der Leyen, jr.'), 'anna liisa von der leyen jr')
  t.equal(foldText('matti.virtanen@example.org'), 'matti virtanen example org')
})

t.test('treats composed and decomposed letters alike', async t => {
  t.equal(foldText('Ma\u0308kinen'), foldText('M\u00e4kinen'))
})

t.test('keeps letters of other scripts', async t => {
  t.equal(foldText('李小龍'), '李小龍')
  t.equal(foldText('कमला'), 'कमला')
})

t.test('treats control characters, wildcards and quotes as separators', async t => {
  t.equal(foldText('\0a\u200bb%_\\\'"; drop'), 'ab drop')
  t.strictSame(splitFoldedWords(' %_\\ \u0000 '), [])
})

t.test('keeps the order of words', async t => {
  t.strictSame(splitFoldedWords(' Virtanen,  Matti Juhani '), ['virtanen', 'matti', 'juhani'])
})

t.test('is idempotent for every character', async t => {
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const folded = foldText(String.fromCodePoint(point))
    if (foldText(folded) !== folded) t.fail(`U+${point.toString(16)} folds to ${folded}, then to ${foldText(folded)}`)
  }
})

t.test('is idempotent for any text and leaves words and single spaces', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
    const folded = foldText(text)
    return foldText(folded) === folded && folded === splitFoldedWords(text).join(' ') && !/^ | $|\s\s|[%_\\'"\0]/.test(folded)
  }), { numRuns: 2000 })
})

t.test('ignores case for the letters of European names', async () => {
  const letter = fc.constantFrom(...'aäåbcçčdđðeéèęfgğhiíıjklłmnñńoöøőpqrřsśšşßtţuüűvwxyýzźżžþæœ -\'')
  fc.assert(fc.property(fc.string({ unit: letter, maxLength: 40 }), text => foldText(text) === foldText(text.toUpperCase())))
})

t.test('composes typed text and normalises its spaces', async t => {
  t.equal(normalizeText('  Kauppakatu \u00a0 5 '), 'Kauppakatu 5')
  t.equal(normalizeText('A\u0308a\u0308nekoski'), 'Äänekoski')
})

t.test('refuses invisible and unprintable characters', async t => {
  for (const invisible of ['\u0000', '\u0007', '\n', '\u200b', '\u00ad', '\u202e', '\u2060', '\ufeff', '\ud800']) {
    t.strictSame(lineSchema(20).safeParse(`a${invisible}b`).error?.issues.map(({ message }) => message), ['control-characters'], JSON.stringify(invisible))
  }
  t.equal(lineSchema(20).parse(' Łukasz Nguyễn '), 'Łukasz Nguyễn')
})

t.test('requires a letter or a digit in a reason or a reference', async t => {
  for (const nothing of ['', ' ', '-', '…', '\u2800', '???']) t.notOk(isMeaningful(nothing), JSON.stringify(nothing))
  for (const something of ['7', 'á', 'Ольга', 'REQ-1']) t.ok(isMeaningful(something), something)
})
