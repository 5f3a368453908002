/**
 * What a caller may hear: where the code is, whether it works and why not, and the next permitted step, in the
 * caller's language. A caller is not identified, so nothing personal is said: no name, no address or town, no
 * birth date, no tracking number, nothing of documents, staff, written reasons or alerts. Pure.
 */
import { dayInWords } from '../i18n/moments.js'
import { translator, type TextKey, type Translate } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import type { Channel, Language } from '../institution/words.js'
import { pickUpHours } from '../service-points/pick-up-hours.js'
import { canBeCollected, openingCalendar } from '../service-points/pick-up.js'
import type { ServicePoint } from '../service-points/service-point.js'
import { isLive, isOpen } from '../slips/life.js'
import { newSlipFor, type NewSlip } from '../slips/new-slip.js'
import { howToCollect, whatToBring, whereToCollect } from '../slips/paper/collecting.js'
import { collectByInWords, validUntilInWords } from '../slips/paper/moments.js'
import type { SlipRow } from '../slips/queries.js'
import { officeServes, type Circumstances } from '../slips/rules.js'
import { openingNow, placeInWords } from './place-in-words.js'

/** What the card looks at of a slip; whatever else is known of it cannot slip out. */
export type TellableSlip = Pick<SlipRow, 'channel' | 'state' | 'envelope_at' | 'expires_at' | 'collect_by' | 'porter_service_point_id'>

export interface Situation {
  /** The account's newest slip, if it ever had one. */
  readonly slip: TellableSlip | undefined
  /** The caller read out the number of a slip before that. */
  readonly isOlderAsked: boolean
  readonly circumstances: Circumstances
  readonly servicePoints: readonly ServicePoint[]
}

/** The card, in sentences to read out. */
export interface Told {
  readonly where: string
  readonly why: readonly string[]
  readonly next: readonly string[]
  /** Service desks to come to, where the caller may. */
  readonly places: readonly string[]
}

interface Teller extends Situation {
  readonly say: Translate
  readonly language: Language
  readonly profile: Profile
  readonly now: Date
  readonly newSlip: NewSlip
}

export function whatToTell (situation: Situation, language: Language): Told {
  const { profile, now } = situation.circumstances
  const teller: Teller = { ...situation, say: translator(language), language, profile, now, newSlip: newSlipFor(situation.circumstances) }
  const next = nextSteps(teller)
  return { where: whereItIs(teller), why: whyNot(teller), next: next.lines, places: next.mayCome ? desksToComeTo(teller) : [] }
}

const accountRefusals = ['training-account', 'account-not-yet-entitled', 'account-locked'] as const

/** Why no code would help this account at all. */
function accountRefusal ({ newSlip: { refusal } }: Teller): (typeof accountRefusals)[number] | undefined {
  return accountRefusals.find(code => code === refusal?.code)
}

function whereItIs ({ slip, say, language, ...teller }: Teller): string {
  if (slip === undefined) return say('tell.where.nowhere')
  if (slip.state === 'redeemed') return say('tell.where.used')
  return say(`tell.where.${slip.channel}.${slip.envelope_at}` as TextKey, { desk: deskOf({ slip, ...teller })?.name[language] ?? '' })
}

function whyNot (teller: Teller): string[] {
  const { slip, isOlderAsked, say, language, profile } = teller
  const refused = accountRefusal(teller)
  if (refused !== undefined) return [say(`tell.why.${refused}`)]
  if (slip === undefined) return [say('tell.why.none')]
  const older = isOlderAsked ? [say('tell.why.older')] : []
  if (isLive(slip.state)) return [...older, say('tell.why.works'), `${validUntilInWords(slip.expires_at, profile.timeZone, language)}.`]
  const end = dayInWords(slip.expires_at, profile.timeZone)
  return [...older, say(`tell.why.${whyKey(slip, teller)}` as TextKey, { dayFi: end.fi, daySv: end.sv, dayEn: end.en })]
}

function whyKey ({ channel, state }: TellableSlip, teller: Teller): string {
  if (isOpen(state)) return collectionLost(teller) !== undefined ? 'not-collectable' : channel === 'porter' ? 'before-handover' : 'before-posting'
  return state
}

interface Next { readonly lines: readonly string[], readonly mayCome: boolean }

