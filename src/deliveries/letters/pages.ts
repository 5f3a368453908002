/** The agent's pages for registered letters: letters to post, the posting list, letters with the post. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { countryName } from '../../addresses/countries.js'
import { formatPlaceLines } from '../../addresses/postal-address.js'
import { describeFaults, type FormFaults, optionalQueryText, queryFlag } from '../../http/forms.js'
import { sendPdf } from '../../http/send-pdf.js'
import { formatDate, formatDateTime } from '../../i18n/formatters.js'
import { readFormValues } from '../../institution/input.js'
import { formatTrackingUrl, type Profile } from '../../institution/profile.js'
import type { Language } from '../../institution/vocabulary.js'
import { daysBetween, institutionDay } from '../../service-points/institution-day.js'
import { parseSlipNumber } from '../../slips/codes.js'
import { getStepsAllowedFor } from '../../slips/rules/state-machine.js'
import { requireSession } from '../../staff/authenticate.js'
import type { ServicePointRef, Session } from '../../staff/session.js'
import { renderPostingList } from '../paper/posting-list.js'
import { requireSendingOffice, type StepDeps } from '../take-step.js'
import { PostingRejected, postLetters } from './post-letters.js'
import { MAX_LETTERS_PER_LIST, parsePostingForm, postingFields } from './posting-form.js'
import { hasRecentlyPosted, isDelivered, type LetterToPost, listLettersInTransit, listLettersToPost } from './queries.js'

const lettersQuerySchema = z.object({ all: queryFlag, cursor: optionalQueryText, posted: optionalQueryText, delivered: optionalQueryText })

export const lettersPages: FastifyPluginAsyncZod<StepDeps> = async (app, deps) => {
  const { db, profile, now } = deps
  const officeOf = (request: FastifyRequest) => requireSendingOffice(requireSession(request), 'registered-letter', profile)

  app.get('/letters', { config: { permission: 'envelopes:send' }, schema: { querystring: lettersQuerySchema } }, async (request, reply) => {
    const { all, cursor, posted, delivered = '' } = request.query
    const number = parseSlipNumber(delivered)
    return await show(request, reply, { all, cursor }, {
      posted: posted !== undefined && await hasRecentlyPosted(db, requireSession(request).staff.id, now()),
      delivered: number !== undefined && await isDelivered(db, number) ? number : undefined,
    })
  })

  app.post('/letters', { config: { permission: 'envelopes:send', form: { action: 'post-letters', show: showAgain } } }, async (request, reply) => {
    officeOf(request)
    const values = readFormValues(request.body)
    const all = values['all'] === '1'
    const rows = parsePostingForm(values)
    if (rows.length === 0) return await show(request, reply, { all, problems: [request.t('deliveries.letters.nothingFilled')] }, { status: 400 })
    if (rows.length > MAX_LETTERS_PER_LIST) return await show(request, reply, { all, values, problems: [request.t('deliveries.letters.tooMany', { count: MAX_LETTERS_PER_LIST })] }, { status: 400 })
    try {
      await postLetters(deps, requireSession(request), rows)
      return await reply.redirect(`/letters?${all ? 'all=1&' : ''}posted=1`, 303)
    } catch (error) {
      if (!(error instanceof PostingRejected)) throw error
      const { errors } = describeFaults(error, values, { labels: {} }, request.t)
      const problems = error.changed.map(({ number, state }) => request.t('deliveries.letters.changed', { number, state: request.t(`slips.states.${state}`) }))
      return await show(request, reply, { all, values, errors, problems }, { status: error.errors.length > 0 ? 400 : 409 })
    }
  })

  app.get('/letters/posting-list.pdf', { config: { permission: 'envelopes:send' }, schema: { querystring: z.object({ all: queryFlag }) } }, async (request, reply) => {
    const office = officeOf(request)
    const { all } = request.query
    const letters = await listLettersToPost(db, all ? undefined : office.id, MAX_LETTERS_PER_LIST, now())
    const pdf = await renderPostingList({
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
    })
    return await sendPdf(reply, { fileName: 'letters', pdf })
  })

  async function showAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const values = readFormValues(request.body)
    return await show(request, reply, { all: values['all'] === '1', values })
  }

  async function show (
    request: FastifyRequest, reply: FastifyReply, view: Omit<LettersPageInput, 'session' | 'office'>,
    { status = 200, posted = false, delivered }: { readonly status?: number, readonly posted?: boolean, readonly delivered?: string | undefined } = {}
  ): Promise<FastifyReply> {
    const page = await buildLettersPage(deps, request, { session: requireSession(request), office: officeOf(request), ...view })
    return await reply.page('letters/list', { ...page, justPosted: posted, justDelivered: delivered }, { status })
  }
}

// The data of the page of letters.

const PAGE_SIZE = 50

export interface LettersPageInput {
  readonly session: Session
  readonly office: ServicePointRef
  /** True to show the letters of every service point. */
  readonly all: boolean
  readonly cursor?: string | undefined
  readonly values?: FormFaults['values']
  /** Messages by field name, `<slip number>.<field>`. */
  readonly errors?: FormFaults['errors']
  /** Messages about letters that can no longer be posted, or about the whole form. */
  readonly problems?: readonly string[]
}

