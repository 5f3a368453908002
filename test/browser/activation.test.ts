import type { Page } from 'playwright-core'
import t from 'tap'
import { insertSlips } from '../helpers/insert-slips.js'
import { findAccountWithoutSlip, fillIdentityCheck, collectBrowserErrors, waitUntilPrinted, openWindow, startApp, signInAs } from './harness.js'
import { scanRegion, readBarcodes } from './scan-paper.js'

const served = await startApp(t)
const password = 'seitsemän harmaata haikaraa'

t.test('activates from the printed QR code, once', async t => {
  const { username, paper } = await issueAtCounter()
  const scanned = /^QR-Code:(.*)$/m.exec(readBarcodes(scanRegion(paper, { dotsPerInch: 150, colours: '-gray' }, [0, 149, 210, 48])))?.[1]
  const code = scanned?.split('#')[1] ?? ''
  t.match(scanned, new RegExp(`^${served.address}/activate#[2-9A-HJKMNP-Z]{5}-`))

  const phone = await openWindow(served, { language: 'fi', width: 390, touch: true })
  const page = await phone.newPage()
  const complaints = collectBrowserErrors(page)
  const asked: string[] = []
  page.on('request', request => asked.push(request.url(), JSON.stringify(request.headers())))
  await page.goto(scanned!)
  await page.locator('[data-code-read]').waitFor()
  t.equal(page.url(), `${served.address}/activate`, 'the address bar no longer has the code')
  t.equal(await page.inputValue('#code'), code)
  await page.fill('#code', '')
  await page.goto(scanned!)
  await page.waitForURL(`${served.address}/activate`)
  t.equal(await page.inputValue('#code'), code, 'also when the QR code is scanned again while the page is open')

  await page.fill('#username', username)
  await choosePassword(page)
  await Promise.all([page.waitForURL(/\/activate\/done/), page.locator('.panel-foot .primary').tap()])
  t.match(await page.textContent('h1'), /Salasanasi on asetettu/)
  await page.reload()
  t.match(await page.textContent('h1'), /Salasanasi on asetettu/)
  t.notOk(asked.some(text => text.includes(code) || text.includes(code.replaceAll('-', ''))), 'no address and no header had the code')

  await page.locator('a[href^="/my-account"]').tap()
  await page.fill('#username', username)
  await page.fill('#password', password)
  await page.locator('.panel-foot .primary').tap()
  await page.locator('h1', { hasText: 'Salasanasi toimii' }).waitFor()

  await page.goto(scanned!)
  await page.fill('#username', username)
  await choosePassword(page)
  await page.locator('.panel-foot .primary').tap()
  await page.locator('h1', { hasText: 'ei hyväksytty' }).waitFor()
  t.strictSame((await phone.cookies()).map(cookie => cookie.name).sort(), ['language', 'slipdesk-visitor', 'theme'], 'no cookie except the form’s and the two of the test')
  t.strictSame(complaints, [])
})

t.test('advises on length, shows passwords, keeps the code across languages', async t => {
  const [slip] = await insertSlips(served, [{ channel: 'counter', state: 'handed-over', place: 'holder' }])
  const page = await (await openWindow(served, { width: 390 })).newPage()
  await page.goto(`/activate#${slip!.code.reveal()}`)
  await page.click('button[value="sv"]')
  await page.locator('h1', { hasText: 'Ta ditt konto i bruk' }).waitFor()
  t.equal(await page.inputValue('#code'), slip!.code.reveal())

  await page.fill('#username', slip!.username)
  await page.fill('#password', 'sju grå')
  await page.locator('.length', { hasText: '7 tecken hittills. Minst 15 behövs.' }).waitFor()
  await page.fill('#password', password)
  await page.locator('.length.enough', { hasText: 'Tillräckligt långt: 27 tecken.' }).waitFor()
  await page.check('[data-show-passwords] input')
  t.equal(await page.getAttribute('#passwordAgain', 'type'), 'text')
  await choosePassword(page)
  await Promise.all([page.waitForURL(/\/activate\/done\?language=sv/), page.press('#passwordAgain', 'Enter')])
})

t.test('works without JavaScript when the code is typed', async t => {
  const [slip] = await insertSlips(served, [{ channel: 'counter', state: 'handed-over', place: 'holder' }])
  const page = await (await openWindow(served, { width: 390, javaScript: false })).newPage()
  await page.goto('/activate')
  t.notOk(await page.isVisible('[data-show-passwords]'), 'the switch for showing passwords is hidden')
  await page.fill('#username', slip!.username)
  await page.fill('#code', slip!.code.reveal().toLowerCase())
  await choosePassword(page)
  await Promise.all([page.waitForURL(/\/activate\/done/), page.click('.panel-foot .primary')])
})

async function choosePassword (page: Page): Promise<void> {
  for (const field of ['#password', '#passwordAgain']) await page.fill(field, password)
  await page.check('#rules')
}

/** Issues a counter slip as an agent and returns its PDF. */
async function issueAtCounter (): Promise<{ username: string, paper: Buffer }> {
  const id = await findAccountWithoutSlip(served, 'student', 'active')
  const { username } = await served.deps.db.selectFrom('accounts').select('username').where('id', '=', id).executeTakeFirstOrThrow()
  const context = await openWindow(served)
  await context.addInitScript('window.print = () => { window.top.printed = (window.top.printed ?? 0) + 1 }')
  const page = await signInAs(context, 'agent')
  await page.goto(`/accounts/${id}`)
  await fillIdentityCheck(page)
  let paper: Buffer = Buffer.alloc(0)
  await page.route('**/slips', async route => {
    const answer = await route.fetch()
    paper = await answer.body()
    await route.fulfill({ response: answer, body: paper })
  })
  await page.click('button[data-channel="counter"]')
  await waitUntilPrinted(page)
  await context.close()
  return { username, paper }
}
