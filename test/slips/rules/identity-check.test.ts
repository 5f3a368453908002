import t from 'tap'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { documentTypes } from '../../../src/institution/vocabulary.js'
import { checkIdentity, checkReadableIdentity, type AccountIdentity, type IdentityCheck } from '../../../src/slips/rules/identity-check.js'
import { goodCheck, thursday } from './issuing-context.js'

const nobodyElse: AccountIdentity = { birthDate: null, hasNamesake: false, affiliation: 'student' }
const refused = (check: IdentityCheck | undefined, account = nobodyElse, now = thursday, profile: Parameters<typeof checkIdentity>[2] = metropolia) =>
  checkIdentity(check, account, profile, now).map(({ code, variant }) => variant === undefined ? code : `${code}/${variant}`)

t.test('requires a document and a confirmed photo', async t => {
  t.strictSame(refused(undefined), ['identity-not-checked'])
  t.strictSame(refused({ ...goodCheck, photoMatches: false }), ['identity-not-checked/photo'])
  t.strictSame(refused(goodCheck), [])
})

t.test('accepts documents by country: the whole table', async t => {
  const accepted = {
    passport: { FI: true, SE: true, US: true, IN: true },
    'identity-card': { FI: true, SE: true, NO: true, CH: true, SM: true, US: false, GB: false, TR: false },
    'driving-licence': { FI: true, SE: false, US: false },
    'aliens-passport': { FI: true, SE: true },
    'refugee-travel-document': { FI: true, DE: true },
  }
  for (const documentType of documentTypes) {
    for (const [issuingCountry, isAccepted] of Object.entries(accepted[documentType])) {
      t.strictSame(refused({ ...goodCheck, documentType, issuingCountry }), isAccepted ? [] : ['document-not-accepted'], `${documentType} ${issuingCountry}`)
    }
  }
})

t.test('accepts each document type as the profile says', async t => {
  const { passport, ...others } = metropolia.documents
  t.equal(passport, 'any')
  t.strictSame(refused(goodCheck, nobodyElse, thursday, { ...metropolia, documents: others }), ['document-not-accepted'])
})

t.test('accepts a document on its last day by the institution’s calendar', async t => {
  const until = (validUntil: string, now: string) => refused({ ...goodCheck, validUntil }, nobodyElse, new Date(now))
  t.strictSame(until('2026-11-19', '2026-11-19T07:30:00Z'), [], 'today')
  t.strictSame(until('2026-11-18', '2026-11-19T07:30:00Z'), ['document-expired'], 'yesterday')
  t.strictSame(until('2026-11-19', '2026-11-19T21:59:59Z'), [], '23:59:59 in Helsinki')
  t.strictSame(until('2026-11-19', '2026-11-19T22:00:00Z'), ['document-expired'], 'midnight in Helsinki, still the 19th in UTC')
  t.strictSame(until('2026-07-01', '2026-07-01T20:59:59Z'), [], 'in summer time')
  t.strictSame(until('2026-07-01', '2026-07-01T21:00:00Z'), ['document-expired'], 'in summer time')
})

t.test('accepts any document without an expiry date', async t => {
  for (const documentType of documentTypes) t.strictSame(refused({ ...goodCheck, documentType, validUntil: 'none' }), [], documentType)
})

t.test('compares the birth date when the account has one', async t => {
  const dated = { ...nobodyElse, birthDate: '2001-03-14' }
  t.strictSame(refused(goodCheck, dated), ['identity-not-checked/birth-date'])
  t.strictSame(refused({ ...goodCheck, birthDateMatches: false }, dated), ['identity-not-checked/birth-date'])
  t.strictSame(refused({ ...goodCheck, birthDateMatches: true }, dated), [])
  t.strictSame(refused(goodCheck, nobodyElse), [])
})

t.test('requires a written reason for a differing name; blanks do not count', async t => {
  t.strictSame(refused({ ...goodCheck, nameMatches: false }), ['name-differs'])
  t.strictSame(refused({ ...goodCheck, nameMatches: { reason: '   ' } }), ['name-differs'])
  t.strictSame(refused({ ...goodCheck, nameMatches: { reason: 'married since, certificate seen' } }), [])
})

t.test('requires a written reason for a namesake without a birth date', async t => {
  const oneOfTwo = { ...nobodyElse, hasNamesake: true }
  t.strictSame(refused(goodCheck, oneOfTwo), ['name-differs/namesake'])
  t.strictSame(refused({ ...goodCheck, nameMatches: { reason: 'student card shown too' } }, oneOfTwo), [])
  t.strictSame(refused({ ...goodCheck, birthDateMatches: true }, { ...oneOfTwo, birthDate: '2001-03-14' }), [], 'the birth date distinguishes the namesakes')
})

t.test('accepts a written reason for a differing birth date; blanks do not count', async t => {
  const placeholder = { ...nobodyElse, birthDate: '1900-01-01' }
  t.strictSame(refused({ ...goodCheck, birthDateMatches: { reason: ' . ' } }, placeholder), ['identity-not-checked/birth-date'])
  t.strictSame(refused({ ...goodCheck, birthDateMatches: { reason: 'placeholder, student card seen' } }, placeholder), [])
})

t.test('requires a reason for a namesake whose birth date does not match', async t => {
  const namesake = { ...nobodyElse, birthDate: '1900-01-01', hasNamesake: true }
  const birthDateMatches = { reason: 'placeholder in the directory' }
  t.strictSame(refused({ ...goodCheck, birthDateMatches }, namesake), ['name-differs/namesake'])
  t.strictSame(refused({ ...goodCheck, birthDateMatches, nameMatches: { reason: 'student card seen' } }, namesake), [])
})

t.test('names the office that corrects a birth date, if the institution has one', async t => {
  const ask = (affiliation: AccountIdentity['affiliation'], profile = metropolia) =>
    checkIdentity(goodCheck, { ...nobodyElse, birthDate: '1970-01-01', affiliation }, profile, thursday)
  const byOffice = (office: string) => [{ code: 'identity-not-checked', variant: 'birth-date', values: { office } }]
  const otherOffice = byOffice('other')
  t.strictSame(ask('student'), byOffice('student-affairs'))
  t.strictSame(ask('applicant'), byOffice('student-affairs'))
  t.strictSame(ask('staff'), byOffice('human-resources'))
  t.strictSame(ask('partner'), otherOffice)
  const { 'human-resources': _, ...offices } = metropolia.offices
  t.strictSame(ask('staff', { ...metropolia, offices }), otherOffice)
})

t.test('checks the valid fields of an incomplete form and skips the missing ones', async t => {
  const readable = (check: Partial<IdentityCheck>) => checkReadableIdentity(check, nobodyElse, metropolia, thursday).map(({ code }) => code)
  t.strictSame(readable({ photoMatches: true, nameMatches: true }), [])
  t.strictSame(readable({ photoMatches: true, nameMatches: true, validUntil: '2026-11-18' }), ['document-expired'])
  t.strictSame(readable({ photoMatches: true, nameMatches: true, documentType: 'driving-licence' }), [], 'the country is missing')
  t.strictSame(readable({ photoMatches: true, nameMatches: true, documentType: 'driving-licence', issuingCountry: 'SE' }), ['document-not-accepted'])
  t.strictSame(readable({}), ['identity-not-checked', 'name-differs'], 'what was not confirmed is never accepted')
})
