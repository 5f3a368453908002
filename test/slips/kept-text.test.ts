import { randomBytes } from 'node:crypto'
import t from 'tap'
import { generateActivationCode } from '../../src/slips/activation-code.js'
import { hasActivationCode, storableText, removeActivationCodes } from '../../src/slips/kept-text.js'
import { generateSlipNumber } from '../../src/slips/slip-number.js'

t.test('no text that is kept holds an activation code, however it is written', async t => {
  for (let i = 0; i < 200; i++) {
    const code = generateActivationCode(randomBytes).reveal()
    const bare = code.replaceAll('-', '')
    for (const text of [code, code.toLowerCase(), bare, code.replaceAll('-', ' '), [...bare].join(' '), `read it to me: ${code}.`, `(${bare})`, `https://slipdesk.example.org/activate#${code}`]) {
      if (!hasActivationCode(text)) t.fail(`not seen in ${text.replace(code, 'CODE')}`)
    }
  }
  t.match(storableText(200).safeParse(generateActivationCode(randomBytes).reveal()), { success: false, error: { issues: [{ message: 'holds-a-code' }] } })
})

t.test('what people write otherwise is kept', async t => {
  const texts = ['A new surname since marriage, certificate seen', 'REQ-20417', 'not-collected', 'damaged: torn at the edge', 'Łukasz Nguyễn-Đặng', '12345-67890-12345', 'AAAAA-BBBBB-CCCCC', '']
  t.strictSame(texts.filter(hasActivationCode), [])
  for (let i = 0; i < 200; i++) if (hasActivationCode(`Slip ${generateSlipNumber(randomBytes)}`)) t.fail('a slip number is no code')
  t.equal(storableText(200).parse('  a   note '), 'a note')
})

t.test('a form is shown again without a code that was typed into it', async t => {
  t.strictSame(removeActivationCodes({ reason: 'other', note: generateActivationCode(randomBytes).reveal() }), { reason: 'other', note: '' })
})
