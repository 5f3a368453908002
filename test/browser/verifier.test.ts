/** The verifier as an auditor has it: one file, opened from the disk, without any network. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { en } from '../../src/i18n/en/index.js'
import { translator, type TextKey, type TextValues } from '../../src/i18n/translate.js'
import { projectRoot } from '../../src/paths.js'
import { verifierKeysOf } from '../../src/audit/sealing/log-keys.js'
import { formatVerifierKey } from '../../src/audit/log/note.js'
import { buildTestApp } from '../helpers/app.js'
import { openTestDatabase } from '../helpers/database.js'
import { takenAway, tamperings, withLines, zipped } from '../helpers/evidence.js'
import { zipForgeries } from '../helpers/forged-zips.js'
import { testLog } from '../helpers/log.js'
import { smallBrowser } from '../helpers/small-browser.js'
import { axeFindings, sticksOut, unseenFocus, withEyes } from './eyes.js'
import { collectComplaints, startBrowser } from './harness.js'

const { db } = await openTestDatabase(t)
const taken = await takenAway(db, testLog())
const browser = await startBrowser(t)
const file = new URL('templates/verifier/verifier.html', projectRoot)
const english = translator('en')

const context = await withEyes(await browser.newContext({ locale: 'en-GB', bypassCSP: true, offline: true, viewport: { width: 1280, height: 900 } }))
const strict = await browser.newContext({ locale: 'en-GB', offline: true })
const asked: string[] = []
strict.on('request', request => { if (request.url() !== file.href) asked.push(request.url()) })
const page = await strict.newPage()
const complaints = collectComplaints(page)
await page.goto(file.href)

type Dropped = Readonly<Record<string, string | Uint8Array>>
const all = { 'leaves.ndjson': taken.leaves, 'leaf-hashes.txt': taken.hashes, 'checkpoints.txt': taken.checkpoints }

async function drop (files: Dropped, on: Page = page, key = taken.key): Promise<void> {
  await on.fill('#keys', key)
  await on.click('#clear')
  await on.setInputFiles('#files', Object.entries(files).map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content as string) })))
}

/** Waits for the verdict of that kind and gives its sentences. */
async function said (kind: 'good' | 'bad' | 'open' | 'partly'): Promise<string[]> {
  await page.waitForSelector(`#verdict.${kind} li`)
  return await page.locator('#verdict li').allInnerTexts()
}

const sentence = (key: TextKey, values: TextValues = {}) => english(key, values)

t.test('leaves as they were signed: nothing is wrong', async t => {
  await drop(all)
  t.strictSame(await said('good'), [sentence('verifier.told.log', { leaves: 20, checkpoints: 4 })])
  t.match(await page.innerText('#verdict h2'), en.verifier.good)
  t.strictSame(await page.locator('#dropped li').allInnerTexts(), ['leaves.ndjson: leaves of the log', 'leaf-hashes.txt: leaf hashes', 'checkpoints.txt: checkpoints: 4'])
})

for (const { name, change, fault, leaf, event } of tamperings) {
  t.test(`${name}: the page says what the command line says`, async t => {
    await drop({ ...all, 'leaves.ndjson': withLines(taken.leaves, change) })
    t.strictSame(await said('bad'), [sentence(`verifier.faults.${fault}`, { leaf, event: taken.ids[event]! })])
  })
}

t.test('exports with their manifest, whole and changed', async t => {
  await drop(taken.exported)
  t.strictSame(await said('good'), [sentence('verifier.told.export', { files: 2, rows: 1, leaf: 20, size: 21 })])
  await drop({ 'export.zip': await zipped({ ...taken.exported, 'delivery-records.csv': 'slipNumber\r\n' }) })
  t.strictSame(await said('bad'), [sentence('verifier.faults.file-altered', { file: 'delivery-records.csv' })])
})

