/** Tests the verifier page as an auditor uses it: one file, opened from disk, offline. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { en } from '../../src/i18n/en/index.js'
import { translator, type TextKey, type TextValues } from '../../src/i18n/translate.js'
import { projectRoot } from '../helpers/project-root.js'
import { toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { formatVerifierKey } from '../../src/audit/transparency-log/signed-note.js'
import { buildTestApp } from '../helpers/app.js'
import { openTestDatabase } from '../helpers/database.js'
import { exportLog, leafTamperings, changeLines, zipFiles } from '../helpers/evidence.js'
import { zipForgeries } from '../helpers/zip-files.js'
import { createTestLog } from '../helpers/transparency-log.js'
import { createPageClient } from '../helpers/page-client.js'
import { findAxeViolations, findOverflows, findInvisibleFocus, addCheckScripts } from './layout-checks.js'
import { collectBrowserErrors, startBrowser } from './harness.js'

const { db } = await openTestDatabase(t, 'schema')
const exportedLog = await exportLog(db, createTestLog())
const browser = await startBrowser(t)
const file = new URL('templates/verifier/verifier.html', projectRoot)
const translateEnglish = translator('en')

const context = await addCheckScripts(await browser.newContext({ locale: 'en-GB', bypassCSP: true, offline: true, viewport: { width: 1280, height: 900 } }))
const strictContext = await browser.newContext({ locale: 'en-GB', offline: true })
const requestedUrls: string[] = []
strictContext.on('request', request => { if (request.url() !== file.href) requestedUrls.push(request.url()) })
const page = await strictContext.newPage()
const complaints = collectBrowserErrors(page)
await page.goto(file.href)

type FilesByName = Readonly<Record<string, string | Uint8Array>>
const logFiles = { 'leaves.ndjson': exportedLog.leaves, 'leaf-hashes.txt': exportedLog.hashes, 'checkpoints.txt': exportedLog.checkpoints }

async function dropFiles (files: FilesByName, on: Page = page, key = exportedLog.key): Promise<void> {
  await on.fill('#keys', key)
  await on.click('#clear')
  await on.setInputFiles('#files', Object.entries(files).map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content as string) })))
}

/** Waits for a verdict of the given kind and returns its sentences. */
async function waitForVerdict (kind: 'good' | 'bad' | 'open' | 'partly'): Promise<string[]> {
  await page.waitForSelector(`#verdict.${kind} li`)
  return await page.locator('#verdict li').allInnerTexts()
}

const formatSentence = (key: TextKey, values: TextValues = {}) => translateEnglish(key, values)

t.test('accepts leaves as they were signed', async t => {
  await dropFiles(logFiles)
  t.strictSame(await waitForVerdict('good'), [formatSentence('verifier.results.log', { leaves: 20, checkpoints: 4 })])
  t.equal(await page.innerText('#verdict h2'), `${en.verifier.verdict}: ${en.verifier.good}`)
  t.strictSame(await page.locator('#dropped li').allInnerTexts(), ['leaves.ndjson: log entries', 'leaf-hashes.txt: hashes of log entries', 'checkpoints.txt: checkpoints: 4'])
})

for (const { name, change, fault, leaf, event } of leafTamperings) {
  t.test(`${name}: agrees with the command line`, async t => {
    await dropFiles({ ...logFiles, 'leaves.ndjson': changeLines(exportedLog.leaves, change) })
    t.strictSame(await waitForVerdict('bad'), [formatSentence(`verifier.faults.${fault}`, { leaf, event: exportedLog.ids[event]! })])
  })
}

t.test('judges exports with their manifest, intact and changed', async t => {
  await dropFiles(exportedLog.exported)
  t.strictSame(await waitForVerdict('good'), [formatSentence('verifier.results.export', { files: 2, rows: 1, leaf: 20, size: 21 })])
  await dropFiles({ 'export.zip': await zipFiles({ ...exportedLog.exported, 'delivery-records.csv': 'slipNumber\r\n' }) })
  t.strictSame(await waitForVerdict('bad'), [formatSentence('verifier.faults.file-altered', { file: 'delivery-records.csv' })])
})

