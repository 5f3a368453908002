/** Starts Slipdesk on a port and opens it in Chromium. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Language } from '../../src/institution/vocabulary.js'
import type { Theme } from '../../src/http/fastify-types.js'
import { DEMO_PASSWORD } from '../../src/demo/staff.js'
import { buildTestApp, type TestApp } from '../helpers/app.js'

export interface ServedApp extends TestApp {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly address: string
  readonly browser: Browser
}

export interface WindowOptions {
  readonly language?: Language
  readonly theme?: Theme
  readonly width?: number
  readonly touch?: boolean
  readonly javaScript?: boolean
  /** Lets a test inject scripts into a page despite its content security policy. */
  readonly bypassCSP?: boolean
}

/** The path of Chromium. The environment variable `CHROMIUM` overrides it. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const chromiumFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Starts the demo institution and a browser. Both stop when the test ends. */
export async function startApp (t: Test): Promise<ServedApp> {
  const port = await findFreePort()
  const address = `http://127.0.0.1:${port}`
  const testApp = await buildTestApp(t, { publicUrl: address })
  await testApp.app.listen({ host: '127.0.0.1', port })
  const browser = await startBrowser(t)
  return { ...testApp, address, browser }
}

/** Finds a free port. The app needs it before it listens, because printed slips contain the address. */
async function findFreePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts a browser without a server. */
export async function startBrowser (t: Test): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  t.teardown(async () => await browser.close())
  return browser
}

/** Opens a new browser window with the given language, theme and size. */
export async function openWindow ({ browser, address }: ServedApp, look: WindowOptions = {}): Promise<BrowserContext> {
  const { language = 'en', theme = 'light', width = 1280, touch = false, javaScript = true, bypassCSP = false } = look
  const context = await browser.newContext({
    baseURL: address, viewport: { width, height: 900 }, hasTouch: touch, javaScriptEnabled: javaScript, bypassCSP, reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(15_000)
  const { hostname: domain } = new URL(address)
  await context.addCookies([
    { name: 'language', value: language, domain, path: '/' },
    { name: 'theme', value: theme, domain, path: '/' },
  ])
  return context
}

/** Signs in through the form and returns the page that opens. */
export async function signInAs (context: BrowserContext, login: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.fill('#login', login)
  await page.fill('#password', DEMO_PASSWORD)
  await Promise.all([page.waitForURL(url => url.pathname !== '/sign-in'), page.press('#password', 'Enter')])
  return page
}

/** Opens one signed-in tab per login (undefined: a visitor) and reuses it, because opening a tab is slow. */
export function openTabs (openOne: () => Promise<BrowserContext>): { of (login: string | undefined): Promise<Page>, close (): Promise<void> } {
  const tabs = new Map<string | undefined, Page>()
  return {
    of: async login => {
      const known = tabs.get(login)
      if (known !== undefined) return known
      const context = await openOne()
      const page = login === undefined ? await context.newPage() : await signInAs(context, login)
      tabs.set(login, page)
      return page
    },
    close: async () => {
      for (const page of tabs.values()) await page.context().close()
    },
  }
}

/** Collects all errors of the page and its console, except failed loads. */
export function collectBrowserErrors (page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
  })
  return complaints
}

/** Returns the id of the first demo account of an affiliation and status that has no slip. */
export async function findAccountWithoutSlip ({ deps }: ServedApp, affiliation: string, status: string): Promise<string> {
  const account = await deps.db.selectFrom('accounts').select('id')
    .where('affiliation', '=', affiliation as 'student').where('status', '=', status as 'active')
    .where('id', 'not in', deps.db.selectFrom('slips').select('account_id'))
    .orderBy('username').executeTakeFirstOrThrow()
  return account.id
}

/** Fills in the identity check with a valid passport. */
export async function fillIdentityCheck (page: Page): Promise<void> {
  await page.check('[name="identityCheck.documentType"][value="passport"]')
  await page.fill('[name="identityCheck.validUntil"]', '31.12.2030')
  for (const tick of ['photoMatches', 'nameMatches', 'birthDateMatches']) {
    const box = page.locator(`[name="identityCheck.${tick}"]`)
    if (await box.count() > 0) await box.check()
  }
}

/** Issues a counter slip as the demo agent and returns its number. */
export async function issueCounterSlip (served: ServedApp): Promise<string> {
  const accountId = await findAccountWithoutSlip(served, 'student', 'active')
  const { birth_date: birthDate } = await served.deps.db.selectFrom('accounts').select('birth_date').where('id', '=', accountId).executeTakeFirstOrThrow()
  const identityCheck = {
    documentType: 'passport',
    issuingCountry: 'FI',
    validUntil: '2030-12-31',
    photoMatches: true,
    nameMatches: true,
    ...(birthDate === null ? {} : { birthDateMatches: true }),
  }
  const answer = await served.api(await served.signIn('agent'), { method: 'POST', url: '/slips', payload: { accountId, channel: 'counter', identityCheck } })
  if (answer.statusCode !== 201) throw new Error(`no slip: ${answer.body}`)
  return String(answer.headers['slip-number'])
}

/** Waits until the page has printed once. Polls, because the page's CSP forbids the eval of waitForFunction. */
export async function waitUntilPrinted (page: Page): Promise<void> {
  const deadline = Date.now() + 15_000
  while (await page.evaluate('window.printed') !== 1) {
    if (Date.now() > deadline) throw new Error('nothing was printed')
    await page.waitForTimeout(50)
  }
}
