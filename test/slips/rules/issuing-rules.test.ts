import fc from 'fast-check'
import t from 'tap'
import { formatRefusal, translator } from '../../../src/i18n/translate.js'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { refusalCodes, type Refusal } from '../../../src/institution/refusals.js'
import { accountStatuses, affiliations, channels, documentTypes, languages, prohibitedChannels, servicePointKinds } from '../../../src/institution/vocabulary.js'
import { checkHandoverPerson } from '../../../src/slips/rules/handover.js'
import { checkChannels, checkIssueRequest, type IssuingContext, type ResolvedIssueRequest, type LetterAddress } from '../../../src/slips/rules/issuing-rules.js'
import { createIssuingContext, desks, espoo, goodCheck, tampere, thursday, validRequests } from './issuing-context.js'

const codes = (refusals: readonly Refusal[]) => refusals.map(({ code, variant }) => variant === undefined ? code : `${code}/${variant}`)
const refusedFor = (context: IssuingContext, issueRequest: ResolvedIssueRequest) => codes(checkIssueRequest(context, issueRequest))
const answersFor = (context: IssuingContext, address?: LetterAddress) =>
  Object.fromEntries(checkChannels(context, address).map(({ channel, refusals }) => [channel, codes(refusals)]))

t.test('allows a student at the helpdesk every permitted channel', async t => {
  t.strictSame(answersFor(createIssuingContext()), {
    counter: [], porter: [], 'registered-letter': [], email: ['channel-prohibited'], sms: ['channel-prohibited'], phone: ['channel-prohibited'],
  })
  for (const issueRequest of Object.values(validRequests)) t.strictSame(refusedFor(createIssuingContext(), issueRequest), [], issueRequest.channel)
})

t.test('allows affiliation and channel by office: the whole table', async t => {
  const open = '' as const
  const affiliation = 'office-not-authorised/affiliation'
  const channel = 'office-not-authorised/channel'
  const table = {
    helpdesk: {
      student: [open, open, open],
      applicant: [open, open, open],
      partner: [open, open, open],
      external: [open, open, open],
      staff: [affiliation, affiliation, affiliation],
      training: ['training-account', 'training-account', 'training-account'],
    },
    'student-affairs': {
      student: [open, channel, channel],
      applicant: [open, channel, channel],
      partner: [open, channel, channel],
      external: [open, channel, channel],
      staff: [affiliation, affiliation, affiliation],
      training: ['training-account', 'training-account', 'training-account'],
    },
    'human-resources': {
      student: [affiliation, affiliation, affiliation],
      applicant: [affiliation, affiliation, affiliation],
      partner: [affiliation, affiliation, affiliation],
      external: [affiliation, affiliation, affiliation],
      staff: [open, 'office-not-authorised/channel-nowhere', 'office-not-authorised/channel-nowhere'],
      training: ['training-account', 'training-account', 'training-account'],
    },
    porter: {
      student: [affiliation, affiliation, affiliation],
      applicant: [affiliation, affiliation, affiliation],
      partner: [affiliation, affiliation, affiliation],
      external: [affiliation, affiliation, affiliation],
      staff: [affiliation, affiliation, affiliation],
      training: ['training-account', 'training-account', 'training-account'],
    },
  } as const
  for (const office of servicePointKinds) {
    for (const affiliation of affiliations) {
      const context = createIssuingContext({ office, account: { affiliation } })
      const answers = answersFor(context)
      channels.forEach((channel, i) => {
        const expected = [table[office][affiliation][i]].filter(code => code !== open)
        t.strictSame(refusedFor(context, validRequests[channel]), expected, `${office} ${affiliation} ${channel}`)
        t.strictSame(answers[channel], expected, `${office} ${affiliation} ${channel}: the card says the same`)
      })
    }
  }
})

t.test('refuses an agent without a service point', async t => {
  for (const issueRequest of Object.values(validRequests)) t.strictSame(refusedFor(createIssuingContext({ office: undefined }), issueRequest), ['office-not-authorised/no-office'])
})

