/** Shows a slip's page: when it is opened, and again when one of its forms was not accepted, whoever took it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import type { Localised } from '../institution/words.js'
import { listServicePoints } from '../service-points/queries.js'
import { requireSession } from '../staff/authenticate.js'
import type { FormValues } from './issue-form.js'
import { removeActivationCodes } from './kept-text.js'
import type { CustodyStep, SteppedSlip } from './life.js'
import { findLatestIdentityCheck, requireSlip, type SlipDetails } from './queries.js'
import { visibleSlips } from './sight.js'
import { buildSlipPage, type SlipPageData } from './slip-page.js'

export interface SlipPageDeps extends Deps {
  /** Why this slip's envelope may come back now: handed in, since this room knows of no deliveries. */
  readonly returnReasons: (slip: SteppedSlip) => readonly string[]
  /** What the audit log has about the slip, for those who read that; writes down that somebody did. */
  readonly story: (request: FastifyRequest, slip: SlipDetails) => Promise<unknown>
}

/** What was just sent from one of the page's forms, and what is wrong with it. */
export interface SubmittedStepForm {
  readonly form: 'void' | CustodyStep
  readonly values: FormValues
  /** Sentences by field name; one that belongs to no field stands under ''. */
  readonly errors: Readonly<Record<string, string>>
}

/** @throws {Problem} `not-found` for a slip that the reader may not see */
export async function renderSlipPage (deps: SlipPageDeps, request: FastifyRequest, reply: FastifyReply, sent?: SubmittedStepForm, status = 200): Promise<FastifyReply> {
  const parts = await loadSlipPageData(deps, request)
  const { again, already } = request.query as { again?: unknown, already?: unknown }
  return await reply.page('slips/show', {
    ...buildSlipPage(deps, request, parts),
    again: again === '1',
    already: typeof already === 'string' ? already : undefined,
    returnReasons: deps.returnReasons(parts.slip),
    story: await deps.story(request, parts.slip),
    formToken: createFormToken(deps),
    sent: sent && { ...sent, values: removeActivationCodes(sent.values) },
    summary: Object.entries(sent?.errors ?? {}).map(([field, message]) => ({ path: field === '' ? undefined : getFieldId(sent!.form, field), message })),
  }, { status })
}

/** What the page is made from. @throws {Problem} `not-found` */
export async function loadSlipPageData (deps: Deps, request: FastifyRequest): Promise<SlipPageData> {
  const { db, now } = deps
  const session = requireSession(request)
  const slip = await requireSlip(db, (request.params as { number: string }).number, visibleSlips(session), now())
  return { slip, session, names: await listServicePointNames(deps), identityCheck: await findLatestIdentityCheck(db, slip.number) }
}

export async function listServicePointNames ({ db }: Pick<Deps, 'db'>): Promise<ReadonlyMap<string, Localised>> {
  return new Map((await listServicePoints(db)).map(({ id, name }) => [id, name]))
}

/** For a form that makes one slip. */
export function createFormToken ({ randomBytes }: Pick<Deps, 'randomBytes'>): string {
  return randomBytes(18).toString('base64url')
}

/** Two forms of the page ask for a reason and words: those of the return bear the step's name. */
function getFieldId (form: SubmittedStepForm['form'], field: string): string {
  return form === 'return' ? `return.${field}` : field
}
