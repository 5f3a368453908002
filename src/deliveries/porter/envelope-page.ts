/** An envelope's page with its next step. Never an address, a request's reference or a user name. */
import type { FastifyRequest } from 'fastify'
import { shownName } from '../../accounts/erased.js'
import { countNamesakes, findAccount } from '../../accounts/queries.js'
import type { Deps } from '../../app.js'
import { momentInWords, shortDay } from '../../i18n/moments.js'
import type { FormValues } from '../../slips/issue-form.js'
import { withoutCodes } from '../../slips/kept-text.js'
import { mustComeBack, type CustodyStep } from '../../slips/life.js'
import type { SlipRow } from '../../slips/queries.js'
import { isOwnAccount } from '../../slips/rules.js'
import { stepsOpenTo } from '../../slips/step-rights.js'
import type { Session } from '../../staff/session.js'
import { reasonsFor } from '../return-reasons.js'
import { documentChoices, otherCountries } from './handover-form.js'
import { collectBy, lastStep, stepValues } from './words.js'

/** What was just sent and what came of it. */
export interface SentStep {
  readonly values?: FormValues
  /** Sentences by field. */
  readonly errors?: Readonly<Record<string, string>>
  readonly summary?: ReadonlyArray<{ path?: string, message: string }>
  /** Why the step was not taken. */
  readonly conflict?: string
}

/** What is to be done: one step, or none. */
type Next = 'receive' | 'hand-over' | 'own' | 'send-back' | 'not-sent' | 'nothing'

export async function envelopePage (deps: Deps, request: FastifyRequest, slip: SlipRow, session: Session, sent: SentStep = {}) {
  const { profile } = deps
  const steps = stepsOpenTo(session, slip, profile)
  const next = nextStep(slip, session, steps)
  return {
    slip: {
      number: slip.number,
      state: slip.state,
      name: shownName(request.t, slip.display_name),
      collectBy: steps.length > 0 && next !== 'send-back' && slip.collect_by !== null ? collectBy(slip.collect_by, profile.timeZone, request.t) : undefined,
      overdue: next === 'hand-over' && slip.collect_by !== null && slip.collect_by <= deps.now(),
      worksUntil: slip.state === 'handed-over' ? momentInWords(slip.expires_at, profile.timeZone, request.language) : undefined,
    },
    next,
    happened: next === 'nothing' ? happened(slip, profile.timeZone, request) : undefined,
    already: alreadyTaken(slip, profile.timeZone, request),
    conflict: sent.conflict,
    handover: next === 'hand-over' ? await handover(deps, request, slip, sent) : undefined,
    sendBack: steps.includes('return') && next !== 'send-back'
      ? { reasons: reasonsFor('porter'), values: withoutCodes(sent.values ?? {}), errors: sent.errors ?? {} }
      : undefined,
    summary: sent.summary ?? [],
  }
}

function nextStep (slip: SlipRow, { staff }: Session, steps: readonly CustodyStep[]): Next {
  if (mustComeBack(slip) && steps.includes('return')) return 'send-back'
  if (steps.includes('hand-over')) return isOwnAccount(staff.login, slip.username) ? 'own' : 'hand-over'
  if (steps.includes('receive')) return 'receive'
  return steps.includes('return') ? 'not-sent' : 'nothing'
}

/** The holder's date of birth stands on the screen only while a document is compared with it. */
async function handover ({ db, profile }: Deps, { language }: FastifyRequest, slip: SlipRow, { values = {}, errors = {} }: SentStep) {
  const account = await findAccount(db, slip.account_id)
  const birthDate = account?.birth_date ?? null
  return {
    birthDate: birthDate === null ? undefined : shortDay(birthDate, language),
    namesake: birthDate === null && account !== undefined && await countNamesakes(db, account) > 0,
    documents: documentChoices(profile),
    countries: otherCountries(profile.country, language),
    values: withoutCodes(values),
    errors,
  }
}

function happened (slip: SlipRow, zone: string, request: FastifyRequest) {
  const step = lastStep(slip)
  return step && { step: step.step, to: step.to_state, ...stepValues(step, zone, request) }
}

/** Somebody, or the same porter before the network went, has done it: who and when. */
function alreadyTaken (slip: SlipRow, zone: string, request: FastifyRequest): string | undefined {
  const name = (['receive', 'hand-over', 'return'] as const).find(one => one === (request.query as { already?: unknown }).already)
  const step = name && lastStep(slip, name)
  return step && request.t(`porter.already.${name}`, stepValues(step, zone, request))
}
