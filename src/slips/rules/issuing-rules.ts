/**
 * Who gets a slip, and how: the rules of docs/domain.md as one pure function over account, office, address and
 * moment. Pages, API, tests and the printed help all ask it; nobody else decides. Pure.
 */
import type { PostcodeEntry } from '../../addresses/postcode-entry.js'
import { type Destination, listLetterRefusals } from '../../addresses/rules.js'
import type { Profile } from '../../institution/profile.js'
import { type Refusal, sortRefusals } from '../../institution/refusals.js'
import { foldText, isMeaningful } from '../../institution/text.js'
import { type AccountStatus, type Affiliation, type Channel, channels, isProhibitedChannel, type ProhibitedChannel, prohibitedChannels, type ServicePointKind, servicePointKinds } from '../../institution/vocabulary.js'
import { listPickUpRefusals } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import { type AccountIdentity, checkIdentity, checkReadableIdentity, type IdentityCheck } from './identity-check.js'
import { checkReissueLimit, type EarlierSlip } from './limits.js'

/** What the rules look at, whatever is asked for. */
export interface IssuingContext {
  readonly account: AccountIdentity & {
    readonly username: string
    readonly displayName: string
    readonly affiliation: Affiliation
    readonly status: AccountStatus
  }
  /** The account's slips of the profile's `reissue.days`. */
  readonly earlierSlips: readonly EarlierSlip[]
  /** The agent's login is the user name of the agent's own account. */
  readonly agentLogin: string
  /** Where the agent works now; undefined when nowhere. */
  readonly office: ServicePointKind | undefined
  readonly porterDesks: readonly ServicePoint[]
  readonly profile: Profile
  readonly now: Date
}

/** Where a letter would go, and what the register knows of it. */
export interface LetterAddress {
  readonly destination: Destination
  readonly found: PostcodeEntry | undefined
  /** The day of the register's data, `YYYY-MM-DD`. */
  readonly dataDate: string
}

/** What the form asks for. */
export interface ResolvedIssueRequest {
  readonly channel: Channel | ProhibitedChannel
  readonly requestReference?: string | undefined
  readonly identityCheck?: IdentityCheck | undefined
  readonly porterDesk?: ServicePoint | undefined
  readonly letter?: LetterAddress & { readonly recipient: string } | undefined
}

/** The parts of a faulty request that can be read. */
export interface ReadableIssueRequest extends Omit<ResolvedIssueRequest, 'identityCheck' | 'letter'> {
  readonly identityCheck?: Partial<IdentityCheck> | undefined
  readonly letter?: { readonly address?: LetterAddress | undefined, readonly recipient?: string | undefined } | undefined
}

export interface ChannelAvailability {
  readonly channel: Channel | ProhibitedChannel
  readonly allowed: boolean
  readonly refusals: readonly Refusal[]
}

/** Each channel's answer before a form is filled in; with an address, the address rules too. */
export function checkChannels (context: IssuingContext, address?: LetterAddress): ChannelAvailability[] {
  return [...channels, ...prohibitedChannels].map(channel => {
    const refusals = sortRefusals([
      ...checkAccountAndOffice(context, channel),
      ...(channel === 'registered-letter' && address !== undefined ? checkLetterAddress(context, address) : []),
      ...(channel === 'porter' ? checkAnyDeskOpen(context) : []),
    ])
    return { channel, allowed: refusals.length === 0, refusals }
  })
}

/** Every reason why this slip may not be issued, in the order of docs/domain.md; empty when it may. */
export function checkIssueRequest (context: IssuingContext, request: ResolvedIssueRequest): Refusal[] {
  return checkReadableRequest(context, { ...request, letter: request.letter && { address: request.letter, recipient: request.letter.recipient } })
}

/** The same for a request of which some parts cannot be read: a rule about such a part says nothing. */
export function checkReadableRequest (context: IssuingContext, request: ReadableIssueRequest): Refusal[] {
  return sortRefusals([
    ...checkAccountAndOffice(context, request.channel),
    ...(isProhibitedChannel(request.channel) ? [] : checkChannelFields(context, request)),
  ])
}

/** What account, office and history say of a channel. A prohibited channel has no other answer. */
function checkAccountAndOffice (context: IssuingContext, channel: Channel | ProhibitedChannel): Refusal[] {
  if (isProhibitedChannel(channel)) return [{ code: 'channel-prohibited', values: { channel } }]
  const { account, agentLogin, earlierSlips, profile, now } = context
  const reasons: Array<Refusal | undefined> = [
    account.affiliation === 'training' ? { code: 'training-account', values: { address: profile.trainingReset.url } } : undefined,
    account.status === 'not-yet-entitled' ? { code: 'account-not-yet-entitled', values: { advice: profile.notYetEntitledAdvice } } : undefined,
    account.status === 'locked' ? { code: 'account-locked' } : undefined,
    isOwnAccount(agentLogin, account.username) ? { code: 'own-account' } : undefined,
    checkOffice(context, channel),
    checkReissueLimit(earlierSlips, profile, now),
  ]
  return reasons.filter(reason => reason !== undefined)
}

