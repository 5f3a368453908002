import type { Page } from 'playwright-core'
import t from 'tap'
import { findAccountWithoutSlip, waitUntilPrinted, openWindow, startApp, signInAs } from './harness.js'

t.test('issues a slip by keyboard alone', async t => {
  const served = await startApp(t)
  const { username } = await served.deps.db.selectFrom('accounts').select('username')
    .where('id', '=', await findAccountWithoutSlip(served, 'student', 'active')).executeTakeFirstOrThrow()
  const context = await openWindow(served)
  // A test cannot see the browser's print dialog, so it counts the calls.
  await context.addInitScript('window.print = () => { window.top.printed = (window.top.printed ?? 0) + 1 }')
  const page = await signInAs(context, 'agent')

  await page.keyboard.press('/')
  await page.keyboard.type(username)
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/)

  await pressTabUntil(page, '[name="identityCheck.documentType"]')
  await page.keyboard.press('Space')
  await pressTabUntil(page, '[name="identityCheck.validUntil"]')
  await page.keyboard.type('31.12.2030')
  for (const tick of ['photoMatches', 'nameMatches', 'birthDateMatches']) {
    if (await page.locator(`[name="identityCheck.${tick}"]`).count() === 0) continue
    await pressTabUntil(page, `[name="identityCheck.${tick}"]`)
    await page.keyboard.press('Space')
  }
  await pressTabUntil(page, 'button[data-channel="counter"]')
  const paper = page.waitForResponse(answer => answer.request().method() === 'POST')
  await page.keyboard.press('Enter')

  const answer = await paper
  t.equal(answer.status(), 201)
  t.equal(answer.headers()['content-type'], 'application/pdf')
  await waitUntilPrinted(page)
  await page.locator('h1', { hasText: answer.headers()['slip-number']! }).waitFor()
  t.equal(await page.evaluate('document.activeElement.name'), 'q', 'the search box has the focus again')
  const slips = await served.deps.db.selectFrom('slips').select(['number', 'state']).execute()
  t.strictSame(slips, [{ number: answer.headers()['slip-number'], state: 'handed-over' }])
})

/** Presses Tab until the element has the focus. */
async function pressTabUntil (page: Page, selector: string): Promise<void> {
  for (let stops = 0; stops < 40; stops++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
  }
  throw new Error(`no way to ${selector} by Tab`)
}
