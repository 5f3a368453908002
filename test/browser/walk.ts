/** A walk through every page of the house, in one look after another: axe finds nothing, in light and in dark, and nothing sticks out. */
import type { Test } from 'tap'
import type { Language } from '../../src/institution/words.js'
import { axeFindings, axeFindingsInTheme, sticksOut, withEyes } from './eyes.js'
import { openTabs, openWindow, serve, type Look, type Served } from './harness.js'
import { pagesOfTheHouse, type PageOfTheHouse } from './pages.js'

export interface WalkLook extends Omit<Look, 'theme'> {
  readonly language: Language
  readonly width: number
  /** A narrower window, in which the page must still fit. */
  readonly narrower?: number
  /** Only whether it fits: what axe looks at is asked in another look. */
  readonly onlyFits?: true
}

export async function walk (t: Test, looks: readonly WalkLook[]): Promise<void> {
  const served = await serve(t)
  const addresses = new Map<PageOfTheHouse, string>()
  for (const one of pagesOfTheHouse) addresses.set(one, typeof one.at === 'string' ? one.at : await one.at(served))
  for (const look of looks) {
    await t.test(`${look.language}, ${look.width} px`, async t => await walkIn(t, served, addresses, look))
  }
}

async function walkIn (t: Test, served: Served, addresses: ReadonlyMap<PageOfTheHouse, string>, look: WalkLook): Promise<void> {
  const tabs = openTabs(async () => await withEyes(await openWindow(served, { ...look, theme: 'light', bypassCSP: true })))
  for (const one of pagesOfTheHouse) {
    const page = await tabs.of(one.as)
    await page.setViewportSize({ width: look.width, height: 900 })
    await page.goto(addresses.get(one)!)
    await one.then?.(page)
    if (look.onlyFits === undefined) {
      t.strictSame(await axeFindings(page), [], `${one.name} at ${look.width} px: axe finds nothing`)
      t.strictSame(await axeFindingsInTheme(page, 'dark'), [], `${one.name} at ${look.width} px: nor in the dark`)
    }
    for (const width of [look.width, look.narrower ?? look.width]) {
      await page.setViewportSize({ width, height: 900 })
      t.strictSame(await sticksOut(page), [], `${one.name} at ${width} px: nothing sticks out`)
    }
  }
  await tabs.close()
}
