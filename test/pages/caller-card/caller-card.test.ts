import t from 'tap'
import { buildCallerCard, type CallerCardInput, type CallerCardSlip } from '../../../src/pages/caller-card/caller-card.js'
import { translator, type TextKey } from '../../../src/i18n/translate.js'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { accountStatuses, activeStates, affiliations, type Channel, channels, type EnvelopePlace, finalStates, languages, type SlipState, slipStates } from '../../../src/institution/vocabulary.js'
import { placeAfterStep, getAllowedSteps, getTargetState } from '../../../src/slips/rules/state-machine.js'
import { createIssuingContext, thursday } from '../../slips/rules/issuing-context.js'

/** Confidential values that must not appear on a caller card, as recognisable markers. */
const secrets = {
  display_name: 'MARK-NAME',
  username: 'MARK-USERNAME',
  student_number: 'MARK-STUDENT',
  birth_date: '1999-09-09',
  recipient: 'MARK-RECIPIENT',
  lines: ['MARK-STREET'],
  postcode: '98765',
  town: 'MARK-TOWN',
  country: 'FI',
  tracking_number: 'RR473124829FI',
  request_reference: 'MARK-REQUEST',
  issued_by: 'MARK-LOGIN',
  issued_by_name: 'MARK-AGENT',
  number: 'MARK-NUMBER',
  personal_handover: true,
  steps: [{ step: 'void', note: 'MARK-REASON', staff_name: 'MARK-STAFF', login: 'MARK-LOGIN', document_type: 'passport', servicePoint: 'MARK-OFFICE' }],
}
const mark = /MARK|1999|9\.9\.|9 September|98765|473124829/

const places: Record<Channel, readonly EnvelopePlace[]> = { counter: ['holder'], porter: ['office', 'on-the-way', 'desk', 'holder', 'returned'], 'registered-letter': ['office', 'post', 'holder', 'returned'] }

const slipIn = (channel: Channel, state: SlipState, place: EnvelopePlace): CallerCardSlip => ({
  ...secrets,
  channel,
  state,
  envelope_at: place,
  expires_at: new Date('2026-12-03T21:59:59Z'),
  collect_by: channel === 'porter' ? new Date('2026-12-03T18:00:00Z') : null,
  porter_service_point_id: channel === 'porter' ? 'porter-arabia' : null,
})

/** Every slip that the state machine can produce, and every final state with every place of the envelope. */
const everySlip = channels.flatMap(channel => slipStates.flatMap(state => places[channel].filter(place => isPossible(channel, state, place)).map(place => slipIn(channel, state, place))))

function isPossible (channel: Channel, state: SlipState, place: EnvelopePlace): boolean {
  if (state === 'returned') return channel !== 'counter' && place === 'returned'
  if (state === 'redeemed') return place === 'holder' || place === 'post'
  if ((finalStates as readonly string[]).includes(state)) return true
  if (state === 'prepared') return channel !== 'counter' && place === 'office'
  if (channel === 'counter') return state === 'handed-over'
  return Object.entries(placeAfterStep).some(([step, after]) => after === place && slipStates.some(from => getTargetState(step as 'post', from, channel) === state))
}

const cardInput = (slip: CallerCardSlip | undefined, account: Partial<CallerCardInput['issuingContext']['account']> = {}, more: Partial<CallerCardInput['issuingContext']> = {}): CallerCardInput => ({
  slip,
  isOlderSlipRequested: false,
  servicePoints: metropolia.servicePoints,
  issuingContext: createIssuingContext({ account: { username: secrets.username, displayName: secrets.display_name, birthDate: secrets.birth_date, ...account }, agentLogin: secrets.username, ...more }),
})
/** Without porter desks, the issuing rules skip the search for a desk and answer fast. */
const withoutPorterDesks = { porterDesks: [] }
const cardText = (one: CallerCardInput, language: 'fi' | 'sv' | 'en' = 'en') => {
  const { where, why, next, places } = buildCallerCard(one, language)
  return { where, why: why.join(' '), next: next.join(' '), places, all: [where, ...why, ...next, ...places] }
}

