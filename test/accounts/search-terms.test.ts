import t from 'tap'
import { leadersOf, linePatterns, searchTerms } from '../../src/accounts/search-terms.js'

t.test('what was typed is folded into terms', async t => {
  t.strictSame(searchTerms(' VIRT.  mät% '), ['virt', 'mat'])
  t.strictSame(searchTerms('%_\\'), [])
})

t.test('two words of a name lead together, the longest first', async t => {
  t.strictSame(leadersOf(['mat', 'virt']), ['virt', 'mat'])
  t.strictSame(leadersOf(['a', 'matti', 'virtanen']), ['virtanen', 'matti'])
})

t.test('an identifier leads alone once it is rare', async t => {
  t.strictSame(leadersOf(['virtanen', 'matti', '2100523']), ['2100523'])
  t.strictSame(leadersOf(['virtanen', 'matti', '2']), ['virtanen', 'matti'])
  t.strictSame(leadersOf(['virtanen', '2']), ['virtanen'])
})

t.test('terms that do not lead begin any word', async t => {
  t.strictSame(linePatterns(['virt', '21'], ['virt']), [['% 21%', '%\t21%']])
})

t.test('terms that begin alike need a word of the name each', async t => {
  t.strictSame(linePatterns(['matti', 'm'], ['matti', 'm']), [['% m% m%']])
  t.strictSame(linePatterns(['m', 'm', 'ma'], ['ma', 'm']), [['% m% m% m%']])
})
