/** Every kind of page, who opens it and how to get there; the tests of looks and access walk through them all. */
import type { Page } from 'playwright-core'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { issued, wishFor } from '../helpers/counter.js'
import { insertSlips } from '../helpers/slips-in-states.js'
import { smallBrowser } from '../helpers/small-browser.js'
import { accountOf, issueOverApi, type Served } from './harness.js'
import { tryCode } from '../helpers/try-code.js'

export interface PageOfTheHouse {
  readonly name: string
  /** The login, or nobody. */
  readonly as?: string
  /** Where it is; given the address or found with the app. */
  readonly at: string | ((served: Served) => Promise<string>)
  /** What is done there before anyone looks. */
  readonly then?: (page: Page) => Promise<void>
}

export const pagesOfTheHouse: readonly PageOfTheHouse[] = [
  { name: 'sign in', at: '/sign-in' },
  { name: 'sign in, refused', at: '/sign-in', then: signInWrongly },
  { name: 'activation', at: '/activate#DEMXX-DEMXX-DEMXE' },
  { name: 'activation, form not accepted', at: '/activate', then: async page => await send(page, '.panel-foot .primary') },
  { name: 'activation, code not accepted', at: '/activate', then: activateWrongly },
  { name: 'activation, done', at: '/activate/done' },
  { name: 'my account', at: '/my-account' },
  { name: 'accessibility statement', at: '/accessibility' },
  { name: 'API reference', at: '/docs' },
  { name: 'not found', as: 'agent', at: '/no-such-page' },
  { name: 'not permitted', as: 'auditor', at: '/staff' },
  { name: 'choose the service point', as: 'agent', at: '/service-point' },
  { name: 'find an account', as: 'agent', at: '/accounts' },
  { name: 'accounts found', as: 'agent', at: '/accounts?q=a' },
  { name: 'nobody found', as: 'agent', at: '/accounts?q=zzzzzz' },
  { name: 'an account at the counter', as: 'agent', at: accountPage('student', 'active') },
  { name: 'an account, for the porter', as: 'agent', at: accountPage('student', 'active'), then: choose('porter') },
  { name: 'an account, for a letter', as: 'agent', at: accountPage('student', 'active'), then: choose('registered-letter') },
  { name: 'an account, form not accepted', as: 'agent', at: accountPage('student', 'active'), then: async page => await send(page, '.issue .button.primary >> visible=true') },
  { name: 'a training account', as: 'agent', at: accountPage('training', 'active') },
  { name: 'a locked account', as: 'agent', at: accountPage('student', 'locked') },
  { name: 'slips', as: 'agent', at: '/slips' },
  { name: 'slips, none', as: 'agent', at: '/slips?state=locked' },
  { name: 'slips, bad filter', as: 'agent', at: '/slips?from=31.2.2026' },
  { name: 'a slip', as: 'agent', at: async served => `/slips/${await issueOverApi(served)}` },
  { name: 'what needs attention', as: 'agent', at: async served => await afterTriedCode(served, '/accounts') },
  { name: 'the card for a caller', as: 'agent', at: async served => `/tell?q=${await issueSome(served, 'porter')}` },
  { name: 'a caller whom nobody knows', as: 'agent', at: '/tell?q=nobody' },
  { name: 'a slip to send', as: 'agent', at: async served => `/slips/${await issueSome(served, 'porter')}`, then: unfold },
  { name: 'a slip to post, form not accepted', as: 'agent', at: async served => `/slips/${await issueSome(served, 'registered-letter')}`, then: async page => await send(page, 'form[action$="/steps"] .button.primary') },
  { name: 'envelopes to the porters', as: 'agent', at: async served => await prepared(served, 'porter', '/dispatches') },
  { name: 'envelopes, none ticked', as: 'agent', at: '/dispatches?all=1', then: sendNone },
  { name: 'a batch of envelopes', as: 'agent', at: batchPage },
  { name: 'letters', as: 'agent', at: async served => await prepared(served, 'registered-letter', '/letters') },
  { name: 'letters, form not accepted', as: 'agent', at: '/letters', then: postWrongly },
  { name: 'envelopes, not this office', as: 'student-affairs', at: '/dispatches' },
  { name: 'the porter’s desk', as: 'porter', at: async served => await atPortersDesk(served, () => '/porter') },
  { name: 'a handover, not accepted', as: 'porter', at: async served => await atPortersDesk(served, number => `/porter/envelopes/${number}`), then: async page => await send(page, '.handover .primary') },
  { name: 'receiving envelopes', as: 'porter', at: '/porter/receive' },
  { name: 'counting envelopes', as: 'porter', at: '/porter/count' },
  { name: 'a count that differs', as: 'porter', at: '/porter/count?counted=1' },
  { name: 'delivery records', as: 'auditor', at: '/delivery-records' },
  { name: 'the log', as: 'auditor', at: '/log' },
  { name: 'delivery records, none', as: 'auditor', at: '/delivery-records?state=locked&sort=number' },
  { name: 'delivery records, bad filter', as: 'auditor', at: '/delivery-records?from=31.2.2026' },
  { name: 'a record’s story', as: 'auditor', at: async served => `/slips/${await issueOverApi(served)}` },
  { name: 'refused attempts', as: 'auditor', at: async served => await afterRefusal(served, '/delivery-records/refusals') },
  { name: 'the overview', as: 'auditor', at: async served => await afterRefusal(served, '/overview'), then: unfold },
  { name: 'the overview of nothing', as: 'auditor', at: '/overview?to=1.1.2020' },
  { name: 'staff', as: 'admin', at: '/staff' },
  { name: 'a new member of staff', as: 'admin', at: '/staff/new' },
  { name: 'find a holder, nobody', as: 'admin', at: '/holders?q=nobody9999' },
  { name: 'a holder’s data', as: 'admin', at: holderPage('') },
  { name: 'a holder to erase, form not accepted', as: 'admin', at: holderPage('/erase'), then: async page => await send(page, 'form .button.danger') },
  { name: 'a holder who cannot be erased yet', as: 'admin', at: async served => `/holders/${await withOpenSlip(served)}/erase` },
  { name: 'a slip of somebody erased', as: 'auditor', at: erasedSlipPage },
  { name: 'service points', as: 'admin', at: '/service-points' },
  { name: 'opening hours', as: 'admin', at: '/service-points/porter-arabia' },
  { name: 'opening hours, previewed', as: 'admin', at: '/service-points/porter-arabia', then: previewHours },
  { name: 'opening hours, form not accepted', as: 'admin', at: '/service-points/porter-arabia', then: saveWrongHours },
]

