import t from 'tap'
import { issueSlipNumber, buildIssueRequest } from '../helpers/issue-slips.js'
import { findAxeViolations, addCheckScripts } from './layout-checks.js'
import { collectBrowserErrors, waitUntilPrinted, openWindow, startApp, signInAs } from './harness.js'

t.test('posts letters with a printed list, scanned stickers and a correction', async t => {
  const served = await startApp(t)
  const token = await served.signIn('agent')
  const [first, second] = [await issueSlipNumber(served, token, await buildIssueRequest(served, 'annko4420', 'registered-letter')), await issueSlipNumber(served, token, await buildIssueRequest(served, 'aasob1415', 'registered-letter'))].sort() as [string, string]
  const context = await addCheckScripts(await openWindow(served, { width: 1280, bypassCSP: true }))
  // A test cannot see the browser's print dialog, so it counts the calls.
  await context.addInitScript('window.print = () => { window.top.printed = (window.top.printed ?? 0) + 1 }')
  const page = await signInAs(context, 'agent')
  const complaints = collectBrowserErrors(page)
  await page.click('nav a[href="/letters"] >> visible=true')

  const paper = page.waitForResponse('**/letters/posting-list.pdf')
  await page.click('[data-print-list]')
  t.equal((await paper).headers()['content-type'], 'application/pdf')
  await waitUntilPrinted(page)

  const field = (number: string, name: string) => page.locator(`[id="${number}.${name}"]`)
  /** A scanner types a number and presses Enter. */
  const scan = async (sticker: string) => {
    await page.keyboard.type(sticker)
    await page.keyboard.press('Enter')
  }
  await field(first, 'trackingNumber').focus()
  await scan('RR473124828FI')
  t.equal(await page.evaluate('document.activeElement.id'), `${second}.trackingNumber`, 'Enter moves to the next letter')
  await scan('RR123456785FI')
  t.ok(await page.evaluate('document.activeElement.matches("button")'), 'after the last letter, Enter moves to the button')
  await field(first, 'personalHandover').check()
  await field(second, 'personalHandover').check()
  await page.click('form[action="/letters"] .button.primary')

  await page.locator('[data-errors]').waitFor()
  t.match(await page.locator('[data-errors]').textContent(), /check digit does not match/)
  t.strictSame(await findAxeViolations(page), [])
  t.equal(await field(second, 'trackingNumber').inputValue(), 'RR123456785FI', 'the scanned number stays in the field')
  t.ok(await field(second, 'personalHandover').isChecked())
  await page.click('[data-errors] a')
  t.equal(await page.evaluate('document.activeElement.id'), `${first}.trackingNumber`, 'the link leads to the field')
  await page.keyboard.press('Control+A')
  await scan('RR473124829FI')
  await page.click('form[action="/letters"] .button.primary')

  await page.locator('.notice.ok', { hasText: 'Recorded as posted' }).waitFor()
  t.strictSame(await findAxeViolations(page), [])
  const posted = await served.deps.db.selectFrom('deliveries').select(['tracking_number', 'personal_handover']).orderBy('tracking_number').execute()
  t.strictSame(posted, [{ tracking_number: 'RR123456785FI', personal_handover: true }, { tracking_number: 'RR473124829FI', personal_handover: true }])

  await page.getByRole('button', { name: `Delivered: ${first}` }).click()
  await page.locator('.notice.ok', { hasText: `${first} has been recorded as delivered` }).waitFor()
  t.equal((await served.deps.db.selectFrom('slips').select('state').where('number', '=', first).executeTakeFirstOrThrow()).state, 'delivered')
  t.strictSame(complaints, [])
})

t.test('sends envelopes and opens their list for printing once', async t => {
  const served = await startApp(t)
  const token = await served.signIn('agent')
  for (const username of ['lukng2101', 'olgka2290']) await issueSlipNumber(served, token, await buildIssueRequest(served, username, 'porter'))
  const context = await openWindow(served)
  await context.addInitScript('window.print = () => { window.top.printed = (window.top.printed ?? 0) + 1 }')
  const page = await signInAs(context, 'agent')
  await page.goto('/dispatches')
  const button = page.locator('[data-ticked] .button.primary')
  t.match(await button.textContent(), /Send 2 envelopes to Arabia porters and print the list/)
  await page.locator('[name="numbers"]').first().uncheck()
  t.match(await button.textContent(), /Send 1 envelope to/, 'the button shows the number of ticked envelopes')
  await page.locator('[name="numbers"]').first().check()
  await button.click()
  await waitUntilPrinted(page)
  t.match(await page.locator('.notice.ok').textContent(), /2 envelopes have been sent to Arabia porters/)
  await page.reload()
  await page.locator('[data-print-list]').waitFor()
  t.equal(await page.evaluate('window.printed'), undefined, 'a reload prints nothing')
})
