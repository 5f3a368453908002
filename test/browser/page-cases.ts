/** Lists every kind of page with its login and address, for the layout and accessibility tests. */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { eraseHolder } from '../../src/retention/erase-holder.js'
import { changeStaff } from '../../src/staff/administration/manage-staff.js'
import { addStaff } from '../helpers/app.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { buildIssueRequest, issueSlipNumber, requireAccountId, requireStaffId, tryCode } from '../helpers/issue-slips.js'
import { createPageClient } from '../helpers/page-client.js'
import { findAccountWithoutSlip, issueCounterSlip, type ServedApp } from './harness.js'

export interface PageCase {
  readonly name: string
  /** The login of the user; undefined for a visitor. */
  readonly login?: string
  /** The path, or a function that prepares the data and returns the path. */
  readonly url: string | ((served: ServedApp) => Promise<string>)
  /** Prepares the page before the checks. */
  readonly prepare?: (page: Page) => Promise<void>
}

/** New, changed, warned and rejected rows, a shortened number and a long name. */
const accountFile = [
  'username;display_name;affiliations;student_number;birth_date;preferred_language', `newpe0001;Uusi ${'Pitkäniminen'.repeat(6)};student;="0012345";1990;sv-FI`,
  'matvi1207;Matti Virtanen-Järvi;student;NULL;;', 'pupil0001;Pupil Person;pupil;;;', '',
].join('\n')