function checkChannelFields (context: IssuingContext, request: ReadableIssueRequest): Refusal[] {
  const { account, profile, porterDesks, now } = context
  switch (request.channel) {
    case 'counter': return request.identityCheck === undefined ? checkIdentity(undefined, account, profile, now) : checkReadableIdentity(request.identityCheck, account, profile, now)
    case 'porter': return [
      ...checkRequestReference(request),
      ...checkOptionalIdentity(context, request),
      ...(request.porterDesk === undefined ? [] : listPickUpRefusals(request.porterDesk, now, profile, porterDesks)),
    ]
    case 'registered-letter': return [
      ...checkRequestReference(request),
      ...checkOptionalIdentity(context, request),
      ...(request.letter?.address === undefined ? [] : checkLetterAddress(context, request.letter.address)),
      ...(request.letter?.recipient !== undefined && !isSameName(request.letter.recipient, account.displayName)
        ? [{ code: 'name-differs', variant: 'recipient', values: { holder: account.displayName } } as const]
        : []),
    ]
    case 'email': case 'sms': case 'phone': return []
    default: return request.channel satisfies never
  }
}

/** Away from a counter the check belongs to the handover; one that was made all the same must hold. */
function checkOptionalIdentity ({ account, profile, now }: IssuingContext, { identityCheck }: ReadableIssueRequest): Refusal[] {
  return identityCheck === undefined ? [] : checkReadableIdentity(identityCheck, account, profile, now)
}

function checkRequestReference (request: ReadableIssueRequest): Refusal[] {
  return isMeaningful(request.requestReference ?? '') ? [] : [{ code: 'request-required' }]
}

function checkLetterAddress ({ profile }: IssuingContext, { destination, found, dataDate }: LetterAddress): Refusal[] {
  return listLetterRefusals(destination, found, { dataDate }, profile)
}

/** Case and diacritics are forgiven, signs that belong to no name are not. */
function isSameName (recipient: string, displayName: string): boolean {
  return recipient === displayName || (foldText(recipient) === foldText(displayName) && /^[\p{L}\p{M} .,'’-]+$/u.test(recipient))
}

/** True when the account belongs to the agent: no one issues or hands over a slip to themselves. */
export function isOwnAccount (agentLogin: string, username: string): boolean {
  return agentLogin.toLowerCase() === username.toLowerCase()
}

/** True when this kind of office serves people of this affiliation at all. */
export function canOfficeServe (profile: Profile, office: ServicePointKind | undefined, affiliation: Affiliation): boolean {
  return office !== undefined && (profile.offices[office]?.affiliations.includes(affiliation) ?? false)
}

/** Why this office may not use this channel for this affiliation. Training accounts have their own refusal. */
export function checkOffice (
  { account, office, profile }: Pick<IssuingContext, 'office' | 'profile'> & { account: { affiliation: Affiliation } }, channel: Channel
): Refusal | undefined {
  if (office === undefined) return { code: 'office-not-authorised', variant: 'no-office' }
  if (account.affiliation === 'training') return undefined
  const serving = servicePointKinds.filter(kind => canOfficeServe(profile, kind, account.affiliation))
  const values = { office, affiliation: account.affiliation, channel }
  if (!serving.includes(office)) return toOfficeRefusal('affiliation', { ...values, servedBy: serving[0] })
  const offering = serving.filter(kind => profile.offices[kind]!.channels.includes(channel))
  return offering.includes(office) ? undefined : toOfficeRefusal('channel', { ...values, servedBy: offering[0] })
}

/** Names the office that the visitor can go to, if there is one. */
function toOfficeRefusal (variant: string, { servedBy, ...values }: Record<string, string | undefined>): Refusal {
  return servedBy === undefined
    ? { code: 'office-not-authorised', variant: `${variant}-nowhere`, values: values as Record<string, string> }
    : { code: 'office-not-authorised', variant, values: { ...values, servedBy } as Record<string, string> }
}

/** Before a campus is chosen, the porter is closed only when every desk is. */
function checkAnyDeskOpen ({ porterDesks, now, profile }: IssuingContext): Refusal[] {
  const answer = (desk: ServicePoint) => listPickUpRefusals(desk, now, profile, porterDesks)
  if (porterDesks[0] === undefined) return [{ code: 'service-point-closed', variant: 'no-desk' }]
  return porterDesks.some(desk => answer(desk).length === 0) ? [] : answer(porterDesks[0])
}

// Whether and how an account can get a new slip, at any office. Pure.

export interface NewSlipOptions {
  /** The channels of all offices that serve the affiliation. */
  readonly channels: readonly Channel[]
  /** Why there is none. */
  readonly refusal: Refusal | undefined
}

/** Asks the rules for every office that serves the account, without an agent: no agent's own account is refused. */
export function getNewSlipOptions (context: IssuingContext): NewSlipOptions {
  const { account, profile } = context
  const serving = servicePointKinds.filter(kind => canOfficeServe(profile, kind, account.affiliation))
  const answers = (serving.length > 0 ? serving : servicePointKinds)
    .flatMap(office => checkChannels({ ...context, office, agentLogin: '' }))
  const channels = answers.filter(answer => answer.allowed).map(answer => answer.channel).filter(channel => !isProhibitedChannel(channel))
  return { channels: [...new Set(channels)], refusal: channels.length > 0 ? undefined : answers[0]?.refusals[0] }
}
