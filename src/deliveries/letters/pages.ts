/** The agent's doors to letters: what is to be posted, the list for the post's counter, what the post has. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { formatFieldError } from '../../http/forms.js'
import { parseSlipNumber } from '../../slips/slip-number.js'
import { requireSession } from '../../staff/authenticate.js'
import { renderPostingList } from '../paper/posting-list.js'
import { sendPdf } from '../send-list.js'
import { requireSendingOffice } from '../sending-office.js'
import { buildLettersPage, formatDestination, type LettersPageInput } from './letters-page.js'
import { PostingRejected, postLetters } from './post-letters.js'
import { MAX_LETTERS_PER_LIST, parsePostingForm } from './posting.js'
import { hasRecentlyPosted, isDelivered, listLettersToPost } from './queries.js'

export const lettersPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile, now } = deps
  const officeOf = (request: FastifyRequest) => requireSendingOffice(requireSession(request), 'registered-letter', profile, request.language)

  app.get('/letters', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    const { all, cursor, posted, delivered } = request.query as { all?: unknown, cursor?: unknown, posted?: unknown, delivered?: unknown }
    const number = parseSlipNumber(String(delivered))
    return await show(request, reply, { all: all === '1', cursor: typeof cursor === 'string' ? cursor : undefined }, {
      posted: posted !== undefined && await hasRecentlyPosted(db, requireSession(request).staff.id, now()),
      delivered: number !== undefined && await isDelivered(db, number) ? number : undefined,
    })
  })

  app.post('/letters', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    officeOf(request)
    const typed = request.body as Readonly<Record<string, unknown>>
    const all = typed['all'] === '1'
    const rows = parsePostingForm(typed)
    if (rows.length === 0) return await show(request, reply, { all, problems: [request.t('sending.letters.nothingFilled')] }, { status: 400 })
    if (rows.length > MAX_LETTERS_PER_LIST) return await show(request, reply, { all, typed, problems: [request.t('sending.letters.tooMany', { count: MAX_LETTERS_PER_LIST })] }, { status: 400 })
    try {
      await postLetters(deps, requireSession(request), rows)
      return await reply.redirect(`/letters?${all ? 'all=1&' : ''}posted=1`, 303)
    } catch (error) {
      if (!(error instanceof PostingRejected)) throw error
      const errors = Object.fromEntries(error.errors.map(fault => [fault.path, formatFieldError(request.t, fault)]))
      const problems = error.changed.map(({ number, state }) => request.t('sending.letters.changed', { number, state: request.t(`slips.states.${state}`) }))
      return await show(request, reply, { all, typed, errors, problems }, { status: error.errors.length > 0 ? 400 : 409 })
    }
  })

  app.get('/letters/posting-list.pdf', { config: { may: 'envelopes:send' } }, async (request, reply) => {
    const office = officeOf(request)
    const all = (request.query as { all?: unknown }).all === '1'
    const letters = await listLettersToPost(db, all ? undefined : office.id, MAX_LETTERS_PER_LIST, now())
    return await sendPdf(reply, 'letters', await renderPostingList({
      language: request.language,
      institution: profile,
      office: all ? undefined : office.name[request.language],
      carrier: profile.carrier.name,
      printedAt: now(),
      letters: letters.map(letter => ({
        number: letter.number,
        recipient: letter.recipient ?? '',
        place: formatDestination(letter, profile, request.language),
        isDomestic: letter.country === profile.country,
      })),
    }))
  })

  async function show (
    request: FastifyRequest, reply: FastifyReply, view: Omit<LettersPageInput, 'session' | 'office'>,
    { status = 200, posted = false, delivered }: { readonly status?: number, readonly posted?: boolean, readonly delivered?: string | undefined } = {}
  ): Promise<FastifyReply> {
    const page = await buildLettersPage(deps, request, { session: requireSession(request), office: officeOf(request), ...view })
    return await reply.page('letters/list', { ...page, justPosted: posted, justDelivered: delivered }, { status })
  }
}
