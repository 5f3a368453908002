import type { Page } from 'playwright-core'
import t from 'tap'
import { DEMO_PASSWORD } from '../../src/demo/staff.js'
import { findAccountWithoutSlip, fillIdentityCheck, openWindow, startApp, signInAs } from './harness.js'

const served = await startApp(t)

t.test('says what to do and keeps the form when the connection breaks', async t => {
  const { page } = await fillIssueForm()
  await page.route('**/slips', async route => await route.abort())
  await page.click('button[data-channel="counter"]')

  await page.locator('[data-lost]').waitFor()
  t.match(await page.locator('[data-lost]').textContent(), /open that slip and choose “Void and print a new slip”/)
  t.equal(await page.inputValue('[name="identityCheck.validUntil"]'), '31.12.2030')
})

t.test('makes one slip on a double click', async t => {
  const { page, accountId } = await fillIssueForm()
  await page.dblclick('button[data-channel="counter"]')
  await page.locator('h1', { hasText: 'has been issued' }).waitFor()
  t.strictSame(await listSlipStates(accountId), ['handed-over'])
})

t.test('voids a slip and prints the next with one click after a paper jam', async t => {
  const { page, accountId } = await fillIssueForm()
  await page.click('button[data-channel="counter"]')
  await page.click('text=Void and print a new slip')
  await page.locator('text=was voided').waitFor()
  t.strictSame(await listSlipStates(accountId), ['handed-over', 'voided'])
})

t.test('keeps a rejected form and focuses the summary', async t => {
  const { page } = await fillIssueForm()
  await page.fill('[name="identityCheck.validUntil"]', '30.2.2027')
  await page.click('button[data-channel="counter"]')
  await page.locator('[data-errors]').waitFor()
  t.ok(await page.evaluate('document.activeElement.matches("[data-errors]")'), 'the summary has the focus')
  t.equal(await page.inputValue('[name="identityCheck.validUntil"]'), '30.2.2027')
  t.ok(await page.isChecked('[name="identityCheck.photoMatches"]'))
  await page.click('[data-errors] a')
  t.equal(await page.evaluate('document.activeElement.name'), 'identityCheck.validUntil', 'the link leads to the field')
})

t.test('does not issue a slip for someone else who has signed in in another tab', async t => {
  const { page, accountId } = await fillIssueForm()
  const other = await page.context().newPage()
  await other.goto('/accounts')
  await other.click('form[action="/sign-out"] button >> visible=true')
  await other.fill('[name="login"]', 'student-affairs')
  await other.fill('[name="password"]', DEMO_PASSWORD)
  await other.click('.panel-foot .primary')
  await other.locator('text=Johanna Lindqvist >> visible=true').waitFor()
  await page.click('button[data-channel="counter"]')
  await page.locator('[data-errors]').waitFor()
  t.ok(await page.evaluate('document.activeElement.matches("[data-errors]")'), 'the notice has the focus')
  t.match(await page.locator('[data-errors]').textContent(), /signed in as Johanna Lindqvist/)
  t.match(await page.locator('header .who >> visible=true').textContent(), /Johanna Lindqvist/)
  t.equal(await page.inputValue('[name="identityCheck.validUntil"]'), '31.12.2030')
  t.notOk(await page.isChecked('[name="identityCheck.photoMatches"]'))
  t.strictSame(await listSlipStates(accountId), [])
})

/** Fills in a counter issue for an account without a slip, ready to submit. */
async function fillIssueForm (): Promise<{ page: Page, accountId: string }> {
  const accountId = await findAccountWithoutSlip(served, 'student', 'active')
  const context = await openWindow(served)
  await context.addInitScript('window.print = () => {}')
  const page = await signInAs(context, 'agent')
  await page.goto(`/accounts/${accountId}`)
  await fillIdentityCheck(page)
  return { page, accountId }
}

async function listSlipStates (accountId: string): Promise<string[]> {
  const slips = await served.deps.db.selectFrom('slips').select('state').where('account_id', '=', accountId).orderBy('state').execute()
  return slips.map(slip => slip.state)
}