t.test('refuses e-mail, SMS and phone for everyone, for that reason alone', async t => {
  const generous = {
    ...metropolia,
    offices: Object.fromEntries(servicePointKinds.map(kind => [kind, { affiliations: [...affiliations], channels: [...channels, ...prohibitedChannels] }])),
  } as unknown as typeof metropolia
  for (const profile of [metropolia, generous]) {
    for (const office of [...servicePointKinds, undefined]) {
      for (const affiliation of affiliations) {
        for (const status of accountStatuses) {
          const context = createIssuingContext({ profile, office, account: { affiliation, status } })
          for (const channel of prohibitedChannels) {
            t.strictSame(refusedFor(context, { channel, requestReference: 'REQ-1', identityCheck: goodCheck }), ['channel-prohibited'])
            t.strictSame(answersFor(context)[channel], ['channel-prohibited'])
          }
        }
      }
    }
  }
})

t.test('lists refusals in the order of the policy', async t => {
  t.strictSame(refusalCodes, [
    'channel-prohibited', 'training-account', 'account-not-yet-entitled', 'account-locked', 'own-account', 'separate-person-required', 'office-not-authorised', 'reissue-limit',
    'request-required', 'postcode-unknown', 'postcode-town-mismatch', 'postcode-not-a-home', 'registered-letter-inside-area',
    'identity-not-checked', 'document-not-accepted', 'document-expired', 'name-differs', 'service-point-closed',
  ])
  const everythingWrong = createIssuingContext({
    account: { username: 'agent', affiliation: 'training', status: 'locked', birthDate: '2001-03-14' },
    office: undefined,
    earlierSlips: slipsAt('2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18'),
  })
  t.strictSame(refusedFor(everythingWrong, {
    channel: 'counter', identityCheck: { documentType: 'driving-licence', issuingCountry: 'SE', validUntil: '2026-11-18', photoMatches: false, nameMatches: false },
  }), [
    'training-account', 'account-locked', 'own-account', 'office-not-authorised/no-office', 'reissue-limit',
    'identity-not-checked/photo', 'identity-not-checked/birth-date', 'document-not-accepted', 'document-expired', 'name-differs',
  ])
  t.strictSame(refusedFor(everythingWrong, { channel: 'registered-letter', letter: { recipient: 'Somebody Else', isShared: false, ...espoo, destination: { ...espoo.destination, town: 'Turku' } } }), [
    'training-account', 'account-locked', 'own-account', 'office-not-authorised/no-office', 'reissue-limit',
    'request-required', 'postcode-town-mismatch', 'registered-letter-inside-area', 'name-differs/recipient',
  ])
  t.strictSame(refusedFor({ ...everythingWrong, porterDesks: [closedDesk] }, { channel: 'porter', porterDesk: closedDesk }), [
    'training-account', 'account-locked', 'own-account', 'office-not-authorised/no-office', 'reissue-limit', 'request-required', 'service-point-closed/everywhere',
  ])
})

t.test('refers a training account to its own reset page', async t => {
  const [refusal] = checkIssueRequest(createIssuingContext({ account: { affiliation: 'training' } }), validRequests.counter)
  t.equal(formatRefusal(translator('en'), refusal!), 'This is a training account. Its password is reset on a separate page: https://koulutustunnus.metropolia.fi/')
})

t.test('refuses accounts not yet entitled or locked, with advice', async t => {
  t.strictSame(refusedFor(createIssuingContext({ account: { status: 'not-yet-entitled' } }), validRequests.counter), ['account-not-yet-entitled'])
  t.strictSame(refusedFor(createIssuingContext({ account: { status: 'locked' } }), validRequests.counter), ['account-locked'])
  const [refusal] = checkIssueRequest(createIssuingContext({ account: { status: 'not-yet-entitled' } }), validRequests.counter)
  t.match(formatRefusal(translator('en'), refusal!), 'Try again tomorrow')
  t.match(formatRefusal(translator('fi'), refusal!), 'Yritä huomenna uudelleen')
})

t.test('refuses a slip to oneself, in any spelling of the login', async t => {
  for (const username of ['agent', 'AGENT']) t.strictSame(refusedFor(createIssuingContext({ account: { username } }), validRequests.counter), ['own-account'])
  t.strictSame(refusedFor(createIssuingContext({ account: { username: 'agent2' } }), validRequests.counter), [])
})

