/** The account's page: look, check an address, issue. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { findAccount, type Account } from '../../accounts/queries.js'
import { nameIn } from '../../addresses/postcode-entry.js'
import { listLetterRefusals } from '../../addresses/rules.js'
import { letterSchema } from '../../addresses/schemas.js'
import { countryName } from '../../addresses/countries.js'
import { listLongLines, RECOMMENDED_LINE_LENGTH } from '../../addresses/postal-address.js'
import { formatRefusal } from '../../i18n/translate.js'
import { type FieldError, InvalidInput, KeyAlreadyUsed, NotFound, Refused, UnreadableInput } from '../../institution/errors.js'
import { formatFieldError, parseInput } from '../../institution/input.js'
import { requireSession } from '../../staff/authenticate.js'
import { buildAccountPage, type SubmittedForm } from './view.js'
import { lookUpLetterAddress } from '../../slips/issuing-context.js'
import { getFieldLabel, getFieldForError, toLetterInput, getFieldForRefusal, toIssueRequestInput, readFormValues, type FormValues } from '../../slips/pages/issue-form.js'
import { issueRequestSchema } from '../../slips/schemas.js'
import { issueSlip, type IssuingDeps } from '../../slips/commands/issue-slip.js'
import { removeActivationCodes } from '../../slips/codes.js'
import { listUnprintableFields } from '../../slips/paper/check-printable.js'
import { sendSlipPdf } from '../../http/send-pdf.js'

const formTokenPattern = /^[A-Za-z0-9_-]{16,64}$/

export const accountPages: FastifyPluginAsync<IssuingDeps> = async (app, deps) => {
  const { profile } = deps
  const requestSchema = issueRequestSchema(profile.country)

  app.get('/accounts/:id', { config: { permission: 'accounts:find' } }, async (request, reply) =>
    await show(request, reply, await requireAccount(request)))

  app.post('/accounts/:id/slips', { config: { permission: 'slips:issue' } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = readFormValues(request.body)
    const form = parseInput(requestSchema, toIssueRequestInput(account.id, values))
    if (!form.ok) return await show(request, reply, account, { sent: withFieldErrors(request, values, form.errors), status: 400 })
    const token = values['formToken'] ?? ''
    if (!formTokenPattern.test(token)) throw new UnreadableInput()
    try {
      const issued = await issueSlip(deps, requireSession(request), form.value, `form:${token}`)
      return await sendSlipPdf(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      if (error instanceof Refused) return await show(request, reply, account, { sent: withRefusals(request, values, error), status: 422 })
      if (error instanceof InvalidInput) return await show(request, reply, account, { sent: withFieldErrors(request, values, error.errors), status: 400 })
      if (error instanceof KeyAlreadyUsed) return await reply.redirect(`/slips/${error.number}?again=1`, 303)
      throw error
    }
  })

  app.post('/accounts/:id/address', { config: { permission: 'accounts:find' } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = readFormValues(request.body)
    const letter = parseInput(letterSchema(profile.country), toLetterInput(values))
    if (!letter.ok) {
      const errors = letter.errors.map(error => ({ ...error, path: `letter.${error.path}` }))
      return await show(request, reply, account, { sent: withFieldErrors(request, values, errors), status: 400 })
    }
    const unprintable = listUnprintableFields(letter.value)
    if (unprintable.length > 0) return await show(request, reply, account, { sent: withFieldErrors(request, values, unprintable), status: 400 })
    const { found, dataDate } = await lookUpLetterAddress(deps.db, letter.value)
    const refusals = listLetterRefusals(letter.value, found, { dataDate }, profile)
    if (refusals.length > 0) return await show(request, reply, account, { sent: withRefusals(request, values, new Refused(refusals)), status: 422 })
    const long = listLongLines(letter.value, profile.country, RECOMMENDED_LINE_LENGTH).length > 0
    const { t, language } = request
    const place = letter.value.country === profile.country ? found === undefined ? '' : nameIn(found.municipality, language) : countryName(letter.value.country, language)
    return await show(request, reply, account, {
      sent: {
        values,
        addressVerdict: { tone: long ? 'warning' : 'ok', title: t('slips.issue.addressAllowed', { place }), ...(long ? { text: t('slips.issue.addressLong') } : {}) },
      },
    })
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/accounts/:id/slips', { config: { permission: 'accounts:find' } }, redirectToAccount)
  app.get('/accounts/:id/address', { config: { permission: 'accounts:find' } }, redirectToAccount)

  async function redirectToAccount (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/accounts/${(await requireAccount(request)).id}`, 303)
  }

  async function show (request: FastifyRequest, reply: FastifyReply, account: Account, { sent, status = 200 }: { readonly sent?: SubmittedForm, readonly status?: number } = {}): Promise<FastifyReply> {
    return await reply.page('accounts/show', await buildAccountPage(deps, request, account, sent), { status })
  }

  async function requireAccount (request: FastifyRequest): Promise<Account> {
    const account = await findAccount(deps.db, (request.params as { id: string }).id)
    if (account === undefined) throw new NotFound('account')
    return account
  }
}

/** The page again, each error at its field and in the summary, with what was typed kept. */
function withFieldErrors ({ t }: FastifyRequest, values: FormValues, errors: readonly FieldError[]): SubmittedForm {
  const told = errors.map(error => ({ path: getFieldForError(error), message: formatFieldError(t, error) }))
  // Away from its field a sentence like "Fill this in." needs the field's name.
  return { ...toSubmittedForm(values, told), summary: told.map(({ path, message }) => ({ path, message: `${t(getFieldLabel(path))}: ${message}` })) }
}

function withRefusals ({ t }: FastifyRequest, values: FormValues, { refusals }: Refused): SubmittedForm {
  return toSubmittedForm(values, refusals.map(refusal => ({ path: getFieldForRefusal(refusal), message: formatRefusal(t, refusal) })))
}

function toSubmittedForm (values: FormValues, summary: ReadonlyArray<{ path: string, message: string }>): SubmittedForm {
  return { values: removeActivationCodes(values), summary, errors: Object.fromEntries(summary.toReversed().map(({ path, message }) => [path, message])) }
}