function holderPage (path: string) {
  return async (served: Served) => `/holders/${await accountOf(served, 'applicant', 'active')}${path}`
}

async function withOpenSlip (served: Served): Promise<string> {
  const slip = await issueSome(served, 'porter')
  return (await served.deps.db.selectFrom('slips').select('account_id').where('number', '=', slip).executeTakeFirstOrThrow()).account_id
}

async function erasedSlipPage (served: Served): Promise<string> {
  const [slip] = await insertSlips(served, [{ channel: 'registered-letter', state: 'returned', place: 'returned' }])
  await eraseHolder(served.deps, { actor: 'system', login: undefined }, slip!.accountId, 'holder-asked')
  return `/slips/${slip!.number}`
}

function accountPage (affiliation: string, status: string) {
  return async (served: Served) => `/accounts/${await accountOf(served, affiliation, status)}`
}

function choose (channel: string) {
  return async (page: Page) => await page.check(`[name="channel"][value="${channel}"]`)
}

/** Somebody's slip by this channel, and the page where it waits. */
async function prepared (served: Served, channel: 'porter' | 'registered-letter', page: string): Promise<string> {
  await issueSome(served, channel)
  return page
}

async function issueSome (served: Served, channel: 'porter' | 'registered-letter'): Promise<string> {
  const { username } = await served.deps.db.selectFrom('accounts').select('username')
    .where('id', '=', await accountOf(served, 'student', 'active')).executeTakeFirstOrThrow()
  return await issued(served, await served.signIn('agent'), await wishFor(served, username, channel))
}

