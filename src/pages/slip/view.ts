/** Builds the data of the slip page: the slip, its steps, and the forms that this staff member may use. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatBothNames, formatUsername, isErasedUsername } from '../../accounts/erasure-markers.js'
import { countryName } from '../../addresses/countries.js'
import { formatWindowLines } from '../../addresses/postal-address.js'
import { allowedReturnReasons } from '../../deliveries/schemas.js'
import { createFormToken, type FormFaults } from '../../http/forms.js'
import { formatDate, formatDateTime } from '../../i18n/formatters.js'
import type { Translate } from '../../i18n/translate.js'
import { formatTrackingUrl } from '../../institution/profile.js'
import { type CustodyStep, type Localised, selectableVoidReasons } from '../../institution/vocabulary.js'
import { listServicePointNames } from '../../service-points/queries.js'
import { removeActivationCodes } from '../../slips/codes.js'
import type { IssuingDeps } from '../../slips/commands/issue-slip.js'
import { formatCollectBy, formatLatinName, formatStepNote, formatValidUntil } from '../../slips/paper/slip-texts.js'
import { findLatestIdentityCheck, requireSlip, type SlipDetails, visibleSlips } from '../../slips/queries.js'
import { canOfficeServe } from '../../slips/rules/issuing-rules.js'
import { getInitialState, getStepsAllowedFor, isActive, isOpen } from '../../slips/rules/state-machine.js'
import { requireSession } from '../../staff/authenticate.js'
import { hasPermission } from '../../staff/permissions.js'
import type { Session } from '../../staff/session.js'
import { loadSlipTimeline } from './timeline.js'

export interface SlipPageData {
  readonly slip: SlipDetails
  /** Names of service points by id. */
  readonly names: ReadonlyMap<string, Localised>
  readonly identityCheck: Awaited<ReturnType<typeof findLatestIdentityCheck>>
  readonly session: Session
}

/** Returns true if the slip can be reissued with one click after a paper jam: it has not left the office. */
function canReissue (slip: SlipDetails, session: Session, { profile, now }: Pick<IssuingDeps, 'profile' | 'now'>): boolean {
  return slip.state === getInitialState(slip.channel) && slip.issued_by_id === session.staff.id && hasPermission(session.staff.roles, 'slips:issue') &&
    now().getTime() - slip.issued_at.getTime() <= profile.reissue.printFailedWithinMinutes * 60_000
}

/** Returns true if this office can issue the next slip for a returned letter. */
function canIssueLetterAgain ({ state, channel, affiliation }: SlipDetails, { staff, servicePoint }: Session, { profile }: Pick<IssuingDeps, 'profile'>): boolean {
  return state === 'returned' && channel === 'registered-letter' && hasPermission(staff.roles, 'slips:issue') && servicePoint !== null &&
    canOfficeServe(profile, servicePoint.kind, affiliation) && profile.offices[servicePoint.kind]!.channels.includes(channel)
}

/** Builds the data of the page without the typed values of its forms. */
function buildSlipPage (deps: IssuingDeps, { t, language }: FastifyRequest, { slip, names, identityCheck, session }: SlipPageData) {
  const { profile } = deps
  const zone = profile.timeZone
  const nameOf = (id: string) => names.get(id)?.[language] ?? id
  const mayVoid = isOpen(slip.state) && hasPermission(session.staff.roles, 'slips:void') &&
    canOfficeServe(profile, session.servicePoint?.kind, slip.affiliation)
  return {
    slip: {
      ...toSlipFacts(t, slip),
      issuedAt: formatDateTime(slip.issued_at, zone, language),
      issuedBy: slip.issued_by_name,
      issuedWhere: nameOf(slip.service_point_id),
      expiresAt: formatDateTime(slip.expires_at, zone, language),
      collectBy: slip.collect_by === null ? undefined : formatDateTime(slip.collect_by, zone, language),
      porter: slip.porter_service_point_id === null ? undefined : nameOf(slip.porter_service_point_id),
      address: slip.address_erased_at === null ? getAddressLines(slip, profile.country) : [t('common.erased')],
      trackingLink: slip.tracking_number === null ? undefined : formatTrackingUrl(profile.carrier, slip.tracking_number),
      place: slip.channel === 'counter' ? undefined : t(`slips.show.places.${slip.envelope_at}`),
      goesAbroad: slip.country !== null && slip.country !== profile.country,
    },
    account: toHolder(t, slip),
    identityCheck: identityCheck && {
      documentType: identityCheck.document_type,
      issuingCountry: identityCheck.issuing_country === null ? t('common.erased') : countryName(identityCheck.issuing_country, language),
      expiry: identityCheck.no_expiry
        ? t('slips.show.noExpiry')
        : t('slips.show.validUntil', { date: identityCheck.valid_until === null ? t('common.erased') : formatDate(identityCheck.valid_until, language) }),
      nameReason: identityCheck.name_reason ?? undefined,
      birthDateReason: identityCheck.birth_date_reason ?? undefined,
    },
    steps: slip.steps.map(step => ({
      step: step.step,
      to: step.to_state,
      at: formatDateTime(new Date(step.at), zone, language),
      takenAt: new Date(step.at),
      by: step.staff_name ?? step.system_name ?? (step.step === 'redeem' ? t('slips.show.byHolder') : undefined),
      servicePoint: step.service_point_id === null ? undefined : nameOf(step.service_point_id),
      note: step.note === null ? step.note_erased ? t('common.erased') : undefined : formatStepNote(t, step.note),
    })),
    openSteps: getStepsAllowedFor(session, slip, profile),
    hasEnded: !isOpen(slip.state),
    belongsToOtherOffice: isOpen(slip.state) && hasPermission(session.staff.roles, 'slips:void') && !mayVoid,
    mayVoid,
    mayReissueAfterPrintFailure: mayVoid && canReissue(slip, session, deps),
    mayOpenAccount: hasPermission(session.staff.roles, 'accounts:find') && !isErasedUsername(slip.username),
    mayAnswerCallers: hasPermission(session.staff.roles, 'callers:answer'),
    mayIssueAgain: canIssueLetterAgain(slip, session, deps) && !isErasedUsername(slip.username),
    reasons: selectableVoidReasons,
  }
}