export const pageCases: readonly PageCase[] = [
  { name: 'sign in', url: '/sign-in' },
  { name: 'sign in, refused', url: '/sign-in', prepare: submitWrongPassword },
  { name: 'activation', url: '/activate#DEMXX-DEMXX-DEMXE' },
  { name: 'activation, form not accepted', url: '/activate', prepare: async page => await submitExpectingErrors(page, '.panel-foot .primary') },
  { name: 'activation, code not accepted', url: '/activate', prepare: submitWrongCode },
  { name: 'activation, done', url: '/activate/done' },
  { name: 'my account', url: '/my-account' },
  { name: 'accessibility statement', url: '/accessibility' },
  { name: 'API reference', url: '/docs' },
  { name: 'a form of an earlier session', login: 'agent', url: accountPage('student', 'active'), prepare: submitStaleForm },
  { name: 'sign in, form kept', url: '/sign-in?next=%2Freturned-form&unrecorded=hand-over' },
  { name: 'sign in, form lost', url: '/sign-in?unrecorded=save-hours' },
  { name: 'not found', login: 'agent', url: '/no-such-page' },
  { name: 'not permitted', login: 'auditor', url: '/staff' },
  { name: 'choose the service point', login: 'agent', url: '/service-point' },
  { name: 'find an account', login: 'agent', url: '/accounts' },
  { name: 'find an account, a code removed', login: 'agent', url: '/accounts?removed=code' },
  { name: 'accounts found', login: 'agent', url: '/accounts?q=a' },
  { name: 'no account found', login: 'agent', url: '/accounts?q=zzzzzz' },
  { name: 'an account at the counter', login: 'agent', url: accountPage('student', 'active') },
  { name: 'an account, for the porter', login: 'agent', url: accountPage('student', 'active'), prepare: chooseChannel('porter') },
  { name: 'an account, for a letter', login: 'agent', url: accountPage('student', 'active'), prepare: chooseChannel('registered-letter') },
  { name: 'an account, address abroad checked', login: 'agent', url: accountPage('student', 'active'), prepare: checkAddressAbroad },
  { name: 'an account with a name in other letters', login: 'agent', url: async served => `/accounts/${await requireAccountId(served, 'olgka2290')}`, prepare: chooseChannel('registered-letter') },
  { name: 'an account, form not accepted', login: 'agent', url: accountPage('student', 'active'), prepare: async page => await submitExpectingErrors(page, '.issue .button.primary >> visible=true') },
  { name: 'a training account', login: 'agent', url: accountPage('training', 'active') },
  { name: 'a locked account', login: 'agent', url: accountPage('student', 'locked') },
  { name: 'slips', login: 'agent', url: '/slips' },
  { name: 'slips, none', login: 'agent', url: '/slips?state=locked' },
  { name: 'slips, bad filter', login: 'agent', url: '/slips?from=31.2.2026' },
  { name: 'a slip', login: 'agent', url: async served => `/slips/${await issueCounterSlip(served)}` },
  { name: 'what needs attention', login: 'agent', url: async served => await insertAttemptedCode(served, '/accounts') },
  { name: 'a caller card', login: 'agent', url: async served => `/tell?q=${await issueSlipByChannel(served, 'porter')}` },
  { name: 'a caller card, unknown caller', login: 'agent', url: '/tell?q=nobody' },
  { name: 'a slip to send', login: 'agent', url: async served => `/slips/${await issueSlipByChannel(served, 'porter')}`, prepare: expandFirstDetails },
  { name: 'a slip to post, form not accepted', login: 'agent', url: async served => `/slips/${await issueSlipByChannel(served, 'registered-letter')}`, prepare: async page => await submitExpectingErrors(page, 'form[action$="/steps"] .button.primary') },
  { name: 'envelopes to the porters', login: 'agent', url: async served => await issueAndOpenList(served, 'porter', '/dispatches') },
  { name: 'envelopes, none ticked', login: 'agent', url: '/dispatches?all=1', prepare: submitNoEnvelopes },
  { name: 'a batch of envelopes', login: 'agent', url: createDispatch },
  { name: 'letters', login: 'agent', url: async served => await issueAndOpenList(served, 'registered-letter', '/letters') },
  { name: 'letters, form not accepted', login: 'agent', url: '/letters', prepare: submitWrongTrackingNumber },
  { name: 'envelopes, not this office', login: 'student-affairs', url: '/dispatches' },
  { name: 'the porter’s desk', login: 'porter', url: async served => await insertDeskEnvelopes(served, () => '/porter') },
  { name: 'a handover, not accepted', login: 'porter', url: async served => await insertDeskEnvelopes(served, number => `/porter/envelopes/${number}`), prepare: async page => await submitExpectingErrors(page, '.handover .primary') },
  { name: 'a handover, date of birth known', login: 'porter', url: issueToDesk },
  { name: 'receiving envelopes', login: 'porter', url: '/porter/receive' },
  { name: 'counting envelopes', login: 'porter', url: '/porter/count' },
  { name: 'a count that differs', login: 'porter', url: '/porter/count?counted=1' },
  { name: 'delivery records', login: 'auditor', url: '/delivery-records' },
  { name: 'the log', login: 'auditor', url: '/log' },
  { name: 'delivery records, none', login: 'auditor', url: '/delivery-records?state=locked&sort=number' },
  { name: 'delivery records, bad filter', login: 'auditor', url: '/delivery-records?from=31.2.2026' },
  { name: 'a record’s timeline', login: 'auditor', url: async served => `/slips/${await issueCounterSlip(served)}` },
  { name: 'refused attempts', login: 'auditor', url: async served => await insertRefusal(served, '/delivery-records/refusals') },
  { name: 'the overview', login: 'auditor', url: async served => await insertRefusal(served, '/overview'), prepare: expandFirstDetails },
  { name: 'the overview, no records', login: 'auditor', url: '/overview?to=1.1.2020' },
  { name: 'staff', login: 'admin', url: '/staff' },
  { name: 'a new member of staff', login: 'admin', url: '/staff/new' },
  { name: 'change the password', login: 'agent', url: '/change-password' },
  { name: 'change the password, form not accepted', login: 'agent', url: '/change-password', prepare: async page => await submitExpectingErrors(page, 'form.panel .primary') },
  { name: 'the password has been changed', login: 'agent', url: '/change-password?changed=1' },
  { name: 'a member of staff', login: 'admin', url: async served => await addMember(served) },
  { name: 'a member of staff, form not accepted', login: 'admin', url: async served => await addMember(served), prepare: submitNoRoles },
  { name: 'oneself as a member of staff', login: 'admin', url: async served => `/staff/${await requireStaffId(served, 'admin')}` },
  { name: 'a one-time password', login: 'admin', url: async served => await addMember(served), prepare: resetPassword },
  { name: 'what waits for confirmation', login: 'admin', url: async served => await requestRoles(served, '/staff') },
  { name: 'find a holder, none found', login: 'admin', url: '/holders?q=nobody9999' },
  { name: 'a holder’s data', login: 'admin', url: holderPage('') },
  { name: 'a holder to erase, form not accepted', login: 'admin', url: holderPage('/erase'), prepare: async page => await submitExpectingErrors(page, 'form .button.danger') },
  { name: 'a holder who cannot be erased yet', login: 'admin', url: async served => `/holders/${await withOpenSlip(served)}/erase` },
  { name: 'a slip of an erased holder', login: 'auditor', url: erasedSlipPage },
  { name: 'importing accounts', login: 'admin', url: '/accounts/import', prepare: discardUpload },
  { name: 'importing accounts, no file', login: 'admin', url: '/accounts/import', prepare: submitNoFile },
  { name: 'what an import would change', login: 'admin', url: '/accounts/import', prepare: uploadAccounts('people.csv', accountFile) },
  { name: 'an import, encoding unknown', login: 'admin', url: '/accounts/import', prepare: uploadAccounts('old.csv', Buffer.from(accountFile.replace('Uusi', 'Åsa'), 'latin1')) },
  { name: 'an import that cannot be done', login: 'admin', url: '/accounts/import', prepare: uploadAccounts('people.xlsx', Buffer.from('PK\u0003\u0004')) },
  { name: 'imported accounts', login: 'admin', url: '/accounts/import', prepare: importUploadedAccounts },
  { name: 'service points', login: 'admin', url: '/service-points' },
  { name: 'opening hours', login: 'admin', url: '/service-points/porter-arabia' },
  { name: 'opening hours, previewed', login: 'admin', url: '/service-points/porter-arabia', prepare: previewHours },
  { name: 'opening hours, form not accepted', login: 'admin', url: '/service-points/porter-arabia', prepare: submitWrongHours },
]

