/** Slips on the screen: the list, one slip with its steps, voiding, the way out of a paper jam. */
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { findAccount } from '../accounts/queries.js'
import { formatFieldError, parseForm } from '../http/forms.js'
import { Problem } from '../http/problems.js'
import { isMeaningful } from '../institution/typed-text.js'
import { requireSession } from '../staff/authenticate.js'
import { readFormValues } from './issue-form.js'
import { storableText } from './kept-text.js'
import { findReplacedSlipNumber, listSlips } from './queries.js'
import { recordAuditorAccess } from './reading-event.js'
import { sendSlipPdf } from './send-paper.js'
import { createFormToken, listServicePointNames, renderSlipPage, loadSlipPageData, type SlipPageDeps } from './show-slip.js'
import { visibleSlips } from './sight.js'
import { loadFilterOptions, buildPagerLinks, parseSlipFilter, toSlipLines } from './slip-list-page.js'
import { buildIssuedPanel } from './slip-page.js'
import { selectableVoidReasons } from './void-reasons.js'
import { reissueAfterPaperJam, voidSlip } from './void-slip.js'

const PAGE_SIZE = 50

const voidSchema = z.object({ reason: z.enum(selectableVoidReasons, 'choose-reason'), note: storableText(200).default('') })
  .refine(({ reason, note }) => reason !== 'other' || isMeaningful(note), { path: ['note'], message: 'write-reason' })
const reissueSchema = z.object({ formToken: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/) })

export const slipsPages: FastifyPluginAsync<SlipPageDeps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/slips', { config: { may: 'slips:read' } }, async (request, reply) => {
    const session = requireSession(request)
    const sight = visibleSlips(session)
    // A porter has pages of the envelopes, without what is not a porter's to see.
    if ('porterDesk' in sight) return await reply.redirect('/porter', 303)
    const read = parseSlipFilter(request, profile.timeZone)
    const failed = Object.keys(read.errors).length > 0
    const page = failed
      ? { items: [], next: undefined }
      : await listSlips(db, { ...read.filter, cursor: read.cursor, limit: PAGE_SIZE }, sight, profile.timeZone, now())
    if (!failed) await recordAuditorAccess(deps, session, 'delivery-records-read', { filter: read.filter, format: 'page', as: 'slips' })
    const account = read.filter.accountId === undefined ? undefined : await findAccount(db, read.filter.accountId)
    return await reply.page('slips/list', {
      ...await loadFilterOptions(deps, request.language, read),
      account: account && { id: account.id, displayName: account.display_name },
      slips: toSlipLines(page, profile.timeZone, request.language, await listServicePointNames(deps)),
      ...buildPagerLinks('/slips', read, page.next),
    }, { status: failed ? 400 : 200 })
  })

  app.get('/slips/:number', { config: { may: 'slips:read' } }, async (request, reply) => {
    const { number } = request.params as { number: string }
    if ('porterDesk' in visibleSlips(requireSession(request))) return await reply.redirect(`/porter/envelopes/${encodeURIComponent(number)}`, 303)
    return await renderSlipPage(deps, request, reply)
  })

  app.get('/slips/:number/issued', { config: { may: 'slips:issue' } }, async (request, reply) => {
    const parts = await loadSlipPageData(deps, request)
    const voided = await findReplacedSlipNumber(db, parts.slip.number)
    return await reply.fragment('slips/issued', buildIssuedPanel(deps, request, parts, createFormToken(deps), voided))
  })

  app.post('/slips/:number/void', { config: { may: 'slips:void' } }, async (request, reply) => {
    const { slip } = await loadSlipPageData(deps, request)
    const form = parseForm(voidSchema, request.body)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, formatFieldError(request.t, error)]))
      return await renderSlipPage(deps, request, reply, { form: 'void', values: readFormValues(request.body), errors }, 400)
    }
    const { reason, note } = form.value
    await voidSlip(deps, requireSession(request), slip, { code: reason, details: note })
    return await reply.redirect(`/slips/${slip.number}`, 303)
  })

  app.post('/slips/:number/reissue', { config: { may: 'slips:issue' } }, async (request, reply) => {
    const { slip } = await loadSlipPageData(deps, request)
    const form = parseForm(reissueSchema, request.body)
    if (!form.ok) throw new Problem('validation-failed', { variant: 'unreadable-body' })
    try {
      const issued = await reissueAfterPaperJam(deps, requireSession(request), slip, `form:${form.value.formToken}`)
      return await sendSlipPdf(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      const earlier = error instanceof Problem ? error.headers['slip-number'] : undefined
      if (earlier !== undefined) return await reply.redirect(`/slips/${earlier}?again=1`, 303)
      throw error
    }
  })

  for (const answered of ['/slips/:number/void', '/slips/:number/reissue']) {
    app.get(answered, { config: { may: 'slips:read' } }, async (request, reply) =>
      await reply.redirect(`/slips/${(await loadSlipPageData(deps, request)).slip.number}`, 303))
  }
}