t.test('requires a request reference for porter slips and letters', async t => {
  for (const requestReference of [undefined, '', '   ']) {
    t.strictSame(refusedFor(createIssuingContext(), { ...validRequests.porter, requestReference }), ['request-required'])
    t.strictSame(refusedFor(createIssuingContext(), { ...validRequests['registered-letter'], requestReference }), ['request-required'])
  }
  t.strictSame(refusedFor(createIssuingContext(), { ...validRequests.counter, requestReference: undefined }), [])
})

t.test('allows a letter only to a home outside the area with a matching town', async t => {
  const letterTo = (address: LetterAddress) => refusedFor(createIssuingContext(), { ...validRequests['registered-letter'], letter: { recipient: 'Matti Virtanen', isShared: false, ...address } })
  t.strictSame(letterTo(tampere), [])
  t.strictSame(letterTo(espoo), ['registered-letter-inside-area'])
  t.strictSame(letterTo({ ...tampere, found: undefined }), ['postcode-unknown'])
  t.strictSame(letterTo({ ...tampere, destination: { ...tampere.destination, town: 'Turku' } }), ['postcode-town-mismatch'])
  t.strictSame(letterTo({ ...tampere, destination: { ...tampere.destination, town: 'tammerfors' } }), [])
  t.strictSame(letterTo({ ...tampere, found: { ...tampere.found!, typeCode: 3 } }), ['postcode-not-a-home/organisation'])
  t.strictSame(letterTo({ ...tampere, found: { ...tampere.found!, typeCode: 6 } }), ['postcode-not-a-home/not-an-address'])
  t.strictSame(letterTo({ destination: { postcode: '11122', town: 'Stockholm', country: 'SE' }, found: undefined, dataDate: '2024-04-13' }), [])
})

t.test('applies the address rules only when there is an address', async t => {
  t.strictSame(answersFor(createIssuingContext())['registered-letter'], [])
  t.strictSame(answersFor(createIssuingContext(), espoo)['registered-letter'], ['registered-letter-inside-area'])
  t.strictSame(answersFor(createIssuingContext(), espoo)['counter'], [])
})

t.test('requires the holder’s name on a letter, ignoring case and diacritics', async t => {
  const account = { displayName: 'Łukasz Nguyễn-Đặng' }
  const to = (recipient: string) => refusedFor(createIssuingContext({ account }), { ...validRequests['registered-letter'], letter: { recipient, isShared: false, ...tampere } })
  for (const recipient of ['Łukasz Nguyễn-Đặng', 'LUKASZ NGUYEN DANG', 'lukasz nguyen-dang']) t.strictSame(to(recipient), [], recipient)
  for (const recipient of ['Matti Virtanen', 'Nguyen-Dang Lukasz c/o Virtanen', '']) t.strictSame(to(recipient), ['name-differs/recipient'], recipient)
  t.strictSame(to('Lukasz Nguyen'), ['name-differs/recipient-surname'])
  t.strictSame(to('Nguyen Dang'), ['name-differs/recipient-given-name'])
})

t.test('refuses a recipient with left-out words that another account shares', async t => {
  const context = createIssuingContext({ account: { displayName: 'Maria Anna Kivi' } })
  const to = (recipient: string, isShared: boolean) => refusedFor(context, { ...validRequests['registered-letter'], letter: { recipient, isShared, ...tampere } })
  t.strictSame(to('Maria Kivi', false), [])
  t.strictSame(to('Maria Kivi', true), ['name-differs/recipient-shared'])
  t.strictSame(to('Kivi Maria Anna', true), ['name-differs/recipient-shared'])
  t.strictSame(to('Maria Anna Kivi', true), [], 'a whole name may be alike')
  const long = createIssuingContext({ account: { displayName: 'Maria Fernanda Guadalupe Concepción Hernández-Villanueva' } })
  t.strictSame(refusedFor(long, { ...validRequests['registered-letter'], letter: { recipient: 'Maria Hernández-Villanueva', isShared: true, ...tampere } }), ['name-differs/recipient-shared-long'], 'never asks for a whole name that does not fit')
})

