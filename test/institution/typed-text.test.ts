import t from 'tap'
import { isMeaningful, normalizeText, lineSchema } from '../../src/institution/typed-text.js'

t.test('typed text is composed, with one space between words and none at the ends', async t => {
  t.equal(normalizeText('  Kauppakatu \u00a0 5 '), 'Kauppakatu 5')
  t.equal(normalizeText('A\u0308a\u0308nekoski'), 'Äänekoski')
})

t.test('what cannot be seen or printed is refused', async t => {
  for (const invisible of ['\u0000', '\u0007', '\n', '\u200b', '\u00ad', '\u202e', '\u2060', '\ufeff', '\ud800']) {
    t.match(lineSchema(20).safeParse(`a${invisible}b`), { success: false, error: { issues: [{ message: 'control-characters' }] } }, JSON.stringify(invisible))
  }
  t.equal(lineSchema(20).parse(' Łukasz Nguyễn '), 'Łukasz Nguyễn')
})

t.test('a reason or a reference needs a letter or a digit', async t => {
  for (const nothing of ['', ' ', '-', '…', '\u2800', '???']) t.notOk(isMeaningful(nothing), JSON.stringify(nothing))
  for (const something of ['7', 'á', 'Ольга', 'REQ-1']) t.ok(isMeaningful(something), something)
})
