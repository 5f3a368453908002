/** What the tests of looks see in a page, through scripts of their own; the window must bypass the page's policy. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import type { Theme } from '../../src/http/fastify-types.js'
import { projectRoot } from '../../src/paths.js'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const inThePage = await readFile(new URL('test/browser/in-the-page.js', projectRoot), 'utf8')
const levels = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** Gives every page of this window axe and our own questions. */
export async function withEyes (context: BrowserContext): Promise<BrowserContext> {
  await context.addInitScript(`${axe}\n${inThePage}`)
  return context
}

/** One line for each finding of axe on WCAG 2.2, levels A and AA. */
export async function axeFindings (page: Page): Promise<string[]> {
  return await page.evaluate(`look.findings(${JSON.stringify(levels)})`)
}

/** The same in another theme, which the page wears from then on. */
export async function axeFindingsInTheme (page: Page, theme: Theme): Promise<string[]> {
  return await page.evaluate(`look.findingsInTheme(${JSON.stringify(levels)}, ${JSON.stringify(theme)})`)
}

/** One line for each element that makes the page scroll sideways or whose text is cut. */
export async function sticksOut (page: Page): Promise<string[]> {
  return await page.evaluate('look.sticksOut()')
}

/** Tabs through the page and gives the elements whose focus cannot be seen. */
export async function unseenFocus (page: Page, stops: number): Promise<string[]> {
  const unseen: string[] = []
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press('Tab')
    const outline: { element: string, visible: boolean } | null = await page.evaluate('look.outlineOfFocus()')
    if (outline?.visible === false) unseen.push(outline.element)
  }
  return unseen
}
