/**
 * The rules for issuing a slip (docs/domain.md). Pages, the API and the printed help all use these functions, and no
 * other code decides whether a slip may be issued. Pure.
 */
import type { PostcodeEntry } from '../../addresses/postcode-entry.js'
import { type Destination, listLetterRefusals } from '../../addresses/rules.js'
import type { OwnNames } from '../../accounts/names/match-names.js'
import type { Profile } from '../../institution/profile.js'
import { type Refusal, sortRefusals } from '../../institution/refusals.js'
import { isMeaningful } from '../../institution/text.js'
import { type AccountStatus, type Affiliation, type Channel, channels, isProhibitedChannel, type ProhibitedChannel, prohibitedChannels, type ServicePointKind, servicePointKinds } from '../../institution/vocabulary.js'
import { listPickUpRefusals } from '../../service-points/pick-up.js'
import type { ServicePoint } from '../../service-points/service-point.js'
import { checkLatinName, checkRecipient, type EnteredLatinName, type Recipient } from './holder-name.js'
import { type AccountIdentity, checkIdentity, checkReadableIdentity, type IdentityCheck } from './identity-check.js'
import { checkReissueLimit, type EarlierSlip } from './limits.js'

/** The data that the rules need besides the request. */
export interface IssuingContext {
  readonly account: AccountIdentity & OwnNames & {
    readonly username: string
    readonly affiliation: Affiliation
    readonly status: AccountStatus
  }
  /** The account's slips from the last `reissue.days` of the profile. */
  readonly earlierSlips: readonly EarlierSlip[]
  /** The agent's login is the user name of the agent's own account. */
  readonly agentLogin: string
  /** The kind of the agent's current service point, if any. */
  readonly office: ServicePointKind | undefined
  readonly porterDesks: readonly ServicePoint[]
  readonly profile: Profile
  readonly now: Date
}

/** The destination of a letter, with its entry in the postcode register. */
export interface LetterAddress {
  readonly destination: Destination
  readonly found: PostcodeEntry | undefined
  /** The date of the register's data, `YYYY-MM-DD`. */
  readonly dataDate: string
  /** The municipalities without registered letters, in every language of the register, for an address abroad. */
  readonly areaTowns?: readonly string[]
}

/** The request, with its desk and address looked up. */
export interface ResolvedIssueRequest {
  readonly channel: Channel | ProhibitedChannel
  readonly requestReference?: string | undefined
  readonly identityCheck?: IdentityCheck | undefined
  readonly porterDesk?: ServicePoint | undefined
  readonly letter?: LetterAddress & Recipient | undefined
  readonly latinName?: EnteredLatinName | undefined
}

/** The parts of an invalid request that could be parsed. */
export interface ReadableIssueRequest extends Omit<ResolvedIssueRequest, 'identityCheck' | 'letter'> {
  readonly identityCheck?: Partial<IdentityCheck> | undefined
  readonly letter?: { readonly address?: LetterAddress | undefined, readonly recipient?: Recipient | undefined } | undefined
}

export interface ChannelAvailability {
  readonly channel: Channel | ProhibitedChannel
  readonly allowed: boolean
  readonly refusals: readonly Refusal[]
}

/** Checks each channel before a form is filled in. With an address, also applies the address rules. */
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

/** Returns every reason why this slip may not be issued, in the order of docs/domain.md. Empty if it may be issued. */
export function checkIssueRequest (context: IssuingContext, request: ResolvedIssueRequest): Refusal[] {
  return checkReadableRequest(context, { ...request, letter: request.letter && { address: request.letter, recipient: request.letter } })
}

/** Checks the parts of a request that could be parsed. Skips the rules about the other parts. */
export function checkReadableRequest (context: IssuingContext, request: ReadableIssueRequest): Refusal[] {
  return sortRefusals([
    ...checkAccountAndOffice(context, request.channel),
    ...(isProhibitedChannel(request.channel) ? [] : [...checkChannelFields(context, request), ...checkLatinName(context.account, request.latinName)]),
  ])
}

/** Checks account, office and earlier slips. A prohibited channel has only the one refusal. */
function checkAccountAndOffice (context: IssuingContext, channel: Channel | ProhibitedChannel): Refusal[] {
  if (isProhibitedChannel(channel)) return [{ code: 'channel-prohibited', values: { channel } }]
  const { account, agentLogin, earlierSlips, profile, now } = context
  const refusals: Array<Refusal | undefined> = [
    account.affiliation === 'training' ? { code: 'training-account', values: { address: profile.trainingReset.url } } : undefined,
    account.status === 'not-yet-entitled' ? { code: 'account-not-yet-entitled', values: { advice: profile.notYetEntitledAdvice } } : undefined,
    account.status === 'locked' ? { code: 'account-locked' } : undefined,
    isOwnAccount(agentLogin, account.username) ? { code: 'own-account' } : undefined,
    checkOffice(context, channel),
    checkReissueLimit(earlierSlips, profile, now),
  ]
  return refusals.filter(refusal => refusal !== undefined)
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
      ...(request.letter?.recipient === undefined ? [] : checkRecipient(request.letter.recipient, account, request.latinName)),
    ]
    case 'email': case 'sms': case 'phone': return []
    default: return request.channel satisfies never
  }
}