/** Builds the confirmation that follows the printing of a slip. */
export function buildIssuedPanel (deps: IssuingDeps, { t, language }: FastifyRequest, { slip, names, session }: SlipPageData, { token, voided }: { readonly token: string, readonly voided: string | undefined }) {
  return {
    slip: {
      number: slip.number,
      state: slip.state,
      channel: slip.channel,
      validity: slip.collect_by === null
        ? formatValidUntil(slip.expires_at, t)
        : formatCollectBy(slip.collect_by, deps.profile.lifetimes.porterAfterHandoverDays, t),
      porter: slip.porter_service_point_id === null ? undefined : names.get(slip.porter_service_point_id)?.[language],
    },
    account: toHolder(t, slip),
    voided,
    reissueToken: canReissue(slip, session, deps) ? token : undefined,
  }
}

function toHolder (t: Translate, slip: SlipDetails) {
  return { id: slip.account_id, displayName: formatBothNames(t, slip), username: formatUsername(slip.username) }
}

function toSlipFacts (t: Translate, slip: SlipDetails) {
  return {
    number: slip.number,
    state: slip.state,
    live: isActive(slip.state),
    latinName: slip.latin_name === null || slip.latin_name_reason === null ? undefined : formatLatinName(t, { value: slip.latin_name, reason: slip.latin_name_reason }),
    channel: slip.channel,
    language: slip.language,
    requestReference: slip.request_reference ?? (slip.texts_erased_at !== null && slip.channel !== 'counter' ? t('common.erased') : undefined),
    trackingNumber: slip.tracking_number ?? undefined,
    personalHandover: slip.personal_handover ?? undefined,
  }
}

/** Returns a letter's address, line by line as it was printed. */
export function getAddressLines (slip: SlipDetails, homeCountry: string): string[] | undefined {
  if (slip.country === null || slip.recipient === null) return undefined
  const { recipient, lines, postcode, town, country } = slip
  return formatWindowLines({ recipient, lines: lines ?? [], postcode: postcode ?? '', town: town ?? '', country }, homeCountry)
}

// The slip page, opened or shown again with a rejected form.

export const slipParamsSchema = z.object({ number: z.string() })

export type SlipRequest = FastifyRequest<{ Params: z.output<typeof slipParamsSchema> }>

export interface SlipPageInput {
  /** The rejected form of the page with its errors. */
  readonly sent?: FormFaults & { readonly form: 'void' | CustodyStep }
  /** True if the form that issued this slip was sent twice. */
  readonly again?: boolean
  /** The step that had been taken before it was sent again. */
  readonly already?: string | undefined
  readonly status?: number
}

/** Renders the page. @throws {NotFound} for a slip that the user may not see */
export async function renderSlipPage (deps: IssuingDeps, request: SlipRequest, reply: FastifyReply, { sent, again = false, already, status = 200 }: SlipPageInput): Promise<FastifyReply> {
  const parts = await loadSlipPageData(deps, request)
  return await reply.page('slips/show', {
    ...buildSlipPage(deps, request, parts),
    again,
    already,
    returnReasons: allowedReturnReasons(parts.slip),
    timeline: await loadSlipTimeline(deps, request, parts.slip),
    formToken: createFormToken(deps.randomBytes),
    sent: sent && { ...sent, values: removeActivationCodes(sent.values) },
    summary: sent?.summary ?? [],
  }, { status })
}

/** Loads the data that the page needs. @throws {NotFound} */
export async function loadSlipPageData ({ db, now }: Pick<IssuingDeps, 'db' | 'now'>, request: SlipRequest): Promise<SlipPageData> {
  const session = requireSession(request)
  const slip = await requireSlip(db, request.params.number, visibleSlips(session), now())
  return { slip, session, names: await listServicePointNames(db), identityCheck: await findLatestIdentityCheck(db, slip.number) }
}
