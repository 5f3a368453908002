/** Receiving several envelopes in a row: each scan receives one at once, and the page counts. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { shownName } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { Problem } from '../../http/problems.js'
import { mustComeBack } from '../../slips/life.js'
import { findSlip, type SlipRow } from '../../slips/queries.js'
import { readSlipNumber } from '../../slips/slip-number.js'
import { stepsOpenTo } from '../../slips/step-rights.js'
import { signedIn } from '../../staff/authenticate.js'
import { takeStep } from '../take-step.js'
import { deskOf, sightOfDesk } from './desk.js'
import { envelopeLine, sortEnvelopes } from './desk-page.js'
import { countSteps, listEnvelopes } from './queries.js'
import { scanned, type ScanField } from './scan-field.js'
import { lastStep, stepValues } from './words.js'

/** One row of receiving lasts no longer than a working day. */
const longest = 12 * 60 * 60_000

export const receivePages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile } = deps

  app.get('/porter/receive', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const { since, last } = request.query as Record<string, unknown>
    return await reply.page('porter/receive', await page(request, begun(since), { last }))
  })

  app.post('/porter/receive', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const since = begun((request.body as Record<string, unknown> | undefined)?.['since'])
    const scan = await scanned(deps, request)
    if (scan.slip === undefined) return await reply.page('porter/receive', await page(request, since, { scan: scan.field }), { status: scan.status })
    await receive(request, scan.slip)
    return await reply.redirect(`/porter/receive?${new URLSearchParams({ since: since.toISOString(), last: scan.slip.number }).toString()}`, 303)
  })

  /** What cannot be received is told on the page, from the record. */
  async function receive (request: FastifyRequest, slip: SlipRow): Promise<void> {
    const session = signedIn(request)
    if (!stepsOpenTo(session, slip, profile).includes('receive')) return
    try {
      await takeStep(deps, session, slip, { step: 'receive' })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error
    }
  }

  /** The moment at which this row of receiving began; now, when the address does not say or says nonsense. */
  function begun (since: unknown): Date {
    const now = deps.now()
    const moment = new Date(typeof since === 'string' ? since : NaN)
    return now.getTime() - moment.getTime() <= longest && moment <= now ? moment : now
  }

  async function page (request: FastifyRequest, since: Date, { last, scan = {} }: { last?: unknown, scan?: ScanField }) {
    const session = signedIn(request)
    const { coming } = sortEnvelopes(await listEnvelopes(db, deskOf(session), deps.now()))
    const received = await countSteps(db, { desk: deskOf(session), step: 'receive', since, by: session.staff.id }, profile)
    const number = typeof last === 'string' ? readSlipNumber(last) : undefined
    const slip = number === undefined ? undefined : await findSlip(db, number, sightOfDesk(session), deps.now())
    return {
      scan,
      since: since.toISOString(),
      last: slip?.number,
      received,
      of: received + coming.length,
      coming: coming.map(envelope => envelopeLine(envelope, profile.timeZone, request, deps.now())),
      notice: slip && outcome(request, slip, since),
    }
  }

  /** What came of the last scan: told from the record, so that a reload and a repeated scan tell the truth. */
  function outcome (request: FastifyRequest, slip: SlipRow, since: Date) {
    const { number } = slip
    const name = shownName(request.t, slip.display_name)
    const step = lastStep(slip, 'receive')
    if (mustComeBack(slip)) return { tone: 'warning', title: request.t('porter.receive.aside', { number }), text: request.t(`porter.back.${slip.state as 'voided'}`) }
    if (step === undefined) return { tone: 'warning', title: request.t('porter.receive.notSent', { number }), text: request.t('porter.notSentText') }
    const mine = step.login === signedIn(request).staff.login && new Date(step.at) >= since
    return mine && slip.state === 'at-porter'
      ? { tone: 'ok', title: request.t('porter.done.receive', { number, name }) }
      : { tone: 'info', title: request.t('porter.receive.already', { number }), text: request.t('porter.already.receive', stepValues(step, profile.timeZone, request)) }
  }
}
