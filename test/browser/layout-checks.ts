/** What the tests of looks see in a page, through scripts of their own; the window must bypass the page's policy. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import type { Theme } from '../../src/http/fastify-types.js'
import { projectRoot } from '../helpers/project-root.js'

const axeScript = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const layoutScript = await readFile(new URL('test/browser/in-the-page.js', projectRoot), 'utf8')
const wcagTags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** Gives every page of this window axe and our own questions. */
export async function addCheckScripts (context: BrowserContext): Promise<BrowserContext> {
  await context.addInitScript(`${axeScript}\n${layoutScript}`)
  return context
}

/** One line for each finding of axe on WCAG 2.2, levels A and AA. */
export async function findAxeViolations (page: Page): Promise<string[]> {
  return await page.evaluate(`look.findings(${JSON.stringify(wcagTags)})`)
}

/** The same in another theme, which the page wears from then on. */
export async function findAxeViolationsInTheme (page: Page, theme: Theme): Promise<string[]> {
  return await page.evaluate(`look.findingsInTheme(${JSON.stringify(wcagTags)}, ${JSON.stringify(theme)})`)
}

/** One line for each element that makes the page scroll sideways or whose text is cut. */
export async function findOverflows (page: Page): Promise<string[]> {
  return await page.evaluate('look.sticksOut()')
}

/** Tabs through the page and gives the elements whose focus cannot be seen. */
export async function findInvisibleFocus (page: Page, stops: number): Promise<string[]> {
  const unseen: string[] = []
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press('Tab')
    const outline: { element: string, visible: boolean } | null = await page.evaluate('look.outlineOfFocus()')
    if (outline?.visible === false) unseen.push(outline.element)
  }
  return unseen
}
