import t from 'tap'
import { selectLeadingTerms, buildLinePatterns, parseSearchTerms } from '../../src/accounts/search-terms.js'

t.test('what was typed is folded into terms', async t => {
  t.strictSame(parseSearchTerms(' VIRT.  mät% '), ['virt', 'mat'])
  t.strictSame(parseSearchTerms('%_\\'), [])
})

t.test('two words of a name lead together, the longest first', async t => {
  t.strictSame(selectLeadingTerms(['mat', 'virt']), ['virt', 'mat'])
  t.strictSame(selectLeadingTerms(['a', 'matti', 'virtanen']), ['virtanen', 'matti'])
})

t.test('an identifier leads alone once it is rare', async t => {
  t.strictSame(selectLeadingTerms(['virtanen', 'matti', '2100523']), ['2100523'])
  t.strictSame(selectLeadingTerms(['virtanen', 'matti', '2']), ['virtanen', 'matti'])
  t.strictSame(selectLeadingTerms(['virtanen', '2']), ['virtanen'])
})

t.test('terms that do not lead begin any word', async t => {
  t.strictSame(buildLinePatterns(['virt', '21'], ['virt']), [['% 21%', '%\t21%']])
})

t.test('terms that begin alike need a word of the name each', async t => {
  t.strictSame(buildLinePatterns(['matti', 'm'], ['matti', 'm']), [['% m% m%']])
  t.strictSame(buildLinePatterns(['m', 'm', 'ma'], ['ma', 'm']), [['% m% m% m%']])
})
