/** A holder's own data on paper: tagged, in the holder's language, on as many pages as it needs. */
import { countryName } from '../addresses/countries.js'
import { formatDate, formatDateTime } from '../i18n/formatters.js'
import { hasText, type Translate, translator } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import type { Language, Localised } from '../institution/vocabulary.js'
import { createDocument, finishDocument } from '../pdf/document.js'
import { drawSections, type Section } from '../pdf/flow.js'
import { listUnprintableCharacters, notoSans, REPLACEMENT_CHARACTER } from '../pdf/fonts.js'
import { drawLetterhead } from '../pdf/letterhead.js'
import { formatStepNote } from '../slips/rules/void-reasons.js'
import type { ActorKind, HolderData, HolderEvent, HolderSlip } from './holder-data.js'

/** The paper as a PDF, made in memory. Its metadata name nobody. */
export async function renderHolderData (data: HolderData, facts: RenderContext): Promise<Buffer> {
  const { profile, at } = facts
  const language = data.account.preferredLanguage
  const wording = createFormatContext(language, facts)
  const { say } = wording
  const foot = say('holders.paper.foot', { at: wording.moment(data.madeAt) })
  const sheet = createDocument({ language, title: foot, institution: profile.name[language], at }, notoSans)
  drawLetterhead(sheet, sheet.root, { institution: profile, title: say('holders.paper.title'), subtitle: wording.moment(data.madeAt) })
  const sections = [accountSection(data, wording), ...data.slips.map(slip => slipSection(slip, wording)), ...eventSections(data.events, wording)]
  const paragraphs = [
    say('holders.paper.intro', { institution: data.institution }),
    say('holders.paper.terms', data.retention),
    say('holders.paper.rights'),
    say('holders.paper.contact', { form: profile.contact.form, email: profile.contact.email, phone: profile.contact.phone }),
    ...data.slips.length === 0 ? [say('holders.paper.noSlips')] : [],
    ...missingCharacterNote(sections, wording),
  ]
  drawSections(sheet, paragraphs, sections, foot)
  return await finishDocument(sheet)
}

function accountSection ({ account }: HolderData, { say, moment, language }: FormatContext): Section {
  return {
    heading: say('holders.paper.account'),
    lines: [
      [say('holders.paper.name'), account.displayName],
      [say('slips.show.username'), account.username],
      ...optionalLine(say('slips.card.studentNumber'), account.studentNumber),
      ...optionalLine(say('slips.card.birthDate'), account.birthDate && formatDate(account.birthDate, language)),
      [say('slips.card.affiliation'), say(`common.affiliations.${account.affiliation}`)],
      [say('holders.paper.status'), say(`common.statuses.${account.status}`)],
      [say('slips.card.language'), say(`common.languages.${account.preferredLanguage}`)],
      [say('holders.paper.id'), account.id],
      [say('holders.paper.updated'), moment(account.updatedAt)],
      ...optionalLine(say('holders.paper.gone'), account.goneFromDirectoryAt && moment(account.goneFromDirectoryAt)),
      ...optionalLine(say('holders.paper.password'), account.passwordSetAt && moment(account.passwordSetAt)),
    ],
  }
}

function eventSections (events: readonly HolderEvent[], { say, moment, place, doer }: FormatContext): Section[] {
  if (events.length === 0) return []
  return [{
    heading: say('holders.paper.events'),
    lines: events.map(event => [moment(event.at), joinParts([inWords(event.kind), stepOf(event), formatRefusalCodes(event), event.slip, doer(event.by), event.servicePoint && place(event.servicePoint)])] as const),
  }]

  function inWords (kind: string): string {
    const key = `holders.events.${kind}`
    return hasText(key) ? say(key) : kind
  }

  function stepOf ({ facts: { step } }: HolderEvent): string | undefined {
    const key = `slips.steps.${String(step)}`
    return step !== undefined && hasText(key) ? say(key) : undefined
  }
}

/** Which rules said no, by the codes of the house. */
function formatRefusalCodes ({ facts: { codes } }: HolderEvent): string | undefined {
  return Array.isArray(codes) ? codes.join(', ') : undefined
}

function missingCharacterNote (sections: readonly Section[], { say }: FormatContext): string[] {
  const text = sections.flatMap(({ heading, lines }) => [heading, ...lines.flat()]).join(' ')
  return listUnprintableCharacters(text).length === 0 ? [] : [say('holders.paper.unwritten', { sign: REPLACEMENT_CHARACTER })]
}

// One slip on the paper of a holder's data.

