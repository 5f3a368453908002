import t from 'tap'
import { buildTestApp } from '../../helpers/app.js'
import { issueSlipNumber, buildIssueRequest } from '../../helpers/issue-slips.js'
import { createPageClient } from '../../helpers/page-client.js'

const test = await buildTestApp(t)
const agent = await test.signIn('agent')
const browser = createPageClient(test.app)
await browser.signIn('agent')

/** Returns the panel of a slip in one language, with plain spaces. */
async function panelOf (number: string, language: 'fi' | 'sv' | 'en'): Promise<string> {
  browser.cookies.set('language', language)
  return (await browser.get(`/slips/${number}/issued`)).body.replace(/[\s\u00a0]+/g, ' ')
}

t.test('shows the same expiry on the screen as on the paper', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'matvi1207'))
  t.match(await panelOf(number, 'fi'), 'Voimassa torstaihin 26. marraskuuta 2026 asti.')
  t.match(await panelOf(number, 'sv'), 'Giltig till och med torsdag den 26 november 2026.')
  t.match(await panelOf(number, 'en'), 'Valid until Thursday 26 November 2026.')
})

t.test('shows the collection deadline of a porter slip', async t => {
  const number = await issueSlipNumber(test, agent, await buildIssueRequest(test, 'lukng2101', 'porter'))
  t.match(await panelOf(number, 'fi'), /Nouda viimeistään torstaina 3\. joulukuuta klo \d+\.\d\d; voimassa 7 päivää noudosta\./)
  t.match(await panelOf(number, 'sv'), /Hämta senast torsdag den 3 december kl\. \d+\.\d\d; giltig i 7 dagar därefter\./)
  t.match(await panelOf(number, 'en'), /Collect by Thursday 3 December \d+\.\d\d; then valid 7 days\./)
})