t.test('exports as the server’s page sends them', async t => {
  const { app, deps: { log } } = await buildTestApp(t)
  const auditor = smallBrowser(app)
  await auditor.signIn('auditor')
  for (const format of ['xlsx', 'csv-semicolon', 'ndjson', 'json', 'pdf']) {
    const { rawPayload } = await auditor.get(`/delivery-records/export?format=${format}`)
    await drop({ 'export.zip': rawPayload }, page, formatVerifierKey(verifierKeysOf(log.keys, log.origin)[0]))
    t.match(await said('good'), [/^The export is as it was made: files 1, rows 0\./], format)
  }
})

for (const { name, zip, says: [fault, values] } of zipForgeries) {
  t.test(`${name}: the page says what the command line says`, async t => {
    await drop({ 'export.zip': zip(taken.exported) })
    t.strictSame(await said(fault.startsWith('missing.') ? 'open' : 'bad'), [sentence(`verifier.${fault}` as TextKey, values)])
  })
}

t.test('a file that no sentence is about keeps the verdict from being good, and none takes the place of another', async t => {
  await drop({ ...all, 'delivery-records.csv': 'slipNumber\r\n' })
  t.strictSame(await said('partly'), [sentence('verifier.told.log', { leaves: 20, checkpoints: 4 }), sentence('verifier.missing.unjudged', { file: 'delivery-records.csv' })])
  t.match(await page.innerText('#verdict h2'), en.verifier.partly)
  await drop(taken.exported)
  await said('good')
  await page.setInputFiles('#files', { name: 'delivery-records.csv', mimeType: 'text/csv', buffer: Buffer.from('forged') })
  t.strictSame(await said('bad'), [sentence('verifier.faults.file-twice', { file: 'delivery-records.csv' })])
})

t.test('two checkpoints by a proof, a forged one, and one by an unknown key', async t => {
  await drop({ 'newest.txt': taken.newest, 'first.txt': `${taken.checkpoints.split(/\n\n(?=desk)/)[0]!}\n`, 'proof.json': taken.proof })
  t.strictSame(await said('good'), [sentence('verifier.told.consistent', { from: 5, to: 20 })])
  await drop({ ...all, 'checkpoints.txt': taken.newest.replace('\n20\n', '\n19\n') })
  t.strictSame(await said('bad'), [sentence('verifier.faults.forged', { source: 'checkpoints.txt' })])
  await page.fill('#keys', 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  await page.waitForSelector('#verdict.bad li:has-text("no key that is known")')
})

t.test('what is missing is said in the reader’s language', async t => {
  await drop({ 'leaves.ndjson': taken.leaves })
  t.strictSame(await said('open'), [sentence('verifier.missing.checkpoints')])
  await page.fill('#keys', '')
  await page.waitForSelector(`#verdict li:has-text("${en.verifier.missing.keys.slice(0, 30)}")`)
  await page.click('[data-language="fi"]')
  t.equal(await page.innerText('h1'), 'Lokin tarkistin')
  t.equal(await page.getAttribute('html', 'lang'), 'fi')
  await page.click('[data-language="en"]')
})

t.test('nothing was asked of anybody, and the browser complains of nothing', async t => {
  t.strictSame(asked, [])
  t.strictSame(complaints, [])
})

t.test('it is accessible and fits, in three languages, light and dark', async t => {
  const looked = await context.newPage()
  await looked.goto(file.href)
  await drop({ ...all, 'leaves.ndjson': withLines(taken.leaves, tamperings[0]!.change) }, looked)
  await looked.waitForSelector('#verdict.bad li')
  for (const width of [1280, 390, 320]) {
    await looked.setViewportSize({ width, height: 900 })
    for (const language of ['fi', 'sv', 'en']) {
      await looked.click(`[data-language="${language}"]`)
      t.strictSame(await sticksOut(looked), [], `${language} at ${width}`)
    }
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await looked.emulateMedia({ colorScheme })
    t.strictSame(await axeFindings(looked), [], colorScheme)
  }
  t.strictSame(await unseenFocus(looked, 6), [])
})