t.test('shows a complete card without confidential data for every slip', async t => {
  t.ok(everySlip.length > 30, 'the table was read')
  const everyAccount = affiliations.flatMap(affiliation => accountStatuses.map(status => ({ affiliation, status })))
  const situations = [
    cardInput(undefined),
    ...everySlip.map(slip => ({ ...cardInput(slip, {}, withoutPorterDesks), isOlderSlipRequested: true })),
    ...everyAccount.flatMap(account => [undefined, slipIn('registered-letter', 'posted', 'post')].map(slip => cardInput(slip, account, withoutPorterDesks))),
  ]
  for (const one of situations) {
    for (const language of languages) {
      const { where, why, next, all } = cardText(one, language)
      const bad = [where, why, next, ...all].filter(sentence => sentence.trim() === '' || mark.test(sentence) || /\{\{|\bcallerCard\.|\bundefined\b|\bnull\b/.test(sentence))
      const { affiliation, status } = one.issuingContext.account
      if (bad.length > 0) t.strictSame(bad, [], `${one.slip?.channel} ${one.slip?.state} ${one.slip?.envelope_at} ${affiliation} ${status} ${language}`)
    }
  }
  t.pass(`${everySlip.length} slips`)
})

t.test('says that a code works only when it does', async t => {
  const works = translator('en')('callerCard.why.works')
  for (const slip of everySlip) t.equal(cardText(cardInput(slip, {}, withoutPorterDesks)).why.includes(works), (activeStates as readonly string[]).includes(slip.state), `${slip.channel} ${slip.state}`)
})

t.test('offers collection only for an envelope at the desk, before its deadline', async t => {
  const collect = translator('en')('callerCard.next.collect')
  for (const slip of everySlip) t.equal(cardText(cardInput(slip, {}, withoutPorterDesks)).next.includes(collect), slip.state === 'at-porter' && getAllowedSteps(slip).includes('hand-over'))
})

t.test('offers the next step when an envelope can no longer be collected', async t => {
  const waiting = [['prepared', 'office'], ['dispatched', 'on-the-way'], ['at-porter', 'desk']] as const
  const late = { now: new Date('2026-12-03T18:30:00Z') }
  const never = /You can collect the envelope|Collect by|Collect from|It will work/
  for (const [state, place] of waiting) {
    const slip = slipIn('porter', state, place)
    t.match(cardText(cardInput(slip)).next, 'Collect by Thursday 3', `${state}: in time`)
    const tooLate = cardText(cardInput(slip, {}, late))
    t.match(tooLate.next, /collection period has ended.*new slip/, state)
    t.notMatch(tooLate.all.join(' '), never, state)
    t.not(tooLate.places.length, 0, `${state}: where to come instead`)
  }
  const closed = metropolia.servicePoints.map(desk => desk.id === 'porter-arabia' ? { ...desk, hours: { ...desk.hours, week: Array(7).fill(null), seasons: [], exceptions: {} } } : desk)
  for (const [state, place] of waiting) {
    const changed = cardText({ ...cardInput(slipIn('porter', state, place)), servicePoints: closed })
    t.match(changed.next, /opening hours of the pick-up place have changed\. You can no longer collect the envelope there: Arabia porters.*new slip/, state)
    t.notMatch(changed.all.join(' '), never, state)
  }
})

t.test('says where and until when to collect, if it is open, and what to bring', async t => {
  const { where, next } = cardText(cardInput(slipIn('porter', 'at-porter', 'desk')))
  t.match(where, 'Arabia porters')
  for (const part of ['Collect by Thursday 3', 'Hämeentie 135 D', 'Open now, closes at 20.00', 'Bring a valid passport', /online.*activation\.metropolia\.fi/]) t.match(next, part)
  const saturday = cardText(cardInput(slipIn('porter', 'at-porter', 'desk'), {}, { now: new Date('2026-11-21T10:00:00Z') }))
  t.match(saturday.next, 'Closed now, opens Monday 23\u00a0November at 8.00')
})

t.test('offers a new slip by the rules, or says why there is none', async t => {
  const student = cardText(cardInput(undefined))
  t.match(student.next, /porters of a campus.*outside the Helsinki metropolitan area.*service points yourself\. Bring/)
  t.equal(student.places.length, 4, 'helpdesks and student affairs')
  const staff = cardText(cardInput(undefined, { affiliation: 'staff' }))
  t.strictSame(staff.places.map(place => place.split(',')[0]), ['Human resources'])
  t.notMatch(staff.next, /porters|registered letter/)
  const training = cardText(cardInput(undefined, { affiliation: 'training' }))
  t.match(training.next, metropolia.trainingReset.url)
  t.strictSame(training.places, [])
  t.notMatch(training.next, metropolia.onlineActivation.url)
  t.match(cardText(cardInput(undefined, { status: 'locked' })).next, 'Ask for the reason at the office')
  t.equal(cardText(cardInput(undefined, { status: 'not-yet-entitled' })).next, metropolia.notYetEntitledAdvice.en)
  const four = [1, 2, 3, 4].map(days => ({ issued_at: new Date(thursday.getTime() - days * 86_400_000), ended_at: null, void_reason: null }))
  const limited = cardText(cardInput(slipIn('counter', 'expired', 'holder'), {}, { earlierSlips: four }))
  t.match(limited.next, 'on 15 December 2026 at the earliest')
  t.match(limited.next, metropolia.onlineActivation.url)
  t.strictSame(limited.places, [])
})

t.test('recognises an older slip number and shows the newest slip', async t => {
  const { why } = cardText({ ...cardInput(slipIn('porter', 'at-porter', 'desk')), isOlderSlipRequested: true })
  t.match(why, translator('en')('callerCard.why.older'))
  t.match(why, translator('en')('callerCard.why.before-handover' satisfies TextKey))
})
