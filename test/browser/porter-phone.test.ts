import type { Locator } from 'playwright-core'
import t from 'tap'
import type { EnvelopePlace, SlipState } from '../../src/institution/vocabulary.js'
import { insertSlips, type InsertedSlip } from '../helpers/insert-slips.js'
import { findAxeViolations, findOverflows, addCheckScripts } from './layout-checks.js'
import { collectBrowserErrors, openWindow, startApp, signInAs, type ServedApp } from './harness.js'

const phoneOptions = { width: 390, touch: true } as const

t.test('receives, hands over, returns and counts envelopes on a phone', async t => {
  const served = await startApp(t)
  const [foreign, finnish, unwanted] = await insertPorterEnvelopes(served, ['dispatched', 'on-the-way'], ['dispatched', 'on-the-way'], ['dispatched', 'on-the-way'])
  const [voided, left, lost] = await insertPorterEnvelopes(served, ['voided', 'desk'], ['at-porter', 'desk'], ['at-porter', 'desk'])
  const context = await addCheckScripts(await openWindow(served, { ...phoneOptions, bypassCSP: true }))
  await context.addInitScript(countOpenedPickers)
  const page = await signInAs(context, 'porter')
  let taps = 0
  const tap = async (target: string | Locator) => {
    taps++
    await (typeof target === 'string' ? page.locator(target) : target).tap()
  }
  /** Taps an element that opens another page. */
  const open = async (target: string) => await Promise.all([page.waitForEvent('load'), tap(target)])
  const look = async (name: string) => {
    t.strictSame(await findAxeViolations(page), [], `${name}: axe finds nothing`)
    t.strictSame(await findOverflows(page), [], `${name}: nothing overflows`)
  }
  /** Types a number and Enter like a scanner, wherever the focus is. */
  const scan = async (number: string) => {
    await page.keyboard.type(number)
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  }

  t.equal(new URL(page.url()).pathname, '/porter', 'the first page is the list of envelopes')
  await look('the desk')
  t.ok((await requireBoundingBox(page.locator('.scan label'))).height < 40, 'the label of the scan field is on one line')
  await open('text=Receive (3)')
  for (const [i, { number }] of [foreign, finnish, unwanted].entries()) {
    await scan(number)
    await page.locator(`main >> text=Received ${i + 1} of 3`).waitFor()
  }
  await look('all received')
  await open('text=Done')

  await tap('h1')
  await scan(foreign.number)
  await look('a handover')
  const [home, elsewhere] = [await requireBoundingBox(page.locator('.documents').first()), await requireBoundingBox(page.locator('.handover legend').nth(1))]
  t.ok(elsewhere.y - home.y - home.height >= 24, 'there is space between the two groups of documents')
  t.match(await page.textContent('.handover'), /14 Mar 2001/, 'the date of birth is shown for comparison')
  taps = 0
  await tap(page.locator('label', { hasText: 'Passport' }).last())
  await page.locator('[data-country]:focus').waitFor()
  t.equal(await page.evaluate('openedLists'), 1, 'the same tap opens the list of countries')
  taps++
  await page.selectOption('[data-country]', 'SE')
  await page.locator('[data-date]:focus').waitFor()
  await page.keyboard.type('31122030')
  await tap('text=The photo shows this person')
  await tap('text=The name and date of birth are')
  await open('.handover .primary')
  await page.locator(`main >> text=Handed over: ${foreign.number}`).waitFor()
  t.ok(taps <= 5, `${taps} taps and a date`)
  await look('handed over')

  await scan(finnish.number)
  taps = 0
  await tap(page.locator('label', { hasText: 'Driving licence' }))
  await page.keyboard.type('1.2.2031')
  t.equal(await page.inputValue('[data-date]'), '1.2.2031', 'a Finnish document moves the focus to its date')
  await tap('text=The photo shows this person')
  t.ok(await page.locator('[data-scan]').evaluate(field => field.matches(':focus')), 'after a tap the scan field has the focus again')
  await page.locator('.handover .primary').tap()
  await page.locator('[data-errors]').waitFor()
  await look('a handover that lacks something')
  t.equal(await page.inputValue('[data-date]'), '1.2.2031', 'the input stays in the field')
  await tap('text=The name and date of birth are')
  await open('.handover .primary')
  await page.locator(`main >> text=Handed over: ${finnish.number}`).waitFor()
  t.equal(taps, 4)

  await scan(unwanted.number)
  await tap('summary >> text=Return the envelope instead')
  await tap('text=The holder does not want the slip')
  await look('sending back')
  await open('text="Return envelope"')
  await page.locator(`main >> text=Recorded as returned: ${unwanted.number}`).waitFor()

  await open(`a[href="/porter/envelopes/${voided.number}"]`)
  await look('a voided envelope')
  await open('text="Return envelope"')
  await page.locator('main >> text=To return (0)').waitFor()

  await scan('9789510492147')
  await page.locator('main >> text=barcode of a book').waitFor()
  await look('a scan of something else')

  await open('text=Count the envelopes')
  await look('the count')
  await page.fill('[name="counted"]', '1')
  await open('text=Record the count')
  await page.locator('main >> text=You counted 1, expected 2').waitFor()
  await look('the differences')
  await page.keyboard.type(`${left.number}\n`)
  await open('text=Record the differences')
  await page.locator(`main >> text=Missing: ${lost.number}`).first().waitFor()
  await look('the count, recorded')
})

