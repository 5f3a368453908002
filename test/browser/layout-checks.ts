/** Checks accessibility and layout with injected scripts. The window must bypass the page's CSP. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import type { Theme } from '../../src/http/fastify-types.js'
import { projectRoot } from '../helpers/project-root.js'

const axeScript = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const layoutScript = await readFile(new URL('test/browser/in-the-page.js', projectRoot), 'utf8')
const wcagTags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** Adds axe and the layout script to every page of a window. */
export async function addCheckScripts (context: BrowserContext): Promise<BrowserContext> {
  await context.addInitScript(`${axeScript}\n${layoutScript}`)
  return context
}

/** Returns one line for each finding of axe on WCAG 2.2, levels A and AA. */
export async function findAxeViolations (page: Page): Promise<string[]> {
  return await page.evaluate(`look.findings(${JSON.stringify(wcagTags)})`)
}

/** Does the same in another theme, which the page keeps. */
export async function findAxeViolationsInTheme (page: Page, theme: Theme): Promise<string[]> {
  return await page.evaluate(`look.findingsInTheme(${JSON.stringify(wcagTags)}, ${JSON.stringify(theme)})`)
}

/** Returns one line for each element that makes the page scroll sideways or whose text is cut. */
export async function findOverflows (page: Page): Promise<string[]> {
  return await page.evaluate('look.sticksOut()')
}

/** Presses Tab through the page and returns the elements whose focus is not visible. */
export async function findInvisibleFocus (page: Page, stops: number): Promise<string[]> {
  const unseen: string[] = []
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press('Tab')
    const outline: { element: string, visible: boolean } | null = await page.evaluate('look.outlineOfFocus()')
    if (outline?.visible === false) unseen.push(outline.element)
  }
  return unseen
}
