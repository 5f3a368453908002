import type { Page } from 'playwright-core'
import t from 'tap'
import { findInvisibleFocus, addCheckScripts } from './layout-checks.js'
import { findAccountWithoutSlip, collectBrowserErrors, openTabs, openWindow, startApp, signInAs } from './harness.js'
import { pageCases } from './page-cases.js'

const served = await startApp(t)

t.test('no page violates its content security policy', async t => {
  const tabs = openTabs(async () => await openWindow(served))
  const complaints = new Map<Page, string[]>()
  for (const one of pageCases) {
    const page = await tabs.of(one.login)
    if (!complaints.has(page)) complaints.set(page, collectBrowserErrors(page))
    const answer = await page.goto(typeof one.url === 'string' ? one.url : await one.url(served))
    await one.prepare?.(page)
    t.match(answer?.headers()['content-security-policy'], /default-src 'none';.*style-src 'self'/, `${one.name}: has the policy`)
    t.strictSame(complaints.get(page)?.splice(0), [], `${one.name}: no complaint`)
  }
  await tabs.close()
})

t.test('shows the page in the chosen theme', async t => {
  for (const theme of ['light', 'dark'] as const) {
    const page = await (await openWindow(served, { theme })).newPage()
    await page.goto('/sign-in')
    t.equal(await page.evaluate('document.documentElement.dataset.theme'), theme)
    t.equal(await page.evaluate('getComputedStyle(document.documentElement).colorScheme'), theme)
  }
})

for (const forcedColors of ['none', 'active'] as const) {
  t.test(`shows the focus at every stop, forced colours: ${forcedColors}`, async t => {
    const context = await addCheckScripts(await openWindow(served, { bypassCSP: true }))
    const page = await signInAs(context, 'agent')
    await page.emulateMedia({ forcedColors })
    for (const at of ['/accounts', `/accounts/${await findAccountWithoutSlip(served, 'student', 'active')}`, '/slips']) {
      await page.goto(at)
      t.strictSame(await findInvisibleFocus(page, 40), [], at)
    }
  })
}

t.test('opens the menu and shows the chosen channel’s fields without JavaScript', async t => {
  const page = await signInAs(await openWindow(served, { javaScript: false, width: 390 }), 'agent')
  await page.goto(`/accounts/${await findAccountWithoutSlip(served, 'student', 'active')}`)
  await page.click('.top-menu summary')
  t.ok(await page.locator('.top-menu a[href="/slips"]').isVisible(), 'the menu is open')
  await page.check('[name="channel"][value="registered-letter"]')
  t.ok(await page.locator('[name="letter.postcode"]').isVisible(), 'the address can be typed')
  t.notOk(await page.locator('[name="identityCheck.validUntil"]').isVisible(), 'the document is not asked for')
})
