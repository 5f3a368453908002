/** The PDF of everything stored about a holder, in the holder's language. */
import { countryName } from '../addresses/countries.js'
import { formatDate, formatDateTime } from '../i18n/formatters.js'
import { hasText, translator, type ZonedTranslate } from '../i18n/translate.js'
import type { Profile } from '../institution/profile.js'
import type { Language, Localised } from '../institution/vocabulary.js'
import { createDocument, finishDocument } from '../pdf/document.js'
import { drawFlow, type Section } from '../pdf/flow.js'
import { listUnprintableCharacters, notoSans, REPLACEMENT_CHARACTER } from '../pdf/fonts.js'
import { drawLetterhead } from '../pdf/letterhead.js'
import { formatLatinName, formatStepNote } from '../slips/paper/slip-texts.js'
import type { ActorKind, HolderData, HolderEvent, HolderSlip } from './holder-data.js'

export interface RenderContext {
  readonly profile: Profile
  readonly servicePoints: ReadonlyArray<{ readonly id: string, readonly name: Localised }>
  readonly at: Date
}

/** Translates and formats values in the holder's language. */
interface FormatContext {
  readonly language: Language
  readonly t: ZonedTranslate
  /** Formats an RFC 3339 timestamp. */
  readonly formatMoment: (timestamp: string) => string
  readonly servicePointName: (id: string) => string
  readonly actorName: (actor: ActorKind) => string
}

type Line = Section['lines'][number]

/** Returns the PDF. Its metadata contains no personal data. */
export async function renderHolderData (data: HolderData, context: RenderContext): Promise<Buffer> {
  const { profile, at } = context
  const language = data.account.preferredLanguage
  const format = createFormatContext(language, context)
  const { t, formatMoment } = format
  const foot = t('holders.paper.foot', { at: formatMoment(data.madeAt) })
  const doc = createDocument({ language, title: foot, institution: profile.name[language], createdAt: at }, notoSans)
  drawLetterhead(doc, { institution: profile, title: t('holders.paper.title'), subtitle: formatMoment(data.madeAt) })
  const sections = [accountSection(data, format), ...data.slips.map(slip => slipSection(slip, format)), ...eventSections(data.events, format)]
  const paragraphs = [
    t('holders.paper.intro', { institution: data.institution }),
    t('holders.paper.terms', data.retention),
    t('holders.paper.rights'),
    t('holders.paper.contact', { form: profile.contact.form, email: profile.contact.email, phone: profile.contact.phone }),
    ...data.slips.length === 0 ? [t('holders.paper.noSlips')] : [],
    ...missingCharacterNote(sections, format),
  ]
  drawFlow(doc, { paragraphs, sections, foot, pageLabel: (page, pages) => t('holders.paper.page', { page, pages }) })
  return await finishDocument(doc)
}

function createFormatContext (language: Language, { profile, servicePoints }: RenderContext): FormatContext {
  const t = translator(language, profile.timeZone)
  return {
    language,
    t,
    formatMoment: timestamp => formatDateTime(new Date(timestamp), profile.timeZone, language),
    servicePointName: id => servicePoints.find(servicePoint => servicePoint.id === id)?.name[language] ?? id,
    actorName: actor => t(`holders.actors.${actor}`),
  }
}

function accountSection ({ account }: HolderData, { t, formatMoment, language }: FormatContext): Section {
  return {
    heading: t('holders.paper.account'),
    lines: [
      [t('holders.paper.name'), account.displayName],
      ...optionalLine(t('slips.card.latinName'), account.latinName),
      ...optionalLine(t('holders.paper.lastName'), account.lastName),
      [t('slips.show.username'), account.username],
      ...optionalLine(t('slips.card.studentNumber'), account.studentNumber),
      ...optionalLine(t('slips.card.birthDate'), account.birthDate && formatDate(account.birthDate, language)),
      [t('slips.card.affiliation'), t(`common.affiliations.${account.affiliation}`)],
      [t('holders.paper.status'), t(`common.statuses.${account.status}`)],
      [t('slips.card.language'), t(`common.languages.${account.preferredLanguage}`)],
      [t('holders.paper.id'), account.id],
      [t('holders.paper.updated'), formatMoment(account.updatedAt)],
      ...optionalLine(t('holders.paper.gone'), account.goneFromDirectoryAt && formatMoment(account.goneFromDirectoryAt)),
      ...optionalLine(t('holders.paper.password'), account.passwordSetAt && formatMoment(account.passwordSetAt)),
    ],
  }
}

function eventSections (events: readonly HolderEvent[], format: FormatContext): Section[] {
  const { t, formatMoment } = format
  return events.length === 0 ? [] : [{ heading: t('holders.paper.events'), lines: events.map(event => [formatMoment(event.at), formatEvent(event, format)]) }]
}

function formatEvent (event: HolderEvent, { t, servicePointName, actorName }: FormatContext): string {
  const { kind, facts: { step, codes }, slip, by, servicePoint } = event
  const kindKey = `holders.events.${kind}`
  const stepKey = `slips.steps.${String(step)}`
  return joinParts([
    hasText(kindKey) ? t(kindKey) : kind,
    step !== undefined && hasText(stepKey) && t(stepKey),
    Array.isArray(codes) && codes.join(', '),
    slip,
    actorName(by),
    servicePoint && servicePointName(servicePoint),
  ])
}

