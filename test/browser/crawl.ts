/** Opens every page with each set of options and checks it with axe, in light and dark, and for overflow. Names are long. */
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Language } from '../../src/institution/vocabulary.js'
import { findAxeViolations, findAxeViolationsInTheme, findOverflows, addCheckScripts } from './layout-checks.js'
import { openTabs, openWindow, startApp, type WindowOptions, type ServedApp } from './harness.js'
import { pageCases, type PageCase } from './page-cases.js'

export interface CrawlOptions extends Omit<WindowOptions, 'theme'> {
  readonly language: Language
  readonly width: number
  /** A narrower width at which the page must still fit. */
  readonly narrowWidth?: number
  /** Checks only for overflow. Other options run axe. */
  readonly layoutOnly?: true
}

export async function crawlPages (t: Test, looks: readonly CrawlOptions[]): Promise<void> {
  const served = await startApp(t)
  const addresses = new Map<PageCase, string>()
  for (const one of pageCases) addresses.set(one, typeof one.url === 'string' ? one.url : await one.url(served))
  await lengthenNames(served)
  for (const look of looks) {
    await t.test(`${look.language}, ${look.width} px`, async t => await crawlWithOptions(t, served, addresses, look))
  }
}

async function crawlWithOptions (t: Test, served: ServedApp, addresses: ReadonlyMap<PageCase, string>, look: CrawlOptions): Promise<void> {
  const tabs = openTabs(async () => await addCheckScripts(await openWindow(served, { ...look, theme: 'light', bypassCSP: true })))
  for (const one of pageCases) {
    const page = await tabs.of(one.login)
    await page.setViewportSize({ width: look.width, height: 900 })
    await page.goto(addresses.get(one)!)
    await one.prepare?.(page)
    if (look.layoutOnly === undefined) {
      t.strictSame(await findAxeViolations(page), [], `${one.name} at ${look.width} px: axe finds nothing`)
      t.strictSame(await findAxeViolationsInTheme(page, 'dark'), [], `${one.name} at ${look.width} px: nothing in dark either`)
    }
    t.strictSame(await findMachineDates(page), [], `${one.name}: every date is written for people`)
    for (const width of [look.width, look.narrowWidth ?? look.width]) {
      await page.setViewportSize({ width, height: 900 })
      t.strictSame(await findOverflows(page), [], `${one.name} at ${width} px: nothing overflows`)
    }
  }
  await tabs.close()
}

/** Gives every holder and member of staff a name without a place to break, and holders long user names. */
async function lengthenNames ({ deps: { db } }: ServedApp): Promise<void> {
  await sql`update accounts set display_name = ${`Wolfe${'schlegel'.repeat(7)}stein Hubert`}, username = rpad(username, 60, 'w') where erased_at is null`.execute(db)
  await sql`update staff set name = ${`Aino ${'Virtanen'.repeat(8)}`}`.execute(db)
}

/** Finds dates such as 2030-12-31 in the visible text. Only where a date may be typed like that does a text name the form. */
async function findMachineDates (page: Page): Promise<string[]> {
  const text = await page.locator('main').innerText()
  return [...text.matchAll(/\b(?!2030-12-31)\d{4}-\d{2}-\d{2}\b/g)].map(([date]) => date)
}
