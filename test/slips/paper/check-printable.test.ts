import t from 'tap'
import { buildTestApp } from '../../helpers/app.js'
import { requireAccountId, homeAddress, postSlip } from '../../helpers/issue-slips.js'

t.test('refuses an address line with characters that the typeface lacks', async t => {
  const test = await buildTestApp(t)
  const answer = await postSlip(test, await test.signIn('agent'), {
    accountId: await requireAccountId(test, 'lukng2101'),
    channel: 'registered-letter',
    requestReference: 'REQ-1',
    letter: { recipient: 'Łukasz Nguyễn-Đặng', ...homeAddress, lines: ['中山路 12'] },
  })
  t.equal(answer.statusCode, 400)
  const { code, errors } = answer.json<{ code: string, errors: unknown }>()
  t.equal(code, 'validation-failed')
  t.strictSame(errors, [{ path: 'letter.lines.0', message: 'The slip cannot print these characters: 中 山 路. Enter the address in Latin letters.' }])
  t.strictSame(await test.deps.db.selectFrom('slips').selectAll().execute(), [])
})
