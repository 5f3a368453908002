import t from 'tap'
import { buildLinePatterns, extractIndexTerms, joinAdjacentTerms, parseSearchTerms, selectLeadingTerms } from '../../src/accounts/search-terms.js'

t.test('folds the query into terms', async t => {
  t.strictSame(parseSearchTerms(' VIRT.  mät% '), ['virt', 'mat'])
  t.strictSame(parseSearchTerms('%_\\'), [])
})

t.test('ignores document code and country of a machine-readable line', async t => {
  t.strictSame(parseSearchTerms('P<CHNZHANG<<WEI<<<<'), ['zhang', 'wei'])
  t.strictSame(parseSearchTerms(' p<hunnagy<kovacs<<anna'), ['nagy', 'kovacs', 'anna'])
  t.strictSame(parseSearchTerms('I<ESPGARCIA<<JOSE<MARIA<<<<<'), ['garcia', 'jose', 'maria'])
  t.strictSame(parseSearchTerms('P<D<<MUELLER<<HANS<<<<'), ['mueller', 'hans'])
  t.strictSame(parseSearchTerms('PMFINVIRTANEN<<MATTI'.padEnd(44, '<')), ['virtanen', 'matti'])
  t.strictSame(parseSearchTerms('PALMERSTON<<ANNA'), ['palmerston', 'anna'], 'no document code')
  t.strictSame(parseSearchTerms('ABDUL<RAHMAN'), ['abdul', 'rahman'])
  t.strictSame(parseSearchTerms('P<CHN'), ['p', 'chn'], 'no name')
})

t.test('joins two adjacent words, a limited number of times', async t => {
  t.strictSame(joinAdjacentTerms(['ali', 'abdul', 'rahman']), [['aliabdul', 'rahman'], ['ali', 'abdulrahman']])
  t.strictSame(joinAdjacentTerms(['ali']), [])
  t.equal(joinAdjacentTerms(Array.from({ length: 50 }, () => 'a')).length, 5)
})

t.test('indexes a name of two or three words closed up too', async t => {
  const words = (displayName: string, latinName: string | null = null) => extractIndexTerms({ displayName, latinName, username: '1', studentNumber: null }).words
  t.ok(words('佐藤 裕子').includes('佐藤裕子'))
  for (const name of ['张伟', '张 伟', 'Zhang Wei']) t.ok(words(name).includes('zhangwei'), name)
  t.ok(words('이서연', 'Lee Seo-yeon').includes('leeseoyeon'))
  t.notOk(words('Maria Anna Liisa Kivi').includes('mariaannaliisakivi'))
})

t.test('searches by two words of a name together, longest first', async t => {
  t.strictSame(selectLeadingTerms(['mat', 'virt']), ['virt', 'mat'])
  t.strictSame(selectLeadingTerms(['a', 'matti', 'virtanen']), ['virtanen', 'matti'])
})

t.test('searches by an identifier alone when it is rare', async t => {
  t.strictSame(selectLeadingTerms(['virtanen', 'matti', '2100523']), ['2100523'])
  t.strictSame(selectLeadingTerms(['virtanen', 'matti', '2']), ['virtanen', 'matti'])
  t.strictSame(selectLeadingTerms(['virtanen', '2']), ['virtanen'])
})

t.test('matches other terms at the start of any word', async t => {
  t.strictSame(buildLinePatterns(['virt', '21'], ['virt']), [['% 21%', '%\t21%', '%\v21%']])
})

t.test('matches terms with the same start to different words', async t => {
  t.strictSame(buildLinePatterns(['matti', 'm'], ['matti', 'm']), [['% m% m%']])
  t.strictSame(buildLinePatterns(['m', 'm', 'ma'], ['ma', 'm']), [['% m% m% m%']])
})

t.test('indexes an account by name, user name and student number', async t => {
  t.strictSame(extractIndexTerms({ latinName: null, displayName: 'Matti Virtanen', username: 'matvi1207', studentNumber: '2100523' }), {
    foldedName: 'matti virtanen',
    words: ['matti', 'virtanen', 'matvi1207', '2100523', 'mattivirtanen'],
    pairs: [['matti', 'virtanen'], ['virtanen', 'matti']],
    line: ' matti virtanen\tmatvi1207\t2100523\vmattivirtanen',
  })
})

t.test('indexes a repeated name as one word and one bigram', async t => {
  const found = extractIndexTerms({ latinName: null, displayName: 'Mohamed Mohamed', username: 'mohmo6629', studentNumber: null })
  t.strictSame(found.words, ['mohamed', 'mohmo6629', 'mohamedmohamed'])
  t.strictSame(found.pairs, [['mohamed', 'mohamed']])
})

t.test('treats a user name without digits as a possible name', async t => {
  const found = extractIndexTerms({ latinName: null, displayName: 'Aino Virtanen', username: 'agent', studentNumber: null })
  t.ok(found.pairs.some(pair => pair.join(' ') === 'agent aino'))
})

t.test('keeps index entries short for a very long name', async t => {
  const found = extractIndexTerms({ latinName: null, displayName: '\ufdfa'.repeat(200), username: 'a'.repeat(100), studentNumber: null })
  t.ok(Buffer.byteLength(found.line) < 1500)
  t.ok(found.words.every(word => Buffer.byteLength(word) <= 240))
  t.ok(found.pairs.length <= 120)
})

t.test('indexes the spellings of passports and transliterations as no further words', async t => {
  t.strictSame(extractIndexTerms({ displayName: 'Eero Mäkinen', latinName: null, username: 'e1', studentNumber: null }), {
    foldedName: 'eero makinen',
    words: ['eero', 'makinen', 'e1', 'eeromakinen', 'maekinen'],
    pairs: [['eero', 'makinen'], ['makinen', 'eero'], ['maekinen', 'eero'], ['eero', 'maekinen']],
    line: ' eero makinen\te1\veeromakinen\vmaekinen',
  })
  t.strictSame(extractIndexTerms({ displayName: 'Ольга Тестова', latinName: 'Olga Testova', username: 'o1', studentNumber: null }).line, ' ольга тестова olga testova\to1\vольгатестова\volgatestova\volha\volyga')
})

t.test('indexes words written together and apart', async t => {
  const words = (displayName: string) => extractIndexTerms({ displayName, latinName: null, username: '1', studentNumber: null }).words
  t.strictSame(words('Jean-Luc Picard'), ['jean', 'luc', 'picard', '1', 'jeanlucpicard', 'jeanluc'])
  t.strictSame(words('Siobhán O’Brien'), ['siobhan', 'obrien', '1', 'siobhanobrien', 'o', 'brien'])
  t.strictSame(words('Jan van der Berg'), ['jan', 'van', 'der', 'berg', '1', 'vanderberg'])
})
