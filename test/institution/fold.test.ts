import t from 'tap'
import fc from 'fast-check'
import { fold, words } from '../../src/institution/fold.js'

t.test('a name is found without its diacritics', async t => {
  t.equal(fold('Łukasz Nguyễn-Đặng'), 'lukasz nguyen dang')
  t.equal(fold('Åsa Öberg-Mäkinen'), 'asa oberg makinen')
  t.equal(fold('Çağrı Yıldız'), 'cagri yildiz')
  t.equal(fold('Søren Æbelø'), 'soren aebelo')
  t.equal(fold('Þórður Guðmundsson'), 'thordur gudmundsson')
  t.equal(fold('Œuvre Groß'), 'oeuvre gross')
})

t.test('case does not matter, in any alphabet', async t => {
  t.equal(fold('GROẞ'), fold('groß'))
  t.equal(fold('İSTANBUL'), fold('istanbul'))
  t.equal(fold('ОЛЬГА'), 'ольга')
  t.equal(fold('ΟΔΥΣΣΕΥΣ'), fold('Οδυσσεύς'))
})

t.test('apostrophes join, hyphens and other punctuation part', async t => {
  for (const name of ["O'Brien", 'O’Brien', 'O´Brien', 'O`Brien', 'OʼBrien']) t.equal(fold(name), 'obrien', name)
  t.equal(fold('Anna-Liisa  von_der Leyen, jr.'), 'anna liisa von der leyen jr')
  t.equal(fold('matti.virtanen@example.org'), 'matti virtanen example org')
})

t.test('composed and decomposed letters are the same', async t => {
  t.equal(fold('Ma\u0308kinen'), fold('M\u00e4kinen'))
})

t.test('letters of other scripts stay', async t => {
  t.equal(fold('李小龍'), '李小龍')
  t.equal(fold('कमला'), 'कमला')
})

t.test('control characters, wildcards and quotes are no letters', async t => {
  t.equal(fold('\0a\u200bb%_\\\'"; drop'), 'ab drop')
  t.strictSame(words(' %_\\ \u0000 '), [])
})

t.test('words come in the order of the text', async t => {
  t.strictSame(words(' Virtanen,  Matti Juhani '), ['virtanen', 'matti', 'juhani'])
})

t.test('what is folded stays as it is, for every character there is', async t => {
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const folded = fold(String.fromCodePoint(point))
    if (fold(folded) !== folded) t.fail(`U+${point.toString(16)} folds to ${folded}, then to ${fold(folded)}`)
  }
})

t.test('folding a text twice is folding it once, and leaves only words and single spaces', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
    const folded = fold(text)
    return fold(folded) === folded && folded === words(text).join(' ') && !/^ | $|\s\s|[%_\\'"\0]/.test(folded)
  }), { numRuns: 2000 })
})

t.test('case never decides for the letters of European names', async () => {
  const letter = fc.constantFrom(...'aäåbcçčdđðeéèęfgğhiíıjklłmnñńoöøőpqrřsśšşßtţuüűvwxyýzźżžþæœ -\'')
  fc.assert(fc.property(fc.string({ unit: letter, maxLength: 40 }), text => fold(text) === fold(text.toUpperCase())))
})
