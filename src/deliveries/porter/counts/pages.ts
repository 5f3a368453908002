/** Pages for counting the envelopes of a desk at the end of a shift, and for entering the differences. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatBothNames } from '../../../accounts/erasure-markers.js'
import { describeFaults, type FormFaults, type FormFields, queryFlag, readForm } from '../../../http/forms.js'
import { Conflict } from '../../../institution/errors.js'
import { type FormValues, listFormValues, parseInput, readFormValues } from '../../../institution/input.js'
import { removeActivationCodes } from '../../../slips/codes.js'
import { requireSession } from '../../../staff/authenticate.js'
import type { StepDeps } from '../../take-step.js'
import { type DeskEnvelope, type EnvelopeCount, listEnvelopeCounts, porterDeskId } from '../queries.js'
import { findScannedSlipNumber } from '../scan-field.js'
import { type CountResult, listExpectedEnvelopes, recordCount, toSortedNumbers } from './record-count.js'
import { compareCount, countSchema, type ExpectedEnvelopes, MAX_COUNT } from './rules.js'

/** The number of earlier counts on the page. */
const MAX_EARLIER_COUNTS = 5

/** The second part of the form, for a count that differs. */
interface DifferencesForm {
  readonly counted: number
  readonly ticked?: readonly string[]
  readonly written?: string
  readonly errors?: FormFaults['errors']
  readonly summary?: FormFaults['summary']
  /** True if the list has changed since the porter opened it. */
  readonly changed?: boolean
}

const countFields: FormFields = { labels: { counted: 'porter.count.counted' } }
const differencesFields: FormFields = { labels: { written: 'porter.differences.written', counted: 'porter.differences.counted' } }

interface SubmittedCount {
  /** The envelopes that the count is compared with. */
  readonly compared: ExpectedEnvelopes
  readonly count: CountResult
  readonly typed: DifferencesForm
}

export const countPages: FastifyPluginAsyncZod<StepDeps> = async (app, deps) => {
  const { db, now } = deps

  app.get('/porter/count', {
    config: { permission: 'envelopes:keep' }, schema: { querystring: z.looseObject({ done: queryFlag }) },
  }, async (request, reply) => {
    const form = parseInput(countSchema, request.query)
    return form.ok ? await showDifferences(request, reply, form.value) : await showCount(request, reply, { isRecorded: request.query.done })
  })

  app.post('/porter/count', { config: { permission: 'envelopes:keep', form: { action: 'count', show: showCountAgain } } }, async (request, reply) => {
    const form = readForm(countSchema, request.body, countFields, request.t)
    const scanned = findScannedSlipNumber([form.values['counted']])
    if (scanned !== undefined) return await reply.redirect(`/porter/envelopes/${scanned}`, 303)
    if (!form.ok) return await showCount(request, reply, { form })
    const { counted } = form.value
    const listed = toSortedNumbers(await listExpectedEnvelopes(db, porterDeskId(requireSession(request)), now()))
    if (counted !== listed.here.length) return await reply.redirect(`/porter/count?counted=${counted}`, 303)
    return await record(request, reply, { compared: listed, count: { counted, expected: counted, missing: [], unexpected: [] }, typed: { counted } })
  })

  app.post('/porter/count/differences', { config: { permission: 'envelopes:keep', form: { action: 'count', show: showDifferencesAgain } } }, async (request, reply) => {
    const form = readForm(countSchema, request.body, countFields, request.t)
    if (!form.ok) return await showCount(request, reply, { form })
    const { counted } = form.value
    const { here, perhaps, written = '' } = form.values
    const compared = { here: parseNumberList(here), perhaps: parseNumberList(perhaps) }
    const ticked = listFormValues(request.body, 'lies').slice(0, 2 * MAX_COUNT)
    const read = compareCount({ counted, ticked, written }, compared)
    if (!read.ok) {
      const { errors, summary } = describeFaults(read, form.values, differencesFields, request.t)
      return await showDifferences(request, reply, { counted, ticked, written: read.written, errors, summary }, 400)
    }
    return await record(request, reply, { compared, count: { counted, ...read }, typed: { counted, ticked, written } })
  })
  app.get('/porter/count/differences', { config: { permission: 'envelopes:keep' } }, async (_request, reply) => await reply.redirect('/porter/count', 303))

  async function record (request: FastifyRequest, reply: FastifyReply, { compared, count, typed }: SubmittedCount): Promise<FastifyReply> {
    try {
      await recordCount(deps, requireSession(request), compared, count)
      return await reply.redirect('/porter/count?done=1', 303)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      return await showDifferences(request, reply, { ...typed, changed: true }, 409)
    }
  }

  async function showCountAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showCount(request, reply, { typed: readFormValues(request.body) })
  }

  async function showDifferencesAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const values = readFormValues(request.body)
    const form = parseInput(countSchema, request.body)
    if (!form.ok) return await showCount(request, reply, { typed: values })
    const ticked = listFormValues(request.body, 'lies').slice(0, 2 * MAX_COUNT)
    return await showDifferences(request, reply, { counted: form.value.counted, ticked, written: values['written'] ?? '' })
  }

  async function showCount (request: FastifyRequest, reply: FastifyReply, { form, typed = {}, isRecorded = false }: { readonly form?: FormFaults, readonly typed?: FormValues, readonly isRecorded?: boolean }): Promise<FastifyReply> {
    const counts = (await listEnvelopeCounts(db, porterDeskId(requireSession(request)), MAX_EARLIER_COUNTS)).map(countLine)
    return await reply.page('porter/count', {
      value: removeActivationCodes(form?.values ?? typed)['counted'],
      error: form?.errors['counted'],
      counts,
      done: isRecorded ? counts[0] : undefined,
    }, { status: form === undefined ? 200 : 400 })
  }

  async function showDifferences (request: FastifyRequest, reply: FastifyReply, { counted, ticked = [], written = '', errors = {}, summary = [], changed = false }: DifferencesForm, status = 200): Promise<FastifyReply> {
    const listed = await listExpectedEnvelopes(db, porterDeskId(requireSession(request)), now())
    const numbers = toSortedNumbers(listed)
    const lines = (envelopes: readonly DeskEnvelope[]) => envelopes.map(envelope => ({ number: envelope.number, name: formatBothNames(request.t, envelope), isTicked: ticked.includes(envelope.number) }))
    return await reply.page('porter/differences', {
      counted,
      lists: [
        { name: 'here', envelopes: lines(listed.here), numbers: numbers.here.join(' ') },
        { name: 'perhaps', envelopes: lines(listed.perhaps), numbers: numbers.perhaps.join(' ') },
      ],
      expected: listed.here.length,
      written,
      errors,
      summary,
      changed,
    }, { status })
  }

  function countLine (count: EnvelopeCount) {
    const { counted, expected, missing, unexpected, name } = count
    return { at: count.counted_at, by: name, counted, expected, missing, unexpected }
  }
}

/** Parses the numbers in a hidden field. */
function parseNumberList (field = ''): string[] {
  return field.split(' ', 2 * MAX_COUNT).filter(number => number !== '')
}
