/**
 * Builds the caller card: where the code is, whether it works and why not, and the next allowed step, in the caller's
 * language. A caller is not identified, so the card has no personal data: no name, address, town, birth date or tracking
 * number, and nothing about documents, staff, typed reasons or alerts. Pure.
 */
import { type TextKey, translator, type ZonedTranslate } from '../../i18n/translate.js'
import type { Profile } from '../../institution/profile.js'
import type { Channel, Language } from '../../institution/vocabulary.js'
import { formatWeekHours } from '../../service-points/format-hours.js'
import { findNextOpening, findOpenSpan, getWeekOn } from '../../service-points/hours.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { canBeCollected, getPickUpHours, toOpeningCalendar } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import { formatCollectBy, formatCollectionDetails, formatCollectionPlace, formatDocumentsToBring, formatValidUntil } from '../../slips/paper/slip-texts.js'
import type { Slip } from '../../slips/slip.js'
import { canOfficeServe, getNewSlipOptions, type IssuingContext, type NewSlipOptions } from '../../slips/rules/issuing-rules.js'
import { isActive, isOpen } from '../../slips/rules/state-machine.js'

/** The slip data that the card uses. It has no other data, so the card cannot disclose any. */
export type CallerCardSlip = Pick<Slip, 'channel' | 'state' | 'envelope_at' | 'expires_at' | 'collect_by' | 'porter_service_point_id'>

export interface CallerCardInput {
  /** The account's newest slip, if it ever had one. */
  readonly slip: CallerCardSlip | undefined
  /** True if the caller read out the number of an older slip. */
  readonly isOlderSlipRequested: boolean
  readonly issuingContext: IssuingContext
  readonly servicePoints: readonly ServicePoint[]
}

/** The card, as sentences to read out. */
export interface CallerCard {
  readonly where: string
  readonly why: readonly string[]
  readonly next: readonly string[]
  /** Service points that the caller can visit. */
  readonly places: readonly string[]
}

interface CardContext extends CallerCardInput {
  readonly say: ZonedTranslate
  readonly language: Language
  readonly profile: Profile
  readonly now: Date
  readonly newSlip: NewSlipOptions
}

export function buildCallerCard (input: CallerCardInput, language: Language): CallerCard {
  const { profile, now } = input.issuingContext
  const context: CardContext = { ...input, say: translator(language, profile.timeZone), language, profile, now, newSlip: getNewSlipOptions(input.issuingContext) }
  const next = describeNextSteps(context)
  return { where: describeLocation(context), why: describeCodeStatus(context), next: next.lines, places: next.canVisitDesk ? describeCounterDesks(context) : [] }
}

const blockingRefusalCodes = ['training-account', 'account-not-yet-entitled', 'account-locked'] as const

/** Returns why a code would not help this account. */
function findBlockingRefusal ({ newSlip: { refusal } }: CardContext): (typeof blockingRefusalCodes)[number] | undefined {
  return blockingRefusalCodes.find(code => code === refusal?.code)
}

function describeLocation ({ slip, say, language, ...context }: CardContext): string {
  if (slip === undefined) return say('callerCard.where.nowhere')
  if (slip.state === 'redeemed') return say('callerCard.where.used')
  return say(`callerCard.where.${slip.channel}.${slip.envelope_at}` as TextKey, { desk: findPorterDesk({ slip, ...context })?.name[language] ?? '' })
}

function describeCodeStatus (context: CardContext): string[] {
  const { slip, isOlderSlipRequested, say } = context
  const refused = findBlockingRefusal(context)
  if (refused !== undefined) return [say(`callerCard.why.${refused}`)]
  if (slip === undefined) return [say('callerCard.why.none')]
  const older = isOlderSlipRequested ? [say('callerCard.why.older')] : []
  if (isActive(slip.state)) return [...older, say('callerCard.why.works'), `${formatValidUntil(slip.expires_at, say)}.`]
  return [...older, say(`callerCard.why.${selectStatusKey(slip, context)}` as TextKey, { end: slip.expires_at })]
}

function selectStatusKey ({ channel, state }: CallerCardSlip, context: CardContext): string {
  if (isOpen(state)) return findCollectionFailure(context) !== undefined ? 'not-collectable' : channel === 'porter' ? 'before-handover' : 'before-posting'
  return state
}

interface NextSteps { readonly lines: readonly string[], readonly canVisitDesk: boolean }

function describeNextSteps (context: CardContext): NextSteps {
  const { slip, say, profile, newSlip } = context
  const refused = findBlockingRefusal(context)
  if (refused !== undefined) return { lines: [say(`callerCard.next.${refused}`, { ...newSlip.refusal?.values, ...toTrainingPageValues(context) })], canVisitDesk: false }
  const online = describeOnlineOptions(context)
  const lost = findCollectionFailure(context)
  if (lost !== undefined) return describeNewSlipOptions([...online, say(`callerCard.next.${lost}`, { desk: findPorterDesk(context)?.name[context.language] ?? '' })], context)
  const wait = (lines: readonly string[]): NextSteps => ({ lines: [...online, ...lines], canVisitDesk: false })
  if (slip === undefined) return describeNewSlipOptions(online, context)
  switch (slip.state) {
    case 'prepared': case 'dispatched':
      return wait(slip.channel === 'porter' ? [say('callerCard.next.waitForPorter'), ...describeCollection(context)] : [say('callerCard.next.waitForLetter')])
    case 'at-porter':
      return wait([say('callerCard.next.collect'), ...describeCollection(context)])
    case 'posted':
      return wait([say('callerCard.next.letter')])
    case 'handed-over': case 'delivered':
      return describeNewSlipOptions([say('callerCard.next.useCode', { count: profile.passwordMinimum }), say('callerCard.next.ifLost'), ...online], context)
    case 'redeemed': case 'returned': case 'voided': case 'expired': case 'locked':
      return describeNewSlipOptions(online, context)
    default:
      return slip.state satisfies never
  }
}