/** Other channels than the counter need no check before the handover. If one was made, it must be valid. */
function checkOptionalIdentity ({ account, profile, now }: IssuingContext, { identityCheck }: ReadableIssueRequest): Refusal[] {
  return identityCheck === undefined ? [] : checkReadableIdentity(identityCheck, account, profile, now)
}

function checkRequestReference (request: ReadableIssueRequest): Refusal[] {
  return isMeaningful(request.requestReference ?? '') ? [] : [{ code: 'request-required' }]
}

function checkLetterAddress ({ profile }: IssuingContext, { destination, found, ...register }: LetterAddress): Refusal[] {
  return listLetterRefusals(destination, found, register, profile)
}

/** Returns true if the account belongs to the agent, who may not issue or hand over a slip to themselves. */
export function isOwnAccount (agentLogin: string, username: string): boolean {
  return agentLogin.toLowerCase() === username.toLowerCase()
}

/** Returns true if this kind of office serves people of this affiliation. */
export function canOfficeServe (profile: Profile, office: ServicePointKind | undefined, affiliation: Affiliation): boolean {
  return office !== undefined && (profile.offices[office]?.affiliations.includes(affiliation) ?? false)
}

/** Checks that this office may use this channel for this affiliation. Training accounts have their own refusal. */
function checkOffice (
  { account, office, profile }: Pick<IssuingContext, 'office' | 'profile'> & { account: { affiliation: Affiliation } }, channel: Channel
): Refusal | undefined {
  if (office === undefined) return { code: 'office-not-authorised', variant: 'no-office' }
  if (account.affiliation === 'training') return undefined
  const serving = servicePointKinds.filter(kind => canOfficeServe(profile, kind, account.affiliation))
  const values = { office, affiliation: account.affiliation, channel }
  if (!serving.includes(office)) return toOfficeRefusal('affiliation', values, serving[0])
  const offering = serving.filter(kind => profile.offices[kind]!.channels.includes(channel))
  return offering.includes(office) ? undefined : toOfficeRefusal('channel', values, offering[0])
}

/** Creates the refusal, which names an office that serves the visitor, if there is one. */
function toOfficeRefusal (variant: 'affiliation' | 'channel', values: Readonly<Record<string, string>>, servedBy: ServicePointKind | undefined): Refusal {
  return servedBy === undefined
    ? { code: 'office-not-authorised', variant: `${variant}-nowhere`, values }
    : { code: 'office-not-authorised', variant, values: { ...values, servedBy } }
}

/** Before a campus is chosen, the porter channel is refused only if every desk is closed. */
function checkAnyDeskOpen ({ porterDesks, now, profile }: IssuingContext): Refusal[] {
  const listRefusals = (desk: ServicePoint) => listPickUpRefusals(desk, now, profile, porterDesks)
  if (porterDesks[0] === undefined) return [{ code: 'service-point-closed', variant: 'no-desk' }]
  return porterDesks.some(desk => listRefusals(desk).length === 0) ? [] : listRefusals(porterDesks[0])
}

// Whether and how an account can get a new slip, at any office.

export interface NewSlipOptions {
  /** The channels of all offices that serve the affiliation. */
  readonly channels: readonly Channel[]
  /** The first refusal, if no channel is allowed. */
  readonly refusal: Refusal | undefined
}

/** Returns the channels of all offices that serve the account. No agent is given, so `own-account` is never refused. */
export function getNewSlipOptions (context: IssuingContext): NewSlipOptions {
  const { account, profile } = context
  const serving = servicePointKinds.filter(kind => canOfficeServe(profile, kind, account.affiliation))
  const availability = (serving.length > 0 ? serving : servicePointKinds)
    .flatMap(office => checkChannels({ ...context, office, agentLogin: '' }))
  const channels = availability.filter(({ allowed }) => allowed).map(({ channel }) => channel).filter(channel => !isProhibitedChannel(channel))
  return { channels: [...new Set(channels)], refusal: channels.length > 0 ? undefined : availability[0]?.refusals[0] }
}