/** Somebody has opened an envelope and tried the code. */
async function afterTriedCode (served: Served, page: string): Promise<string> {
  const [slip] = await insertSlips(served, [{ channel: 'porter', state: 'at-porter', place: 'desk' }])
  await tryCode(served.deps, slip!.username, slip!.code)
  return page
}

async function unfold (page: Page): Promise<void> {
  await page.locator('main details > summary').first().click()
}

/** Something of each kind at the desk. @param page the page of the envelope that can be handed over */
async function atPortersDesk (served: Served, page: (number: string) => string): Promise<string> {
  const [here] = await insertSlips(served, [
    { channel: 'porter', state: 'at-porter', place: 'desk' }, { channel: 'porter', state: 'voided', place: 'desk' }, { channel: 'porter', state: 'dispatched', place: 'on-the-way' },
  ])
  return page(here!.number)
}

async function batchPage (served: Served): Promise<string> {
  const browser = smallBrowser(served.app)
  await browser.signIn('agent')
  const numbers = await issueSome(served, 'porter')
  await browser.get('/dispatches')
  return new URL(String((await browser.post('/dispatches', { desk: 'porter-arabia', numbers })).headers.location), served.address).pathname
}

async function sendNone (page: Page): Promise<void> {
  for (const box of await page.locator('[name="numbers"]').all()) await box.uncheck()
  await send(page, '[data-ticked] .button.primary')
}

async function postWrongly (page: Page): Promise<void> {
  await page.locator('[data-scan]').first().fill('RR123456784FI')
  await send(page, 'form[action="/letters"] .button.primary')
}

async function signInWrongly (page: Page): Promise<void> {
  await page.fill('#login', 'agent')
  await page.fill('#password', 'not the password')
  await send(page, 'form.panel .button.primary')
}

async function activateWrongly (page: Page): Promise<void> {
  await page.fill('#username', 'nobody')
  await page.fill('#code', 'DEMXX-DEMXX-DEMXE')
  for (const field of ['#password', '#passwordAgain']) await page.fill(field, 'seven grey herons sing')
  await page.check('#rules')
  await send(page, '.panel-foot .primary')
}

async function previewHours (page: Page): Promise<void> {
  await page.fill('[name="exceptions.0.day"]', '6.12.2026')
  await page.fill('[name="seasons.0.from"]', '19.11.2026')
  await page.fill('[name="seasons.0.to"]', '20.12.2026')
  await page.check('[name="seasons.0.kind"][value="own"]')
  await page.click('.button[value="show"]')
  await page.locator('.badge.warning').waitFor()
}

async function saveWrongHours (page: Page): Promise<void> {
  await page.fill('[name="week.0.opens"]', '21')
  await page.fill('[name="exceptions.0.opens"]', '9')
  await page.fill('[name="seasons.0.from"]', '30.2.2026')
  await send(page, '.button[value="save"]')
}

async function send (page: Page, button: string): Promise<void> {
  await page.locator(button).first().click()
  await page.locator('[data-errors]').waitFor()
}

/** Somebody was refused a slip for the lack of a reference, others have theirs. */
async function afterRefusal (served: Served, page: string): Promise<string> {
  await issueSome(served, 'porter')
  await insertSlips(served, [{ channel: 'porter', state: 'returned', place: 'returned' }, { channel: 'registered-letter', state: 'delivered', place: 'holder' }])
  const { requestReference: _none, ...wish } = await wishFor(served, 'annko4420', 'porter')
  await served.api(await served.signIn('agent'), { method: 'POST', url: '/slips', payload: wish })
  return page
}
