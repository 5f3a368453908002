/** One slip on the paper of a holder's data. */
import { countryName } from '../../addresses/countries.js'
import { formatDate } from '../../i18n/moments.js'
import { formatStepNote } from '../../slips/void-reasons.js'
import type { HolderSlip } from '../holder-data.js'
import type { Section } from './flow.js'
import { joinParts, optionalLine, type FormatContext } from './wording.js'

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