function missingCharacterNote (sections: readonly Section[], { t }: FormatContext): string[] {
  const text = sections.flatMap(({ heading, lines }) => [heading, ...lines.flat()]).join(' ')
  return listUnprintableCharacters(text).length === 0 ? [] : [t('holders.paper.unwritten', { sign: REPLACEMENT_CHARACTER })]
}

function slipSection (slip: HolderSlip, format: FormatContext): Section {
  const { t, formatMoment, servicePointName } = format
  return {
    heading: t('slips.show.title', { number: slip.number }),
    lines: [
      [t('slips.show.channel'), joinParts([t(`common.channels.${slip.channel}`), t(`slips.states.${slip.state}`)])],
      [t('slips.show.issued'), joinParts([formatMoment(slip.issuedAt), servicePointName(slip.servicePoint), t(`common.languages.${slip.language}`)])],
      [t('slips.show.expires'), formatMoment(slip.expiresAt)],
      ...optionalLine(t('holders.paper.ended'), slip.endedAt && joinParts([formatMoment(slip.endedAt), slip.voidReason !== 'other' && slip.voidReason && formatStepNote(t, slip.voidReason)])),
      ...optionalLine(t('holders.paper.replaces'), slip.replaces),
      ...optionalLine(t('slips.show.latinName'), slip.latinName && formatLatinName(t, slip.latinName)),
      ...optionalLine(t('slips.show.reference'), slip.requestReference),
      ...optionalLine(t('holders.paper.requestKeys'), joinParts(slip.requestKeys)),
      ...deliveryLines(slip, format),
      ...checkLines(slip, format),
      ...slip.steps.map(step => [formatMoment(step.at), joinParts([t(`slips.steps.${step.step}`), format.actorName(step.by), step.servicePoint && servicePointName(step.servicePoint), step.note && formatStepNote(t, step.note)])] as const),
      ...codeLines(slip, format),
    ],
  }
}

function deliveryLines ({ channel, delivery }: HolderSlip, { t, formatMoment, servicePointName, language }: FormatContext): Section['lines'] {
  const { porter, collectBy, recipient, lines, postcode, town, country, trackingNumber, personalHandover, envelopeAt } = delivery
  return [
    ...optionalLine(t('slips.show.porter'), porter && servicePointName(porter)),
    ...optionalLine(t('slips.show.collectBy'), collectBy && formatMoment(collectBy)),
    ...optionalLine(t('slips.show.address'), joinParts([recipient, ...lines ?? [], joinParts([postcode, town], ' '), country && countryName(country, language)])),
    ...optionalLine(t('slips.show.tracking'), trackingNumber),
    ...optionalLine(t('slips.show.personalHandover'), personalHandover === null ? null : t(personalHandover ? 'slips.show.ordered' : 'slips.show.notOrdered')),
    ...optionalLine(t('slips.show.place'), channel === 'counter' ? null : t(`slips.show.places.${envelopeAt}`)),
  ]
}

function checkLines ({ identityChecks }: HolderSlip, { t, formatMoment, servicePointName, language }: FormatContext): Section['lines'] {
  return identityChecks.map(check => [t('slips.show.identity'), joinParts([
    formatMoment(check.checkedAt),
    t(check.validUntil === 'none' ? 'holders.paper.checkedWithoutExpiry' : 'holders.paper.checked', {
      document: t(`common.documents.${check.documentType}`),
      country: check.issuingCountry === null ? t('common.erased') : countryName(check.issuingCountry, language),
      until: check.validUntil === null || check.validUntil === 'none' ? t('common.erased') : formatDate(check.validUntil, language),
      place: servicePointName(check.servicePoint),
    }),
    check.nameMatches && t('holders.paper.nameMatches'),
    check.nameReason && t('holders.paper.nameReason', { reason: check.nameReason }),
    check.birthDateMatches && t('holders.paper.birthDateMatches'),
    check.birthDateReason && t('holders.paper.birthDateReason', { reason: check.birthDateReason }),
  ])] as const)
}

function codeLines ({ redemptions, alerts, wrongTries }: HolderSlip, { t, formatMoment, actorName }: FormatContext): Section['lines'] {
  return [
    ...redemptions.map(redemption => [t('holders.paper.redemption'), joinParts([
      formatMoment(redemption.reservedAt), t('holders.paper.redemptionText', { actor: actorName(redemption.by), outcome: t(`holders.paper.outcomes.${(redemption.outcome ?? 'underWay') as 'underWay'}`) }),
    ])] as const),
    ...alerts.map(alert => [t('holders.paper.alert'), t('holders.paper.tries', { count: alert.tries, at: new Date(alert.lastAt) })] as const),
    ...optionalLine(t('holders.paper.wrongTries'), wrongTries === 0 ? null : String(wrongTries)),
  ]
}

/** Joins the parts that are not empty. */
function joinParts (parts: ReadonlyArray<string | null | undefined | false>, separator = ', '): string {
  return parts.filter(part => typeof part === 'string' && part !== '').join(separator)
}

/** Returns one line, or none if the value is empty. */
function optionalLine (label: string, value: string | null | undefined): Line[] {
  return value === null || value === undefined || value === '' ? [] : [[label, value]]
}