t.test('accepts exports as the server’s page sends them', async t => {
  const { app, deps: { logSettings } } = await buildTestApp(t)
  const auditor = createPageClient(app)
  await auditor.signIn('auditor')
  for (const format of ['xlsx', 'csv-semicolon', 'ndjson', 'json', 'pdf']) {
    const { rawPayload } = await auditor.get(`/delivery-records/export?format=${format}`)
    await dropFiles({ 'export.zip': rawPayload }, page, formatVerifierKey(toVerifierKeys(logSettings.keys, logSettings.origin)[0]))
    t.matchOnlyStrict(await waitForVerdict('good'), [/^The export is unchanged: files 1, rows 0\./], format)
  }
})

for (const { name, zip, expected: [fault, values] } of zipForgeries) {
  t.test(`${name}: agrees with the command line`, async t => {
    await dropFiles({ 'export.zip': zip(exportedLog.exported) })
    t.strictSame(await waitForVerdict(fault.startsWith('missing.') ? 'open' : 'bad'), [formatSentence(`verifier.${fault}` as TextKey, values)])
  })
}

t.test('gives no good verdict with an unjudged file', async t => {
  await dropFiles({ ...logFiles, 'delivery-records.csv': 'slipNumber\r\n' })
  t.strictSame(await waitForVerdict('partly'), [formatSentence('verifier.results.log', { leaves: 20, checkpoints: 4 }), formatSentence('verifier.missing.unjudged', { file: 'delivery-records.csv' })])
  t.equal(await page.innerText('#verdict h2'), `${en.verifier.verdict}: ${en.verifier.partly}`)
  await dropFiles(exportedLog.exported)
  await waitForVerdict('good')
  await page.setInputFiles('#files', { name: 'delivery-records.csv', mimeType: 'text/csv', buffer: Buffer.from('forged') })
  t.strictSame(await waitForVerdict('bad'), [formatSentence('verifier.faults.file-twice', { file: 'delivery-records.csv' })])
})

t.test('judges a consistency proof, a forged checkpoint and an unknown key', async t => {
  await dropFiles({ 'newest.txt': exportedLog.newest, 'first.txt': `${exportedLog.checkpoints.split(/\n\n(?=desk)/)[0]!}\n`, 'proof.json': exportedLog.proof })
  t.strictSame(await waitForVerdict('good'), [formatSentence('verifier.results.consistent', { from: 5, to: 20 })])
  await dropFiles({ ...logFiles, 'checkpoints.txt': exportedLog.newest.replace('\n20\n', '\n19\n') })
  t.strictSame(await waitForVerdict('bad'), [formatSentence('verifier.faults.forged', { source: 'checkpoints.txt' })])
  await page.fill('#keys', 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  await page.waitForSelector('#verdict.bad li:has-text("signed with an unknown key")')
})

t.test('says what is missing, in the reader’s language', async t => {
  await dropFiles({ 'leaves.ndjson': exportedLog.leaves })
  t.strictSame(await waitForVerdict('open'), [formatSentence('verifier.missing.checkpoints')])
  await page.fill('#keys', '')
  await page.waitForSelector(`#verdict li:has-text("${en.verifier.missing.keys.slice(0, 30)}")`)
  await page.click('[data-language="fi"]')
  t.equal(await page.innerText('h1'), 'Tarkista tapahtumaloki')
  t.equal(await page.getAttribute('html', 'lang'), 'fi')
  await page.click('[data-language="en"]')
})

t.test('makes no request and no console error', async t => {
  t.strictSame(requestedUrls, [])
  t.strictSame(complaints, [])
})

t.test('is accessible and fits in three languages, light and dark', async t => {
  const looked = await context.newPage()
  await looked.goto(file.href)
  await dropFiles({ ...logFiles, 'leaves.ndjson': changeLines(exportedLog.leaves, leafTamperings[0]!.change) }, looked)
  await looked.waitForSelector('#verdict.bad li')
  for (const width of [1280, 390, 320]) {
    await looked.setViewportSize({ width, height: 900 })
    for (const language of ['fi', 'sv', 'en']) {
      await looked.click(`[data-language="${language}"]`)
      t.strictSame(await findOverflows(looked), [], `${language} at ${width}`)
    }
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await looked.emulateMedia({ colorScheme })
    t.strictSame(await findAxeViolations(looked), [], colorScheme)
  }
  t.strictSame(await findInvisibleFocus(looked, 6), [])
})