t.test('survives a lost network: shows the state after a reload, repeats safely', async t => {
  const served = await startApp(t)
  const [slip] = await insertPorterEnvelopes(served, ['at-porter', 'desk'])
  const page = await signInAs(await openWindow(served, phoneOptions), 'porter')
  await page.goto(`/porter/envelopes/${slip.number}`)
  await page.locator('label', { hasText: 'Identity card' }).first().tap()
  await page.keyboard.type('31122030')
  await page.locator('main >> text=The photo shows this person').tap()
  await page.locator('main >> text=The name and date of birth are').tap()
  // The server records the handover, but the phone gets no page.
  await page.route('**/hand-over', async route => {
    await route.fetch({ maxRedirects: 0 })
    await route.fulfill({ status: 204 })
  }, { times: 1 })
  await Promise.all([page.waitForResponse('**/hand-over'), page.locator('.handover .primary').tap()])
  await page.locator('.handover .primary').tap()
  await page.locator('main >> text=Already handed over').waitFor()
  await page.goto(`/porter/envelopes/${slip.number}`)
  await page.reload()
  t.match(await page.textContent('main'), /Handed over.*Timo Koskela/s, 'the page shows the recorded handover')
  const checks = await served.deps.db.selectFrom('identity_checks').select('id').where('slip_id', '=', slip.id).execute()
  t.equal(checks.length, 1, 'one handover')
})

t.test('scans with the camera where supported and hides it elsewhere', async t => {
  const served = await startApp(t)
  const [here, first, second] = await insertPorterEnvelopes(served, ['at-porter', 'desk'], ['dispatched', 'on-the-way'], ['dispatched', 'on-the-way'])
  const without = await signInAs(await openWindow(served, phoneOptions), 'porter')
  t.ok(await without.locator('[data-camera]').isHidden())

  const context = await openWindow(served, phoneOptions)
  await context.addInitScript(() => {
    const window = globalThis as unknown as { BarcodeDetector: unknown, seen: unknown[], tracks: unknown[], document: { createElement: (name: string) => { captureStream: () => { getTracks: () => unknown[] } } }, navigator: { mediaDevices: object } }
    window.seen = []
    window.BarcodeDetector = class {
      static getSupportedFormats = async () => ['code_128', 'qr_code']
      detect = async () => window.seen
    }
    Object.assign(window.navigator.mediaDevices, {
      getUserMedia: async () => {
        const stream = window.document.createElement('canvas').captureStream()
        window.tracks = stream.getTracks()
        return stream
      },
    })
  })
  const page = await signInAs(context, 'porter')
  const complaints = collectBrowserErrors(page)
  const show = async (format: string, rawValue: string) => await page.evaluate(`seen = [${JSON.stringify({ format, rawValue })}]`)
  await page.locator('[data-camera]').tap()
  await page.locator('dialog[open] video').waitFor()
  await page.locator('main >> text=Close the camera').tap()
  t.equal(await page.evaluate('new Promise(resolve => setTimeout(resolve, 50)).then(() => tracks[0].readyState)'), 'ended', 'the camera stops when it is closed')

  await page.locator('[data-camera]').tap()
  await show('qr_code', `${served.address}/activate#AAAAA-AAAAA-AAAAA`)
  await page.locator('main >> text=activation code of the slip in the envelope').waitFor()
  await page.locator('[data-camera]').tap()
  await show('code_128', here.number)
  await page.waitForURL(`**/porter/envelopes/${here.number}`)

  await page.goto('/porter/receive')
  await page.locator('[data-camera]').tap()
  await show('code_128', first.number)
  await page.locator('main >> text=Received 1 of 2').waitFor()
  await page.locator('dialog[open] video').waitFor()
  await show('code_128', first.number)
  await show('code_128', second.number)
  await page.locator('main >> text=Received 2 of 2').waitFor()
  t.strictSame(complaints, [])
})

async function requireBoundingBox (element: Locator): Promise<{ y: number, height: number }> {
  return (await element.boundingBox())!
}

/** Counts how often a script opened a select list. Browsers allow this only in response to a tap. */
function countOpenedPickers () {
  const window = globalThis as unknown as { openedLists: number, HTMLSelectElement: { prototype: { showPicker: () => void } } }
  const { showPicker } = window.HTMLSelectElement.prototype
  window.openedLists = 0
  window.HTMLSelectElement.prototype.showPicker = function () {
    showPicker.call(this)
    window.openedLists++
  }
}

/** Inserts porter envelopes of holders born on 14 March 2001. */
async function insertPorterEnvelopes<S extends ReadonlyArray<readonly [SlipState, EnvelopePlace]>> (served: ServedApp, ...states: S): Promise<{ [K in keyof S]: InsertedSlip }> {
  const slips = await insertSlips(served, states.map(([state, place]) => ({ channel: 'porter', state, place })))
  await served.deps.db.updateTable('accounts').set({ birth_date: '2001-03-14' }).where('id', 'in', slips.map(slip => slip.accountId)).execute()
  return slips as { [K in keyof S]: InsertedSlip }
}
