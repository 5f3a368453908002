/** One slip on the paper of a holder's data. */
import { countryName } from '../../addresses/countries.js'
import { shortDay } from '../../i18n/moments.js'
import { noteInWords } from '../../slips/void-reasons.js'
import type { HeldSlip } from '../holder-data.js'
import type { Section } from './flow.js'
import { joined, known, type Wording } from './wording.js'

export function slipSection (slip: HeldSlip, wording: Wording): Section {
  const { say, moment, place } = wording
  return {
    heading: say('slips.show.title', { number: slip.number }),
    lines: [
      [say('slips.show.channel'), joined([say(`common.channels.${slip.channel}`), say(`slips.states.${slip.state}`)])],
      [say('slips.show.issued'), joined([moment(slip.issuedAt), place(slip.servicePoint), say(`common.languages.${slip.language}`)])],
      [say('slips.show.expires'), moment(slip.expiresAt)],
      ...known(say('holders.paper.ended'), slip.endedAt && joined([moment(slip.endedAt), slip.voidReason !== 'other' && slip.voidReason && noteInWords(say, slip.voidReason)])),
      ...known(say('holders.paper.replaces'), slip.replaces),
      ...known(say('slips.show.reference'), slip.requestReference),
      ...known(say('holders.paper.requestKeys'), joined(slip.requestKeys)),
      ...deliveryLines(slip, wording),
      ...checkLines(slip, wording),
      ...slip.steps.map(step => [moment(step.at), joined([say(`slips.steps.${step.step}`), wording.doer(step.by), step.servicePoint && place(step.servicePoint), step.note && noteInWords(say, step.note)])] as const),
      ...codeLines(slip, wording),
    ],
  }
}

function deliveryLines ({ channel, delivery }: HeldSlip, { say, moment, place, language }: Wording): Section['lines'] {
  const { porter, collectBy, recipient, lines, postcode, town, country, trackingNumber, personalHandover, envelopeAt } = delivery
  return [
    ...known(say('slips.show.porter'), porter && place(porter)),
    ...known(say('slips.show.collectBy'), collectBy && moment(collectBy)),
    ...known(say('slips.show.address'), joined([recipient, ...lines ?? [], joined([postcode, town], ' '), country && countryName(country, language)])),
    ...known(say('slips.show.tracking'), trackingNumber),
    ...known(say('slips.show.personalHandover'), personalHandover === null ? null : say(personalHandover ? 'slips.show.ordered' : 'slips.show.notOrdered')),
    ...known(say('slips.show.place'), channel === 'counter' ? null : say(`slips.show.places.${envelopeAt}`)),
  ]
}

function checkLines ({ identityChecks }: HeldSlip, { say, moment, place, language }: Wording): Section['lines'] {
  return identityChecks.map(check => [say('slips.show.identity'), joined([
    moment(check.checkedAt),
    say('holders.paper.checked', {
      document: say(`common.documents.${check.documentType}`),
      country: check.issuingCountry === null ? say('common.erased') : countryName(check.issuingCountry, language),
      until: check.validUntil === null ? say('common.erased') : shortDay(check.validUntil, language),
      place: place(check.servicePoint),
    }),
    check.nameMatches && say('holders.paper.nameMatches'),
    check.nameReason && say('holders.paper.nameReason', { reason: check.nameReason }),
    check.birthDateMatches && say('holders.paper.birthDateMatches'),
  ])] as const)
}

function codeLines ({ redemptions, alerts, wrongTries }: HeldSlip, { say, moment, doer }: Wording): Section['lines'] {
  return [
    ...redemptions.map(one => [say('holders.paper.redemption'), joined([
      moment(one.reservedAt), say('holders.paper.redemptionText', { doer: doer(one.by), outcome: say(`holders.paper.outcomes.${(one.outcome ?? 'underWay') as 'underWay'}`) }),
    ])] as const),
    ...alerts.map(alert => [say('holders.paper.alert'), say('holders.paper.tries', { count: alert.tries, at: moment(alert.lastAt) })] as const),
    ...known(say('holders.paper.wrongTries'), wrongTries === 0 ? null : String(wrongTries)),
  ]
}
