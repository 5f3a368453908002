/** The hand-off of a shift: "I counted N envelopes", and where that differs, which. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { shownName } from '../../accounts/erased.js'
import type { Deps } from '../../app.js'
import { fieldMessage, parseForm } from '../../http/forms.js'
import { Problem, type FieldError } from '../../http/problems.js'
import { momentInWords } from '../../i18n/moments.js'
import { typedValues } from '../../slips/issue-form.js'
import { withoutCodes } from '../../slips/kept-text.js'
import { signedIn } from '../../staff/authenticate.js'
import { listToCount, numbersOf, recordCount, type Count } from './count-envelopes.js'
import { deskOf } from './desk.js'
import { listCounts, type Envelope, type EnvelopeCount } from './queries.js'
import { scannedInto } from './scan-field.js'
import { countSchema, most, readCount, type Listed } from './typed-count.js'

/** How many earlier counts the page lists. */
const earlierCounts = 5

/** The second half of the form, once the number differs. */
interface Differences {
  readonly counted: number
  readonly ticked?: readonly string[]
  readonly written?: string
  readonly errors?: readonly FieldError[]
  /** The list has changed while it was compared. */
  readonly meanwhile?: boolean
}

export const countPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, profile, now } = deps

  app.get('/porter/count', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const form = parseForm(countSchema, request.query)
    return form.ok ? await showDifferences(request, reply, form.value) : await showCount(request, reply)
  })

  app.post('/porter/count', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const typed = typedValues(request.body)
    const scanned = scannedInto([typed['counted']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    const form = parseForm(countSchema, typed)
    if (!form.ok) return await showCount(request, reply, withoutCodes(typed)['counted'], form.errors)
    const { counted } = form.value
    const listed = numbersOf(await listToCount(db, deskOf(signedIn(request)), now()))
    if (counted !== listed.here.length) return await reply.redirect(`/porter/count?counted=${counted}`, 303)
    return await record(request, reply, listed, { counted, expected: counted, missing: [], unexpected: [] }, { counted })
  })

  app.post('/porter/count/differences', { config: { may: 'envelopes:keep' } }, async (request, reply) => {
    const typed = typedValues(request.body)
    const form = parseForm(countSchema, typed)
    if (!form.ok) return await showCount(request, reply, withoutCodes(typed)['counted'], form.errors)
    const { counted } = form.value
    const compared = { here: numbersIn(typed['here']), perhaps: numbersIn(typed['perhaps']) }
    const ticked = [(request.body as Record<string, string | string[]>)['lies'] ?? []].flat().slice(0, 2 * most)
    const read = readCount({ counted, ticked, written: typed['written'] ?? '' }, compared)
    if (!read.ok) return await showDifferences(request, reply, { counted, ticked, written: read.written, errors: read.errors }, 400)
    return await record(request, reply, compared, { counted, ...read }, { counted, ticked, written: typed['written'] ?? '' })
  })
  app.get('/porter/count/differences', { config: { may: 'envelopes:keep' } }, async (_request, reply) => await reply.redirect('/porter/count', 303))

  async function record (request: FastifyRequest, reply: FastifyReply, compared: Listed, count: Count, typed: Differences): Promise<FastifyReply> {
    try {
      await recordCount(deps, signedIn(request), compared, count)
      return await reply.redirect('/porter/count?done=1', 303)
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error
      return await showDifferences(request, reply, { ...typed, meanwhile: true }, 409)
    }
  }

  async function showCount (request: FastifyRequest, reply: FastifyReply, value = '', failed: readonly FieldError[] = []): Promise<FastifyReply> {
    const counts = (await listCounts(db, deskOf(signedIn(request)), earlierCounts)).map(count => countLine(request, count))
    return await reply.page('porter/count', {
      value,
      error: failed[0] && fieldMessage(request.t, failed[0]),
      counts,
      done: (request.query as { done?: unknown }).done === '1' ? counts[0] : undefined,
    }, { status: failed.length > 0 ? 400 : 200 })
  }

  async function showDifferences (request: FastifyRequest, reply: FastifyReply, { counted, ticked = [], written = '', errors = [], meanwhile = false }: Differences, status = 200): Promise<FastifyReply> {
    const listed = await listToCount(db, deskOf(signedIn(request)), now())
    const numbers = numbersOf(listed)
    const lines = (envelopes: readonly Envelope[]) => envelopes.map(({ number, display_name: name }) => ({ number, name: shownName(request.t, name), lies: ticked.includes(number) }))
    const told = errors.map(error => ({ path: error.path, message: fieldMessage(request.t, error) }))
    return await reply.page('porter/differences', {
      counted,
      lists: [
        { name: 'here', envelopes: lines(listed.here), numbers: numbers.here.join(' ') },
        { name: 'perhaps', envelopes: lines(listed.perhaps), numbers: numbers.perhaps.join(' ') },
      ],
      expected: listed.here.length,
      written,
      errors: Object.fromEntries(told.map(({ path, message }) => [path, message])),
      summary: told,
      meanwhile,
    }, { status })
  }

  function countLine ({ language }: FastifyRequest, count: EnvelopeCount) {
    const { counted, expected, missing, unexpected, name } = count
    return { at: momentInWords(count.counted_at, profile.timeZone, language), by: name, counted, expected, missing, unexpected }
  }
}

/** The numbers of a hidden field. */
function numbersIn (field = ''): string[] {
  return field.split(' ', 2 * most).filter(number => number !== '')
}
