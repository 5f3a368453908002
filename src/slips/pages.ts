/** Slips on the screen: the list, one slip with its steps, voiding, the way out of a paper jam. */
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../accounts/queries.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { Problem } from '../http/problems.js'
import { saysSomething } from '../institution/typed-text.js'
import { signedIn } from '../staff/authenticate.js'
import { typedValues } from './issue-form.js'
import { keptText } from './kept-text.js'
import { findReplaced, listSlips } from './queries.js'
import { recordAuditorsReading } from './reading-event.js'
import { sendPaper } from './send-paper.js'
import { freshToken, namesOfServicePoints, showSlip, slipPageParts, type SlipPageDeps } from './show-slip.js'
import { sightOf } from './sight.js'
import { filterChoices, pagerLinks, readFilter, slipLines } from './slip-list-page.js'
import { issuedPanel } from './slip-page.js'
import { chosenReasons } from './void-reasons.js'
import { reissueAfterPaperJam, voidSlip } from './void-slip.js'

const aPage = 50

const voidSchema = z.object({ reason: z.enum(chosenReasons, 'choose-reason'), note: keptText(200).default('') })
  .refine(({ reason, note }) => reason !== 'other' || saysSomething(note), { path: ['note'], message: 'write-reason' })
const reissueSchema = z.object({ formToken: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) })

export const slipsPages: FastifyPluginAsync<SlipPageDeps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/slips', { config: { may: 'slips:read' } }, async (request, reply) => {
    const session = signedIn(request)
    const sight = sightOf(session)
    // A porter has pages of the envelopes, without what is not a porter's to see.
    if ('porterDesk' in sight) return await reply.redirect('/porter', 303)
    const read = readFilter(request, profile.timeZone)
    const failed = Object.keys(read.errors).length > 0
    const page = failed
      ? { items: [], next: undefined }
      : await listSlips(db, { ...read.filter, cursor: read.cursor, limit: aPage }, sight, profile.timeZone, now())
    if (!failed) await recordAuditorsReading(deps, session, 'delivery-records-read', { filter: read.filter, format: 'page', as: 'slips' })
    const account = read.filter.accountId === undefined ? undefined : await findAccount(db, read.filter.accountId)
    return await reply.page('slips/list', {
      ...await filterChoices(deps, request.language, read),
      account: account && { id: account.id, displayName: account.display_name },
      slips: slipLines(page, profile.timeZone, request.language, await namesOfServicePoints(deps)),
      ...pagerLinks('/slips', read, page.next),
    }, { status: failed ? 400 : 200 })
  })

  app.get('/slips/:number', { config: { may: 'slips:read' } }, async (request, reply) => {
    const { number } = request.params as { number: string }
    if ('porterDesk' in sightOf(signedIn(request))) return await reply.redirect(`/porter/envelopes/${encodeURIComponent(number)}`, 303)
    return await showSlip(deps, request, reply)
  })

  app.get('/slips/:number/issued', { config: { may: 'slips:issue' } }, async (request, reply) => {
    const parts = await slipPageParts(deps, request)
    const voided = await findReplaced(db, parts.slip.number)
    return await reply.fragment('slips/issued', issuedPanel(deps, request, parts, freshToken(deps), voided))
  })

  app.post('/slips/:number/void', { config: { may: 'slips:void' } }, async (request, reply) => {
    const { slip } = await slipPageParts(deps, request)
    const form = parseForm(voidSchema, request.body)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, fieldMessage(request.t, error)]))
      return await showSlip(deps, request, reply, { form: 'void', values: typedValues(request.body), errors }, 400)
    }
    const { reason, note } = form.value
    await voidSlip(deps, signedIn(request), slip, { word: reason, words: note })
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })

  app.post('/slips/:number/reissue', { config: { may: 'slips:issue' } }, async (request, reply) => {
    const { slip } = await slipPageParts(deps, request)
    const form = parseForm(reissueSchema, request.body)
    if (!form.ok) throw new Problem('validation-failed', { variant: 'unreadable-body' })
    try {
      const issued = await reissueAfterPaperJam(deps, signedIn(request), slip, `form:${form.value.formToken}`)
      return await sendPaper(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      const earlier = error instanceof Problem ? error.headers['slip-number'] : undefined
      if (earlier !== undefined) return await reply.redirect(`/slips/${earlier}?again=1`, 303)
      throw error
    }
  })

  for (const answered of ['/slips/:number/void', '/slips/:number/reissue']) {
    app.get(answered, { config: { may: 'slips:read' } }, async (request, reply) =>
      await reply.redirect(`/slips/${(await slipPageParts(deps, request)).slip.number}`, 303))
  }
}