t.test('asks for a Latin name and its source where the transliteration is a guess', async t => {
  const to = (displayName: string, recipient: string, latinName?: ResolvedIssueRequest['latinName']) =>
    refusedFor(createIssuingContext({ account: { displayName } }), { ...validRequests['registered-letter'], latinName, letter: { recipient, isShared: false, ...tampere } })
  const entered = { value: 'Wang Xiaoming', reason: 'document', isShared: false }
  t.strictSame(to('Ольга Тестова', 'Olga Testova'), [], 'Cyrillic has a fixed table')
  t.strictSame(to('Ольга Тестова', 'Olga Petrova'), ['name-differs/recipient-latin-name'])
  t.strictSame(to('王小明', 'Wang Xiaoming'), ['name-differs/recipient-latin-name'])
  t.strictSame(to('王小明', 'Wang Xiaoming', entered), [])
  t.strictSame(to('王小明', 'WANG XIAOMING', entered), [])
  t.strictSame(to('王小明', 'Li Xiaoming', entered), ['name-differs/recipient'])
  t.strictSame(to('山田太郎', 'Yamada Taro', { value: 'Yamada Taro', reason: 'document', isShared: true }), ['name-differs/latin-name-shared'], 'another account’s name')
  t.strictSame(to('王小明', 'Wang Xiaoming', { ...entered, isShared: true }), [], 'a namesake’s transliteration')
})

t.test('refuses a desk that opens too seldom before the deadline', async t => {
  t.strictSame(refusedFor(createIssuingContext({ porterDesks: [closedDesk, ...desks] }), { ...validRequests.porter, porterDesk: closedDesk }), ['service-point-closed'])
  t.strictSame(answersFor(createIssuingContext({ porterDesks: [closedDesk, ...desks] }))['porter'], [])
  t.strictSame(answersFor(createIssuingContext({ porterDesks: [closedDesk] }))['porter'], ['service-point-closed/everywhere'])
  t.strictSame(answersFor(createIssuingContext({ porterDesks: [] }))['porter'], ['service-point-closed/no-desk'])
})