/** Adds a member of staff and returns the page about them. */
async function addMember (served: ServedApp): Promise<string> {
  return `/staff/${await addStaff(served, { login: `member-${randomUUID().slice(0, 8)}`, roles: ['agent'], servicePoints: ['helpdesk-karamalmi'] })}`
}

/** Requests other roles for a new member, as another administrator. */
async function requestRoles (served: ServedApp, page: string): Promise<string> {
  const requester = await addStaff(served, { login: `boss-${randomUUID().slice(0, 8)}`, roles: ['administrator'], servicePoints: [] })
  const member = (await addMember(served)).replace('/staff/', '')
  const action = { kind: 'assign', roles: ['agent', 'auditor'], servicePoints: ['helpdesk-karamalmi', 'student-affairs-myllypuro'] } as const
  await changeStaff({ ...served.deps, fourEyes: true }, member, action, `staff:${requester}`)
  return page
}

async function submitNoRoles (page: Page): Promise<void> {
  for (const box of await page.locator('[name="roles"]').all()) await box.uncheck()
  await submitExpectingErrors(page, 'form.panel .primary')
}

async function resetPassword (page: Page): Promise<void> {
  await page.click('form[action$="/password/reset"] button')
  await page.locator('#one-time').waitFor()
}

/** Discards the file that an earlier case has left. */
async function discardUpload (page: Page): Promise<void> {
  const leftover = page.locator('form[action="/accounts/import/discard"] button')
  if (await leftover.count() > 0) await leftover.click()
  await page.locator('#file').waitFor()
}

