/** Builds an envelope's page with its next step. It never shows an address, a request reference or a user name. */
import type { FastifyRequest } from 'fastify'
import { formatBothNames } from '../../../accounts/erasure-markers.js'
import { hasNamesake, toOwnNames } from '../../../accounts/names/queries.js'
import { listDocumentSpellings } from '../../../accounts/names/suggest-forms.js'
import { findAccount } from '../../../accounts/queries.js'
import type { FormFaults } from '../../../http/forms.js'
import { formatDate } from '../../../i18n/formatters.js'
import { removeActivationCodes } from '../../../slips/codes.js'
import type { SlipDetails } from '../../../slips/queries.js'
import { withLatinName } from '../../../slips/rules/holder-name.js'
import { checkHandoverPerson } from '../../../slips/rules/handover.js'
import type { Profile } from '../../../institution/profile.js'
import type { CustodyStep } from '../../../institution/vocabulary.js'
import { getStepsAllowedFor, mustBeReturned } from '../../../slips/rules/state-machine.js'
import { requireSession } from '../../../staff/authenticate.js'
import type { Session } from '../../../staff/session.js'
import { returnReasonsForChannel } from '../../schemas.js'
import type { StepDeps } from '../../take-step.js'
import { findLastStep, formatCollectBy, toStepValues } from '../desk-view.js'
import { listDocumentChoices, listOtherCountries } from './handover-form.js'

/** A rejected form: the typed values and the errors. */
export interface StepFormResult extends Partial<FormFaults> {
  /** Why the step was not taken. */
  readonly conflict?: string
  /** The step that had been taken before it was sent again. */
  readonly already?: 'receive' | 'hand-over' | 'return' | undefined
}

/** The next step, if there is one. */
type NextAction = 'receive' | 'hand-over' | 'own' | 'separate-person' | 'send-back' | 'not-sent' | 'nothing'

export async function buildEnvelopePage (deps: StepDeps, request: FastifyRequest, slip: SlipDetails, sent: StepFormResult) {
  const session = requireSession(request)
  const { profile } = deps
  const steps = getStepsAllowedFor(session, slip, profile)
  const next = selectNextAction(slip, session, { steps, profile })
  return {
    slip: {
      number: slip.number,
      state: slip.state,
      name: formatBothNames(request.t, slip),
      collectBy: steps.length > 0 && next !== 'send-back' && slip.collect_by !== null ? formatCollectBy(slip.collect_by, request.t) : undefined,
      overdue: next === 'hand-over' && slip.collect_by !== null && slip.collect_by <= deps.now(),
      worksUntil: slip.state === 'handed-over' ? slip.expires_at : undefined,
    },
    next,
    happened: next === 'nothing' ? describeLastStep(slip, request) : undefined,
    already: formatAlreadyTaken(slip, sent.already, request),
    conflict: sent.conflict,
    handover: next === 'hand-over' ? await buildHandoverForm(deps, request, slip, sent) : undefined,
    sendBack: steps.includes('return') && next !== 'send-back'
      ? { reasons: returnReasonsForChannel('porter'), values: removeActivationCodes(sent.values ?? {}), errors: sent.errors ?? {} }
      : undefined,
    summary: sent.summary ?? [],
  }
}

function selectNextAction (slip: SlipDetails, { staff }: Session, { steps, profile }: { readonly steps: readonly CustodyStep[], readonly profile: Profile }): NextAction {
  if (mustBeReturned(slip) && steps.includes('return')) return 'send-back'
  if (steps.includes('hand-over')) {
    const [refusal] = checkHandoverPerson({ holderUsername: slip.username, issuedBy: slip.issued_by_id, staff }, profile)
    return refusal === undefined ? 'hand-over' : refusal.code === 'own-account' ? 'own' : 'separate-person'
  }
  if (steps.includes('receive')) return 'receive'
  return steps.includes('return') ? 'not-sent' : 'nothing'
}

/** The date of birth is shown only while it is compared with a document. */
async function buildHandoverForm ({ db, profile }: StepDeps, { language }: FastifyRequest, slip: SlipDetails, { values = {}, errors = {} }: StepFormResult) {
  const account = await findAccount(db, slip.account_id)
  const birthDate = account?.birth_date ?? null
  return {
    birthDate: birthDate === null ? undefined : formatDate(birthDate, language),
    namesake: birthDate === null && account !== undefined && await hasNamesake(db, account),
    documentSpellings: account === undefined ? [] : listDocumentSpellings(withLatinName(toOwnNames(account), slip.latin_name === null ? undefined : { value: slip.latin_name })),
    documents: listDocumentChoices(profile),
    countries: listOtherCountries(profile.country, language),
    values: removeActivationCodes(values),
    errors,
  }
}

function describeLastStep (slip: SlipDetails, request: FastifyRequest) {
  const step = findLastStep(slip)
  return step && { step: step.step, to: step.to_state, ...toStepValues(step, request) }
}

/** Formats who took the step and when: another person, or the same porter before the connection was lost. */
function formatAlreadyTaken (slip: SlipDetails, name: StepFormResult['already'], request: FastifyRequest): string | undefined {
  const step = name && findLastStep(slip, name)
  return step && request.t(`porter.already.${name}`, toStepValues(step, request))
}
