import { randomBytes } from 'node:crypto'
import t from 'tap'
import { activationCode } from '../../src/slips/activation-code.js'
import { holdsActivationCode, keptText, withoutCodes } from '../../src/slips/kept-text.js'
import { slipNumber } from '../../src/slips/slip-number.js'

t.test('no text that is kept holds an activation code, however it is written', async t => {
  for (let i = 0; i < 200; i++) {
    const code = activationCode(randomBytes).reveal()
    const bare = code.replaceAll('-', '')
    for (const text of [code, code.toLowerCase(), bare, code.replaceAll('-', ' '), [...bare].join(' '), `read it to me: ${code}.`, `(${bare})`, `https://slipdesk.example.org/activate#${code}`]) {
      if (!holdsActivationCode(text)) t.fail(`not seen in ${text.replace(code, 'CODE')}`)
    }
  }
  t.match(keptText(200).safeParse(activationCode(randomBytes).reveal()), { success: false, error: { issues: [{ message: 'holds-a-code' }] } })
})

t.test('what people write otherwise is kept', async t => {
  const texts = ['A new surname since marriage, certificate seen', 'REQ-20417', 'not-collected', 'damaged: torn at the edge', 'Łukasz Nguyễn-Đặng', '12345-67890-12345', 'AAAAA-BBBBB-CCCCC', '']
  t.strictSame(texts.filter(holdsActivationCode), [])
  for (let i = 0; i < 200; i++) if (holdsActivationCode(`Slip ${slipNumber(randomBytes)}`)) t.fail('a slip number is no code')
  t.equal(keptText(200).parse('  a   note '), 'a note')
})

t.test('a form is shown again without a code that was typed into it', async t => {
  t.strictSame(withoutCodes({ reason: 'other', note: activationCode(randomBytes).reveal() }), { reason: 'other', note: '' })
})