async function submitNoFile (page: Page): Promise<void> {
  await discardUpload(page)
  await submitExpectingErrors(page, 'form.panel .primary')
}

function uploadAccounts (name: string, content: string | Buffer) {
  return async (page: Page) => {
    await discardUpload(page)
    await page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(content as string) })
    await page.click('form.panel .primary')
    await page.locator('form[action="/accounts/import/discard"]').waitFor()
  }
}

async function importUploadedAccounts (page: Page): Promise<void> {
  const stamp = String(Date.now())
  await uploadAccounts('people.csv', accountFile.replace('newpe0001', `newpe${stamp}`).replace('0012345', stamp))(page)
  await page.click('form[action="/accounts/import/start"] .primary')
  await page.locator('.notice.ok').waitFor()
}

function holderPage (path: string) {
  return async (served: ServedApp) => `/holders/${await findAccountWithoutSlip(served, 'applicant', 'active')}${path}`
}

async function withOpenSlip (served: ServedApp): Promise<string> {
  const slip = await issueSlipByChannel(served, 'porter')
  return (await served.deps.db.selectFrom('slips').select('account_id').where('number', '=', slip).executeTakeFirstOrThrow()).account_id
}

async function erasedSlipPage (served: ServedApp): Promise<string> {
  const [slip] = await insertSlips(served, [{ channel: 'registered-letter', state: 'returned', place: 'returned' }])
  await eraseHolder(served.deps, { actor: 'system', login: undefined }, slip!.accountId, 'holder-asked')
  return `/slips/${slip!.number}`
}

function accountPage (affiliation: string, status: string) {
  return async (served: ServedApp) => `/accounts/${await findAccountWithoutSlip(served, affiliation, status)}`
}

function chooseChannel (channel: string) {
  return async (page: Page) => await page.check(`[name="channel"][value="${channel}"]`)
}

async function checkAddressAbroad (page: Page): Promise<void> {
  await chooseChannel('registered-letter')(page)
  await page.fill('[name="letter.lines"]', '548 Market Street')
  await page.selectOption('[name="letter.country"]', 'US')
  await page.fill('[name="letter.postcode"]', '62704')
  await page.fill('[name="letter.town"]', 'Springfield IL')
  await page.click('button[formaction$="/address"]')
  await page.waitForURL(/\/address$/)
}

/** Issues a slip of a channel and returns the page that lists it. */
async function issueAndOpenList (served: ServedApp, channel: 'porter' | 'registered-letter', page: string): Promise<string> {
  await issueSlipByChannel(served, channel)
  return page
}

async function issueSlipByChannel (served: ServedApp, channel: 'porter' | 'registered-letter'): Promise<string> {
  const { username } = await served.deps.db.selectFrom('accounts').select('username')
    .where('id', '=', await findAccountWithoutSlip(served, 'student', 'active')).executeTakeFirstOrThrow()
  return await issueSlipNumber(served, await served.signIn('agent'), await buildIssueRequest(served, username, channel))
}

/** Inserts an envelope whose code was tried before the handover. */
async function insertAttemptedCode (served: ServedApp, page: string): Promise<string> {
  const [slip] = await insertSlips(served, [{ channel: 'porter', state: 'at-porter', place: 'desk' }])
  await tryCode(served.deps, slip!.username, slip!.code)
  return page
}

async function expandFirstDetails (page: Page): Promise<void> {
  await page.locator('main details > summary').first().click()
}

/** Inserts an envelope of each kind at the desk. @param page returns the path for the envelope that can be handed over */
async function insertDeskEnvelopes (served: ServedApp, page: (number: string) => string): Promise<string> {
  const [here] = await insertSlips(served, [
    { channel: 'porter', state: 'at-porter', place: 'desk' }, { channel: 'porter', state: 'voided', place: 'desk' }, { channel: 'porter', state: 'dispatched', place: 'on-the-way' },
  ])
  return page(here!.number)
}

