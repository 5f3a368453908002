/** A slip's page as its template wants it: what it is, what has happened to it, what can be done. */
import type { FastifyRequest } from 'fastify'
import { isErased, shownName, shownUsername } from '../accounts/erased.js'
import { countryName } from '../addresses/countries.js'
import { windowLines } from '../addresses/postal-address.js'
import type { Deps } from '../app.js'
import { momentInWords, shortDay } from '../i18n/moments.js'
import type { Translate } from '../i18n/translate.js'
import { trackingLink } from '../institution/carrier.js'
import type { Localised } from '../institution/words.js'
import { may } from '../staff/permissions.js'
import type { Session } from '../staff/session.js'
import { firstState, isLive, isOpen } from './life.js'
import { collectByInWords, validUntilInWords } from './paper/moments.js'
import type { SlipRow } from './queries.js'
import { officeServes } from './rules.js'
import { stepsOpenTo } from './step-rights.js'
import { chosenReasons, noteInWords } from './void-reasons.js'

export interface SlipPageParts {
  readonly slip: SlipRow
  /** Names of service points by id. */
  readonly names: ReadonlyMap<string, Localised>
  readonly identityCheck: { document_type: string, issuing_country: string | null, valid_until: string | null, name_reason: string | null } | undefined
  readonly session: Session
}

/** Whether a paper jam can still be put right by one click: the paper has not left the office. */
export function mayReissue (slip: SlipRow, session: Session, { profile, now }: Deps): boolean {
  return slip.state === firstState(slip.channel) && slip.issued_by_id === session.staff.id && may(session.staff.roles, 'slips:issue') &&
    now().getTime() - slip.issued_at.getTime() <= profile.reissue.printFailedWithinMinutes * 60_000
}

/** Whether a letter that came back can go out again from this office. */
function mayIssueLetterAgain ({ state, channel, affiliation }: SlipRow, { staff, servicePoint }: Session, { profile }: Deps): boolean {
  return state === 'returned' && channel === 'registered-letter' && may(staff.roles, 'slips:issue') && servicePoint !== null &&
    officeServes(profile, servicePoint.kind, affiliation) && profile.offices[servicePoint.kind]!.channels.includes(channel)
}

/** The page without what was typed into its forms. */
export function slipPage (deps: Deps, { t, language }: FastifyRequest, { slip, names, identityCheck, session }: SlipPageParts) {
  const { profile } = deps
  const zone = profile.timeZone
  const nameOf = (id: string) => names.get(id)?.[language] ?? id
  const mayVoid = isOpen(slip.state) && may(session.staff.roles, 'slips:void') &&
    officeServes(profile, session.servicePoint?.kind, slip.affiliation)
  return {
    slip: {
      ...facts(t, slip),
      issuedAt: momentInWords(slip.issued_at, zone, language),
      issuedBy: slip.issued_by_name,
      issuedWhere: nameOf(slip.service_point_id),
      expiresAt: momentInWords(slip.expires_at, zone, language),
      collectBy: slip.collect_by === null ? undefined : momentInWords(slip.collect_by, zone, language),
      porter: slip.porter_service_point_id === null ? undefined : nameOf(slip.porter_service_point_id),
      address: slip.address_erased_at === null ? addressOf(slip, profile.country) : [t('common.erased')],
      trackingLink: slip.tracking_number === null ? undefined : trackingLink(profile.carrier, slip.tracking_number),
      place: slip.channel === 'counter' ? undefined : t(`slips.show.places.${slip.envelope_at}`),
      goesAbroad: slip.country !== null && slip.country !== profile.country,
    },
    account: holderOf(t, slip),
    identityCheck: identityCheck && {
      documentType: identityCheck.document_type,
      issuingCountry: identityCheck.issuing_country === null ? t('common.erased') : countryName(identityCheck.issuing_country, language),
      validUntil: identityCheck.valid_until === null ? t('common.erased') : shortDay(identityCheck.valid_until, language),
      nameReason: identityCheck.name_reason ?? undefined,
    },
    steps: slip.steps.map(step => ({
      step: step.step,
      to: step.to_state,
      at: momentInWords(new Date(step.at), zone, language),
      by: step.staff_name ?? step.system_name ?? (step.step === 'redeem' ? t('slips.show.byHolder') : undefined),
      servicePoint: step.service_point_id === null ? undefined : nameOf(step.service_point_id),
      note: step.note === null ? step.note_erased ? t('common.erased') : undefined : noteInWords(t, step.note),
    })),
    openSteps: stepsOpenTo(session, slip, profile),
    hasEnded: !isOpen(slip.state),
    othersSlip: isOpen(slip.state) && may(session.staff.roles, 'slips:void') && !mayVoid,
    mayVoid,
    mayReissueAfterPrintFailure: mayVoid && mayReissue(slip, session, deps),
    mayOpenAccount: may(session.staff.roles, 'accounts:find') && !isErased(slip.username),
    mayAnswerCallers: may(session.staff.roles, 'callers:answer'),
    mayIssueAgain: mayIssueLetterAgain(slip, session, deps) && !isErased(slip.username),
    reasons: chosenReasons,
  }
}

/** What stands on the screen once a slip has been printed. */
export function issuedPanel (deps: Deps, { t, language }: FastifyRequest, { slip, names, session }: SlipPageParts, token: string, voided: string | undefined) {
  const zone = deps.profile.timeZone
  return {
    slip: {
      number: slip.number,
      state: slip.state,
      channel: slip.channel,
      validity: slip.collect_by === null
        ? validUntilInWords(slip.expires_at, zone, language)
        : collectByInWords(slip.collect_by, deps.profile.lifetimes.porterAfterHandoverDays, zone, language),
      porter: slip.porter_service_point_id === null ? undefined : names.get(slip.porter_service_point_id)?.[language],
    },
    account: holderOf(t, slip),
    voided,
    reissueToken: mayReissue(slip, session, deps) ? token : undefined,
  }
}

function holderOf (t: Translate, { account_id: id, display_name: displayName, username }: SlipRow) {
  return { id, displayName: shownName(t, displayName), username: shownUsername(username) }
}

function facts (t: Translate, slip: SlipRow) {
  return {
    number: slip.number,
    state: slip.state,
    live: isLive(slip.state),
    channel: slip.channel,
    language: slip.language,
    requestReference: slip.request_reference ?? (slip.texts_erased_at !== null && slip.channel !== 'counter' ? t('common.erased') : undefined),
    trackingNumber: slip.tracking_number ?? undefined,
    personalHandover: slip.personal_handover ?? undefined,
  }
}

/** A letter's address, line by line as it was printed. */
export function addressOf (slip: SlipRow, homeCountry: string): string[] | undefined {
  if (slip.country === null || slip.recipient === null) return undefined
  const { recipient, lines, postcode, town, country } = slip
  return windowLines({ recipient, lines: lines ?? [], postcode: postcode ?? '', town: town ?? '', country }, homeCountry)
}