t.test('has a complete sentence for every refusal in every language', async t => {
  const context = fc.sample(anyContext, 150)
  const wanted = fc.sample(anyRequest, 150)
  const seen = new Set<string>()
  context.forEach((one, i) => {
    const address = wanted[i]!.letter
    const people = { holderUsername: one.account.username, issuedBy: 'issuer', staff: { id: 'issuer', login: one.agentLogin } }
    const atHandover = checkHandoverPerson(people, { separatePersonAtHandover: true })
    for (const refusal of [...checkIssueRequest(one, wanted[i]!), ...checkChannels(one, address).flatMap(answer => answer.refusals), ...atHandover]) {
      seen.add(refusal.code)
      for (const language of languages) {
        const sentence = formatRefusal(translator(language), refusal)
        if (/\{\{|\$t\(|undefined|common\.|refusals\./.test(sentence)) t.fail(`${language} ${refusal.code}: ${sentence}`)
      }
    }
  })
  t.strictSame([...refusalCodes].filter(code => !seen.has(code)), [], 'every code was seen')
})

t.test('lists refusals in policy order, once, and alike in form and card', async () => {
  fc.assert(fc.property(anyContext, anyRequest, (context, issueRequest) => {
    const refusals = checkIssueRequest(context, issueRequest)
    const places = refusals.map(refusal => refusalCodes.indexOf(refusal.code))
    const inOrder = places.every((place, i) => i === 0 || places[i - 1]! <= place)
    const distinct = new Set(refusals.map(refusal => `${refusal.code}/${refusal.variant}`)).size === refusals.length
    const answer = checkChannels(context, issueRequest.letter).find(one => one.channel === issueRequest.channel)!
    const isInForm = answer.refusals.every(refusal => refusals.some(one => one.code === refusal.code))
    return inOrder && distinct && isInForm && answer.allowed === (answer.refusals.length === 0)
  }), { numRuns: 300 })
})

t.test('gives the same answer when asked again', async () => {
  fc.assert(fc.property(anyContext, anyRequest, (context, issueRequest) => {
    const before = JSON.stringify([context.account, context.earlierSlips, issueRequest])
    const first = JSON.stringify(checkIssueRequest(context, issueRequest))
    return first === JSON.stringify(checkIssueRequest(context, issueRequest)) && before === JSON.stringify([context.account, context.earlierSlips, issueRequest])
  }), { numRuns: 100 })
})

const noWeek = [null, null, null, null, null, null, null] as [null, null, null, null, null, null, null]
const closedDesk = { ...desks[0]!, id: 'porter-closed', hours: { week: noWeek, seasons: [], exceptions: {} } }

function slipsAt (...days: string[]) {
  return days.map(day => ({ issued_at: new Date(`${day}T10:00:00Z`), ended_at: null, void_reason: null }))
}

const anyAccount = fc.record({
  username: fc.constantFrom('agent', 'Agent', 'matvi1207'),
  displayName: fc.constantFrom('Matti Virtanen', 'Матти Виртанен'),
  latinName: fc.constantFrom(null, 'Matti Virtanen'),
  lastName: fc.constantFrom(null, 'Virtanen'),
  affiliation: fc.constantFrom(...affiliations),
  status: fc.constantFrom(...accountStatuses),
  birthDate: fc.constantFrom(null, '1999-11-02'),
  hasNamesake: fc.boolean(),
})
const anySlip = fc.record({
  issued_at: fc.integer({ min: 0, max: 40 * 24 * 60 }).map(minutes => new Date(thursday.getTime() - minutes * 60_000)),
  ended_at: fc.constantFrom(null, thursday),
  void_reason: fc.constantFrom(null, 'print-failed', 'lost'),
})
const anyContext: fc.Arbitrary<IssuingContext> = fc.record({
  account: anyAccount,
  earlierSlips: fc.array(anySlip, { maxLength: 8 }),
  agentLogin: fc.constant('agent'),
  office: fc.constantFrom(...servicePointKinds, undefined),
  porterDesks: fc.constantFrom(desks, [closedDesk], [closedDesk, ...desks]),
  profile: fc.constant(metropolia),
  now: fc.integer({ min: 0, max: 60 }).map(days => new Date(thursday.getTime() + days * 86_400_000)),
})
const anyCheck = fc.record({
  documentType: fc.constantFrom(...documentTypes),
  issuingCountry: fc.constantFrom('FI', 'SE', 'US'),
  validUntil: fc.constantFrom('2020-01-01', '2026-11-19', '2099-12-31'),
  photoMatches: fc.boolean(),
  nameMatches: fc.oneof(fc.boolean(), fc.record({ reason: fc.constantFrom('', 'married since') })),
  birthDateMatches: fc.constantFrom(undefined, true, false),
})
const anyLetter = fc.record({
  recipient: fc.constantFrom('Matti Virtanen', 'MATTI VIRTANEN', 'Somebody Else'),
  address: fc.constantFrom(tampere, espoo, { ...tampere, found: undefined }, { ...tampere, found: { ...tampere.found!, typeCode: 3 } }, { ...espoo, destination: { ...espoo.destination, town: 'Turku' } }),
}).map(({ recipient, address }) => ({ recipient, isShared: false, ...address }))
const anyRequest: fc.Arbitrary<ResolvedIssueRequest & { channel: (typeof channels)[number] | (typeof prohibitedChannels)[number] }> = fc.oneof(
  fc.record({ channel: fc.constant('counter' as const), identityCheck: fc.option(anyCheck, { nil: undefined }) }),
  fc.record({ channel: fc.constant('porter' as const), requestReference: fc.constantFrom(undefined, 'REQ-1'), porterDesk: fc.constant(closedDesk) }),
  fc.record({ channel: fc.constant('registered-letter' as const), requestReference: fc.constantFrom(undefined, 'REQ-1'), letter: anyLetter }),
  fc.record({ channel: fc.constantFrom(...prohibitedChannels) })
)