async function buildLettersPage ({ db, profile, now }: StepDeps, { t, language }: FastifyRequest, view: LettersPageInput) {
  const { session, office, all, cursor, values = {}, errors = {}, problems = [] } = view
  const onlyOf = all ? undefined : office.id
  const at = now()
  const toPost = cursor === undefined ? await listLettersToPost(db, onlyOf, MAX_LETTERS_PER_LIST, at) : []
  const withPost = await listLettersInTransit(db, { office: onlyOf, limit: PAGE_SIZE, cursor }, at)
  const path = all ? '/letters?all=1' : '/letters'
  const today = institutionDay(at, profile.timeZone)
  return {
    office: office.name[language],
    all,
    earlier: cursor !== undefined,
    summary: [
      ...toPost.flatMap(letter => postingFields.flatMap(field => {
        const message = errors[`${letter.number}.${field}`]
        return message === undefined ? [] : [{ path: `${letter.number}.${field}`, message: t('deliveries.letters.atRow', { number: letter.number, name: letter.recipient ?? '', message }) }]
      })),
      ...problems.map(message => ({ message })),
    ],
    more: toPost.length === MAX_LETTERS_PER_LIST ? MAX_LETTERS_PER_LIST : undefined,
    letters: toPost.map(letter => ({
      number: letter.number,
      recipient: letter.recipient,
      place: formatDestination(letter, profile, language).join(', '),
      abroad: letter.country !== profile.country,
      issuedAt: formatDateTime(letter.issued_at, profile.timeZone, language),
      trackingNumber: { value: values[`${letter.number}.trackingNumber`] ?? '', error: errors[`${letter.number}.trackingNumber`] },
      personalHandover: { checked: values[`${letter.number}.personalHandover`] === 'yes', error: errors[`${letter.number}.personalHandover`] },
    })),
    anyAbroad: toPost.some(letter => letter.country !== profile.country),
    carrier: profile.carrier.name,
    posted: withPost.items.map(letter => ({
      number: letter.number,
      recipient: letter.address_erased_at === null ? letter.recipient : t('common.erased'),
      place: formatDestination(letter, profile, language).join(', '),
      state: letter.state,
      trackingNumber: letter.tracking_number,
      trackingUrl: formatTrackingUrl(profile.carrier, letter.tracking_number ?? ''),
      personalHandover: letter.personal_handover === true,
      postedOn: formatDate(institutionDay(letter.posted_at, profile.timeZone), language),
      days: daysBetween(institutionDay(letter.posted_at, profile.timeZone), today),
      steps: getStepsAllowedFor(session, letter, profile),
    })),
    next: withPost.next && `${path}${all ? '&' : '?'}cursor=${withPost.next}`,
    first: cursor && path,
  }
}

/** Formats the place of a letter; abroad, the country is the last line. When the address is erased, only the country is left. */
function formatDestination ({ postcode, town, country }: Pick<LetterToPost, 'postcode' | 'town' | 'country'>, profile: Pick<Profile, 'country'>, language: Language): string[] {
  if (country === null || town === null) return country === null || country === profile.country ? [] : [countryName(country, language)]
  return formatPlaceLines({ postcode: postcode ?? '', town, country }, profile.country, language)
}