function nextSteps (teller: Teller): Next {
  const { slip, say, profile, newSlip } = teller
  const refused = accountRefusal(teller)
  if (refused !== undefined) return { lines: [say(`tell.next.${refused}`, { ...newSlip.refusal?.values, ...trainingPage(teller) })], mayCome: false }
  const online = onlineWays(teller)
  const lost = collectionLost(teller)
  if (lost !== undefined) return another([...online, say(`tell.next.${lost}`, { desk: deskOf(teller)?.name[teller.language] ?? '' })], teller)
  const wait = (lines: readonly string[]): Next => ({ lines: [...online, ...lines], mayCome: false })
  switch (slip?.state) {
    case 'prepared': case 'dispatched':
      return wait(slip.channel === 'porter' ? [say('tell.next.waitForPorter'), ...collecting(teller)] : [say('tell.next.waitForLetter')])
    case 'at-porter':
      return wait([say('tell.next.collect'), ...collecting(teller)])
    case 'posted':
      return wait([say('tell.next.letter')])
    case 'handed-over': case 'delivered':
      return another([say('tell.next.useCode', { count: profile.passwordMinimum }), say('tell.next.ifLost'), ...online], teller)
    default:
      return another(online, teller)
  }
}

/** How the caller comes to another slip. */
function another (before: readonly string[], { newSlip, say, language, profile }: Teller): Next {
  const { channels, refusal } = newSlip
  const ways: Record<Channel, string> = {
    porter: say('tell.next.porter', { form: profile.contact.form }),
    'registered-letter': say('tell.next.registered-letter', { area: profile.letterFreeArea.name[language], form: profile.contact.form }),
    counter: say('tell.next.counter', { bring: whatToBring(profile.documents, say, language) }),
  }
  // The counter comes last: its places stand below it.
  const offered = (['porter', 'registered-letter', 'counter'] as const).filter(channel => channels.includes(channel)).map(channel => ways[channel])
  const refused = refusal === undefined ? [] : [refusal.code === 'reissue-limit' ? say('tell.next.reissue-limit', refusal.values) : say('tell.next.ask', { form: profile.contact.form })]
  return { lines: [...before, ...offered, ...refused], mayCome: channels.includes('counter') }
}

/** Why an envelope that is still on its way to its holder is not to be waited for; undefined while it is, and of any other slip. */
function collectionLost (teller: Teller): 'tooLate' | 'tooLateAtOffice' | 'hoursChanged' | undefined {
  const { slip, profile, now } = teller
  if (slip?.collect_by == null || !isOpen(slip.state) || isLive(slip.state)) return undefined
  if (slip.collect_by <= now) return slip.state === 'prepared' ? 'tooLateAtOffice' : 'tooLate'
  const desk = deskOf(teller)
  return desk === undefined || canBeCollected(desk, slip.collect_by, now, profile) ? undefined : 'hoursChanged'
}

/** Where and until when the envelope is collected, and what to bring. */
function collecting (teller: Teller): string[] {
  const { slip, say, language, profile, now } = teller
  const desk = deskOf(teller)
  if (desk === undefined || slip?.collect_by == null) return []
  const { collect_by: collectBy } = slip
  const hours = pickUpHours(openingCalendar(desk, profile), now, collectBy)
  return [
    `${collectByInWords(collectBy, profile.lifetimes.porterAfterHandoverDays, profile.timeZone, language)}.`,
    whereToCollect({ servicePointName: desk.name, address: desk.address }, say, language),
    openingNow(desk, profile, now, say),
    howToCollect({ hours }, profile.documents, say, language),
  ]
}

function onlineWays ({ say, language, profile: { onlineActivation, changePassword } }: Teller): string[] {
  return [
    say('tell.next.online', { label: onlineActivation.label[language], address: onlineActivation.url }),
    say('tell.next.remember', { label: changePassword.label[language], address: changePassword.url }),
  ]
}

function trainingPage ({ language, profile: { trainingReset } }: Teller) {
  return { label: trainingReset.label[language], address: trainingReset.url }
}

function deskOf ({ slip, servicePoints }: Pick<Situation, 'slip' | 'servicePoints'>): ServicePoint | undefined {
  return servicePoints.find(({ id }) => id === slip?.porter_service_point_id)
}

function desksToComeTo ({ servicePoints, circumstances: { account }, profile, now, say, language }: Teller): string[] {
  return servicePoints
    .filter(({ kind }) => officeServes(profile, kind, account.affiliation) && profile.offices[kind]!.channels.includes('counter'))
    .map(desk => placeInWords(desk, profile, now, say, language))
}
