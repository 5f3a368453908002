import t from 'tap'
import { collectBrowserErrors, openWindow, signInAs, startApp } from './harness.js'

const served = await startApp(t)
const code = '7K4MQ-XT9WB-2HNPD'
const bare = code.replaceAll('-', '')

/** What people paste and scanners type. */
const spellings = [bare, bare.toLowerCase(), code, code.replaceAll('-', ' '), code.replaceAll('-', '–'), code.replaceAll('-', '+'), `${served.address}/activate£${code}`, `${served.address}/activate#${bare}`, code.replaceAll('-', '\u00ad')]

t.test('removes a code from every search before it is sent', async t => {
  const context = await openWindow(served)
  const page = await signInAs(context, 'agent')
  const complaints = collectBrowserErrors(page)
  const asked: string[] = []
  page.on('request', request => asked.push(decodeURIComponent(request.url())))
  for (const [path, field] of [['/accounts', '#q'], ['/tell', '#q'], ['/slips', '#from'], ['/slips', '#finder']] as const) {
    await page.goto(path)
    // The field for a date has room for twenty characters.
    for (const spelling of spellings.filter(({ length }) => field !== '#from' || length <= 20)) {
      await page.fill(field, spelling.slice(0, -1))
      await page.locator(field).pressSequentially(spelling.slice(-1))
      await page.press(field, 'Enter')
      t.equal(await page.inputValue(field), '', `${field} of ${path}: ${spelling}`)
      t.match(await page.evaluate(`document.querySelector('${field}').validationMessage`), /It was removed and not stored/)
      t.equal(new URL(page.url()).search, '')
    }
  }
  t.notOk(asked.some(url => url.toUpperCase().replace(/[^A-Z0-9]/g, '').includes(bare.slice(0, 10))), 'no address had the code')
  t.strictSame(complaints, [])
})

t.test('sends no unfinished code while an agent types, and finds names as before', async t => {
  const page = await signInAs(await openWindow(served), 'agent')
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.locator('#q').pressSequentially(bare.slice(0, 14), { delay: 5 })
  await page.waitForTimeout(400)
  t.notOk(asked.some(url => url.includes(bare.slice(0, 10))))
  await page.fill('#q', 'matvi12')
  await page.locator('[data-outcome]', { hasText: 'matvi1207' }).waitFor()
  await Promise.all([page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/), page.press('#q', 'Enter')])
})

t.test('leaves nothing in the history without a script', async t => {
  const context = await openWindow(served, { javaScript: false })
  const page = await signInAs(context, 'agent')
  await page.goto('/accounts')
  await page.fill('#q', code)
  await Promise.all([page.waitForURL(/removed=code/), page.press('#q', 'Enter')])
  t.equal(page.url(), `${served.address}/accounts?removed=code`)
  t.match(await page.textContent('main .notice.warning'), /An activation code was removed/)
  await page.goBack()
  t.equal(page.url(), `${served.address}/accounts`)
})

t.test('lets a search go on after a code was removed', async t => {
  const page = await signInAs(await openWindow(served), 'agent')
  await page.fill('#q', code)
  t.equal(await page.inputValue('#q'), '')
  await page.waitForTimeout(2100)
  await page.fill('#q', 'lukng2101')
  await Promise.all([page.waitForURL(/\/accounts\/[0-9a-f-]{36}$/), page.press('#q', 'Enter')])
})