export function slipSection (slip: HolderSlip, wording: FormatContext): Section {
  const { say, moment, place } = wording
  return {
    heading: say('slips.show.title', { number: slip.number }),
    lines: [
      [say('slips.show.channel'), joinParts([say(`common.channels.${slip.channel}`), say(`slips.states.${slip.state}`)])],
      [say('slips.show.issued'), joinParts([moment(slip.issuedAt), place(slip.servicePoint), say(`common.languages.${slip.language}`)])],
      [say('slips.show.expires'), moment(slip.expiresAt)],
      ...optionalLine(say('holders.paper.ended'), slip.endedAt && joinParts([moment(slip.endedAt), slip.voidReason !== 'other' && slip.voidReason && formatStepNote(say, slip.voidReason)])),
      ...optionalLine(say('holders.paper.replaces'), slip.replaces),
      ...optionalLine(say('slips.show.reference'), slip.requestReference),
      ...optionalLine(say('holders.paper.requestKeys'), joinParts(slip.requestKeys)),
      ...deliveryLines(slip, wording),
      ...checkLines(slip, wording),
      ...slip.steps.map(step => [moment(step.at), joinParts([say(`slips.steps.${step.step}`), wording.doer(step.by), step.servicePoint && place(step.servicePoint), step.note && formatStepNote(say, step.note)])] as const),
      ...codeLines(slip, wording),
    ],
  }
}

function deliveryLines ({ channel, delivery }: HolderSlip, { say, moment, place, language }: FormatContext): Section['lines'] {
  const { porter, collectBy, recipient, lines, postcode, town, country, trackingNumber, personalHandover, envelopeAt } = delivery
  return [
    ...optionalLine(say('slips.show.porter'), porter && place(porter)),
    ...optionalLine(say('slips.show.collectBy'), collectBy && moment(collectBy)),
    ...optionalLine(say('slips.show.address'), joinParts([recipient, ...lines ?? [], joinParts([postcode, town], ' '), country && countryName(country, language)])),
    ...optionalLine(say('slips.show.tracking'), trackingNumber),
    ...optionalLine(say('slips.show.personalHandover'), personalHandover === null ? null : say(personalHandover ? 'slips.show.ordered' : 'slips.show.notOrdered')),
    ...optionalLine(say('slips.show.place'), channel === 'counter' ? null : say(`slips.show.places.${envelopeAt}`)),
  ]
}

function checkLines ({ identityChecks }: HolderSlip, { say, moment, place, language }: FormatContext): Section['lines'] {
  return identityChecks.map(check => [say('slips.show.identity'), joinParts([
    moment(check.checkedAt),
    say('holders.paper.checked', {
      document: say(`common.documents.${check.documentType}`),
      country: check.issuingCountry === null ? say('common.erased') : countryName(check.issuingCountry, language),
      until: check.validUntil === null ? say('common.erased') : formatDate(check.validUntil, language),
      place: place(check.servicePoint),
    }),
    check.nameMatches && say('holders.paper.nameMatches'),
    check.nameReason && say('holders.paper.nameReason', { reason: check.nameReason }),
    check.birthDateMatches && say('holders.paper.birthDateMatches'),
  ])] as const)
}

function codeLines ({ redemptions, alerts, wrongTries }: HolderSlip, { say, moment, doer }: FormatContext): Section['lines'] {
  return [
    ...redemptions.map(one => [say('holders.paper.redemption'), joinParts([
      moment(one.reservedAt), say('holders.paper.redemptionText', { doer: doer(one.by), outcome: say(`holders.paper.outcomes.${(one.outcome ?? 'underWay') as 'underWay'}`) }),
    ])] as const),
    ...alerts.map(alert => [say('holders.paper.alert'), say('holders.paper.tries', { count: alert.tries, at: moment(alert.lastAt) })] as const),
    ...optionalLine(say('holders.paper.wrongTries'), wrongTries === 0 ? null : String(wrongTries)),
  ]
}

// How the paper of a holder's data says things: moments, places and who, in the holder's language.

export interface RenderContext {
  readonly profile: Profile
  readonly servicePoints: ReadonlyArray<{ readonly id: string, readonly name: Localised }>
  readonly at: Date
}

export interface FormatContext {
  readonly language: Language
  readonly say: Translate
  /** A moment in RFC 3339 as the language writes it. */
  readonly moment: (text: string) => string
  /** The name of a service point. */
  readonly place: (id: string) => string
  readonly doer: (doer: ActorKind) => string
}

export function createFormatContext (language: Language, { profile, servicePoints }: RenderContext): FormatContext {
  const say = translator(language)
  return {
    language,
    say,
    moment: text => formatDateTime(new Date(text), profile.timeZone, language),
    place: id => servicePoints.find(one => one.id === id)?.name[language] ?? id,
    doer: doer => say(`holders.doers.${doer}`),
  }
}

/** What is known of several parts, with commas. */
export function joinParts (parts: ReadonlyArray<string | null | undefined | false>, by = ', '): string {
  return parts.filter(part => typeof part === 'string' && part !== '').join(by)
}

/** A line, unless there is nothing to say in it. */
export function optionalLine (label: string, value: string | null | undefined): Array<readonly [string, string]> {
  return value === null || value === undefined || value === '' ? [] : [[label, value]]
}