/** Describes how the caller can get another slip. */
function describeNewSlipOptions (before: readonly string[], { newSlip, say, language, profile }: CardContext): NextSteps {
  const { channels, refusal } = newSlip
  const ways: Record<Channel, string> = {
    porter: say('callerCard.next.porter', { form: profile.contact.form }),
    'registered-letter': say('callerCard.next.registered-letter', { area: profile.letterFreeArea.name, form: profile.contact.form }),
    counter: say('callerCard.next.counter', { bring: formatDocumentsToBring(profile.documents, say, language) }),
  }
  // The counter comes last, because its service points are listed below it.
  const offered = (['porter', 'registered-letter', 'counter'] as const).filter(channel => channels.includes(channel)).map(channel => ways[channel])
  const refused = refusal === undefined ? [] : [refusal.code === 'reissue-limit' ? say('callerCard.next.reissue-limit', refusal.values) : say('callerCard.next.ask', { form: profile.contact.form })]
  return { lines: [...before, ...offered, ...refused], canVisitDesk: channels.includes('counter') }
}

/** Returns why an envelope on its way to the holder cannot be collected; undefined if it can, and for any other slip. */
function findCollectionFailure (context: CardContext): 'tooLate' | 'tooLateAtOffice' | 'hoursChanged' | undefined {
  const { slip, profile, now } = context
  if (slip?.collect_by == null || !isOpen(slip.state) || isActive(slip.state)) return undefined
  if (slip.collect_by <= now) return slip.state === 'prepared' ? 'tooLateAtOffice' : 'tooLate'
  const desk = findPorterDesk(context)
  return desk === undefined || canBeCollected(desk, slip.collect_by, now, profile) ? undefined : 'hoursChanged'
}

/** Describes where and until when to collect the envelope, and what to bring. */
function describeCollection (context: CardContext): string[] {
  const { slip, say, language, profile, now } = context
  const desk = findPorterDesk(context)
  if (desk === undefined || slip?.collect_by == null) return []
  const { collect_by: collectBy } = slip
  const hours = getPickUpHours(toOpeningCalendar(desk, profile), now, collectBy)
  return [
    `${formatCollectBy(collectBy, profile.lifetimes.porterAfterHandoverDays, say)}.`,
    formatCollectionPlace({ servicePointName: desk.name, address: desk.address }, say, language),
    formatOpeningStatus(desk, profile, now, say),
    formatCollectionDetails({ hours }, profile.documents, say, language),
  ]
}

function describeOnlineOptions ({ say, language, profile: { onlineActivation, changePassword } }: CardContext): string[] {
  return [
    say('callerCard.next.online', { label: onlineActivation.label[language], address: onlineActivation.url }),
    say('callerCard.next.remember', { label: changePassword.label[language], address: changePassword.url }),
  ]
}

function toTrainingPageValues ({ language, profile: { trainingReset } }: CardContext) {
  return { label: trainingReset.label[language], address: trainingReset.url }
}

function findPorterDesk ({ slip, servicePoints }: Pick<CallerCardInput, 'slip' | 'servicePoints'>): ServicePoint | undefined {
  return servicePoints.find(({ id }) => id === slip?.porter_service_point_id)
}

function describeCounterDesks (context: CardContext): string[] {
  const { servicePoints, issuingContext: { account }, profile } = context
  return servicePoints
    .filter(({ kind }) => canOfficeServe(profile, kind, account.affiliation) && profile.offices[kind]!.channels.includes('counter'))
    .map(desk => formatServicePoint(desk, context))
}

// Service points that the caller can visit.

/** "Helpdesk, Myllypuro, Myllypurontie 1, 00920 Helsinki. Open Mon–Thu 9–15, Fri 9–14. Open now, until 15.00." */
function formatServicePoint (place: ServicePoint, { profile, now, say, language }: Pick<CardContext, 'profile' | 'now' | 'say' | 'language'>): string {
  const hours = formatWeekHours(getWeekOn(place.hours, institutionDay(now, profile.timeZone)), language)
  return [
    `${place.name[language]}, ${place.address}.`,
    ...hours === '' ? [] : [say('paper.collecting.hours', { hours })],
    formatOpeningStatus(place, profile, now, say),
  ].join(' ')
}

/** "Open now, until 15.00.", "Closed now, opens Monday 23 November 9.00." */
function formatOpeningStatus (place: ServicePoint, profile: Pick<Profile, 'timeZone' | 'country'>, now: Date, say: ZonedTranslate): string {
  const calendar = toOpeningCalendar(place, profile)
  const open = findOpenSpan(calendar, now)
  if (open !== undefined) return say('callerCard.place.open', { until: open.closes })
  const next = findNextOpening(calendar, now)
  return next === undefined ? say('callerCard.place.closed') : say('callerCard.place.opens', { opens: next.opens })
}
