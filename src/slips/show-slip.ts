/** Shows a slip's page: when it is opened, and again when one of its forms was not accepted, whoever took it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../app.js'
import type { Localised } from '../institution/words.js'
import { listServicePoints } from '../service-points/queries.js'
import { signedIn } from '../staff/authenticate.js'
import type { FormValues } from './issue-form.js'
import { withoutCodes } from './kept-text.js'
import type { CustodyStep, SteppedSlip } from './life.js'
import { findIdentityCheck, requireSlip, type SlipRow } from './queries.js'
import { sightOf } from './sight.js'
import { slipPage, type SlipPageParts } from './slip-page.js'

export interface SlipPageDeps extends Deps {
  /** Why this slip's envelope may come back now: handed in, since this room knows of no deliveries. */
  readonly returnReasons: (slip: SteppedSlip) => readonly string[]
  /** What the audit log has about the slip, for those who read that; writes down that somebody did. */
  readonly story: (request: FastifyRequest, slip: SlipRow) => Promise<unknown>
}

/** What was just sent from one of the page's forms, and what is wrong with it. */
export interface SentForm {
  readonly form: 'void' | CustodyStep
  readonly values: FormValues
  /** Sentences by field name; one that belongs to no field stands under ''. */
  readonly errors: Readonly<Record<string, string>>
}

/** @throws {Problem} `not-found` for a slip that the reader may not see */
export async function showSlip (deps: SlipPageDeps, request: FastifyRequest, reply: FastifyReply, sent?: SentForm, status = 200): Promise<FastifyReply> {
  const parts = await slipPageParts(deps, request)
  const { again, already } = request.query as { again?: unknown, already?: unknown }
  return await reply.page('slips/show', {
    ...slipPage(deps, request, parts),
    again: again === '1',
    already: typeof already === 'string' ? already : undefined,
    returnReasons: deps.returnReasons(parts.slip),
    story: await deps.story(request, parts.slip),
    formToken: freshToken(deps),
    sent: sent && { ...sent, values: withoutCodes(sent.values) },
    summary: Object.entries(sent?.errors ?? {}).map(([field, message]) => ({ path: field === '' ? undefined : fieldId(sent!.form, field), message })),
  }, { status })
}

/** What the page is made from. @throws {Problem} `not-found` */
export async function slipPageParts (deps: Deps, request: FastifyRequest): Promise<SlipPageParts> {
  const { db, now } = deps
  const session = signedIn(request)
  const slip = await requireSlip(db, (request.params as { number: string }).number, sightOf(session), now())
  return { slip, session, names: await namesOfServicePoints(deps), identityCheck: await findIdentityCheck(db, slip.number) }
}

export async function namesOfServicePoints ({ db }: Pick<Deps, 'db'>): Promise<ReadonlyMap<string, Localised>> {
  return new Map((await listServicePoints(db)).map(({ id, name }) => [id, name]))
}

/** For a form that makes one slip. */
export function freshToken ({ randomBytes }: Pick<Deps, 'randomBytes'>): string {
  return randomBytes(18).toString('base64url')
}

/** Two forms of the page ask for a reason and words: those of the return bear the step's name. */
function fieldId (form: SentForm['form'], field: string): string {
  return form === 'return' ? `return.${field}` : field
}