/** Issues a slip for an account with a date of birth and brings it to the porter. */
async function issueToDesk (served: ServedApp): Promise<string> {
  const number = await issueSlipByChannel(served, 'porter')
  for (const [login, step] of [['agent', 'dispatch'], ['porter', 'receive']] as const) {
    await served.api(await served.signIn(login), { method: 'POST', url: `/slips/${number}/steps`, payload: { step } })
  }
  return `/porter/envelopes/${number}`
}

async function createDispatch (served: ServedApp): Promise<string> {
  const browser = createPageClient(served.app)
  await browser.signIn('agent')
  const numbers = await issueSlipByChannel(served, 'porter')
  await browser.get('/dispatches')
  return new URL(String((await browser.post('/dispatches', { desk: 'porter-arabia', numbers })).headers.location), served.address).pathname
}

async function submitNoEnvelopes (page: Page): Promise<void> {
  for (const box of await page.locator('[name="numbers"]').all()) await box.uncheck()
  await submitExpectingErrors(page, '[data-ticked] .button.primary')
}

async function submitWrongTrackingNumber (page: Page): Promise<void> {
  await page.locator('[data-scan]').first().fill('RR123456784FI')
  await submitExpectingErrors(page, 'form[action="/letters"] .button.primary')
}

async function submitStaleForm (page: Page): Promise<void> {
  await page.evaluate("document.querySelector('.issue [name=_csrf]').value = 'of an earlier session'")
  await page.click('.issue .button.primary >> visible=true')
  await page.locator('[data-errors]').waitFor()
}

async function submitWrongPassword (page: Page): Promise<void> {
  await page.fill('#login', 'agent')
  await page.fill('#password', 'not the password')
  await submitExpectingErrors(page, 'form.panel .button.primary')
}

async function submitWrongCode (page: Page): Promise<void> {
  await page.fill('#username', 'nobody')
  await page.fill('#code', 'DEMXX-DEMXX-DEMXE')
  for (const field of ['#password', '#passwordAgain']) await page.fill(field, 'seven grey herons sing')
  await page.check('#rules')
  await submitExpectingErrors(page, '.panel-foot .primary')
}

async function previewHours (page: Page): Promise<void> {
  await page.fill('[name="exceptions.0.day"]', '6.12.2026')
  await page.fill('[name="seasons.0.from"]', '19.11.2026')
  await page.fill('[name="seasons.0.to"]', '20.12.2026')
  await page.check('[name="seasons.0.kind"][value="own"]')
  await page.click('.button[value="show"]')
  await page.locator('.badge.warning').waitFor()
}

async function submitWrongHours (page: Page): Promise<void> {
  await page.fill('[name="week.0.opens"]', '21')
  await page.fill('[name="exceptions.0.opens"]', '9')
  await page.fill('[name="seasons.0.from"]', '30.2.2026')
  await submitExpectingErrors(page, '.button[value="save"]')
}

async function submitExpectingErrors (page: Page, button: string): Promise<void> {
  await page.locator(button).first().click()
  await page.locator('[data-errors]').waitFor()
}

/** Inserts some slips, one of them redeemed at once, and records one that was refused because it had no request reference. */
async function insertRefusal (served: ServedApp, page: string): Promise<string> {
  await issueSlipByChannel(served, 'porter')
  const [quick] = await insertSlips(served, [{ channel: 'counter', state: 'redeemed', place: 'holder' }, { channel: 'porter', state: 'returned', place: 'returned' }, { channel: 'registered-letter', state: 'delivered', place: 'holder' }])
  await served.deps.db.updateTable('slips').set({ ended_at: sql<Date>`issued_at + interval '30 seconds'` }).where('id', '=', quick!.id).execute()
  const { requestReference: _none, ...issueRequest } = await buildIssueRequest(served, 'annko4420', 'porter')
  await served.api(await served.signIn('agent'), { method: 'POST', url: '/slips', payload: issueRequest })
  return page
}
