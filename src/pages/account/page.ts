/** The account page: shows the account, checks an address, issues a slip. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { toOwnNames } from '../../accounts/names/queries.js'
import { findAccount, type Account } from '../../accounts/queries.js'
import { nameIn, type PostcodeEntry } from '../../addresses/postcode-entry.js'
import { listLetterRefusals } from '../../addresses/rules.js'
import { letterSchema } from '../../addresses/schemas.js'
import { countryName } from '../../addresses/countries.js'
import { formatWindowLines, listLongLines, type PostalAddress, RECOMMENDED_LINE_LENGTH } from '../../addresses/postal-address.js'
import { lacksNumber } from '../../addresses/undeliverable.js'
import { describeFaults, formTokenSchema, optionalQueryText } from '../../http/forms.js'
import { type FormValues, parseInput, parseValidFields, readFormValues, withFormErrors } from '../../institution/input.js'
import type { FieldError } from '../../institution/base-error.js'
import { InvalidInput, NotFound, Refused, UnreadableInput } from '../../institution/errors.js'
import { KeyAlreadyUsed } from '../../institution/slip-errors.js'
import type { Refusal } from '../../institution/refusals.js'
import { institutionDay } from '../../service-points/institution-day.js'
import { requireSession } from '../../staff/authenticate.js'
import { explainRecipient } from './holder-names.js'
import { listReadableFaults, readLetter } from './readable-faults.js'
import { buildAccountPage, type SubmittedForm } from './view.js'
import { recordOpening } from '../../slips/access-events.js'
import { findExpiryErrors, issueFields, toIssueRequestInput, toLatinNameInput, toLetterInput, toRefusalMessages } from '../../slips/pages/issue-form.js'
import { issueRequestSchema } from '../../slips/schemas.js'
import { issueSlip, type IssuingDeps } from '../../slips/commands/issue-slip.js'
import { lookUpLatinName, lookUpRecipient } from '../../slips/issuing-context.js'
import { checkRecipient, withLatinName } from '../../slips/rules/holder-name.js'
import { removeActivationCodes } from '../../slips/codes.js'
import { sendSlipPdf } from '../../http/send-pdf.js'

const paramsSchema = z.object({ id: z.string() })

interface IssueFormFaults {
  readonly account: Account
  readonly values: FormValues
  readonly errors: readonly FieldError[]
  readonly refusals: readonly Refusal[]
}

type AccountRequest = FastifyRequest<{ Params: z.output<typeof paramsSchema> }>

export const accountPages: FastifyPluginAsyncZod<IssuingDeps> = async (app, deps) => {
  const { profile } = deps
  const requestSchema = issueRequestSchema(profile.country)

  app.get('/accounts/:id', {
    config: { permission: 'accounts:find' }, schema: { params: paramsSchema, querystring: z.object({ after: optionalQueryText }) },
  }, async (request, reply) => await show(request, reply, await requireAccount(request), { sent: { after: request.query.after } }))

  app.post('/accounts/:id/slips', { config: { permission: 'slips:issue', form: { action: 'issue', show: showAgain } }, schema: { params: paramsSchema } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = readFormValues(request.body)
    const input = toIssueRequestInput(account, values, institutionDay(deps.now(), profile.timeZone))
    const form = withFormErrors(parseInput(requestSchema, input), values['channel'] === 'counter' ? findExpiryErrors(values) : [])
    if (!form.ok) return await showErrors(form.errors)
    const token = formTokenSchema.safeParse(values['formToken'])
    if (!token.success) throw new UnreadableInput()
    try {
      const issued = await issueSlip(deps, requireSession(request), form.value, `form:${token.data}`)
      return await sendSlipPdf(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      if (error instanceof Refused) return await showFaults(request, reply, { account, values, errors: [], refusals: error.refusals })
      if (error instanceof InvalidInput) return await showErrors(error.errors)
      if (error instanceof KeyAlreadyUsed) return await reply.redirect(`/slips/${error.number}?again=1`, 303)
      throw error
    }

    async function showErrors (errors: readonly FieldError[]): Promise<FastifyReply> {
      const further = await listReadableFaults(deps, requireSession(request), account, input)
      return await showFaults(request, reply, { account, values, errors: [...errors, ...further.errors], refusals: further.refusals })
    }
  })

  app.post('/accounts/:id/address', { config: { permission: 'accounts:find', form: { action: 'check-address', show: showAgain } }, schema: { params: paramsSchema } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = readFormValues(request.body)
    const input = toLetterInput(values)
    const letter = parseInput(letterSchema(profile.country), input)
    const { address, recipient, errors: unprintable } = await readLetter(deps, input)
    const entered = parseValidFields(issueRequestSchema(profile.country), { latinName: toLatinNameInput(account, values) }).latinName
    const own = withLatinName(toOwnNames(account), entered)
    const errors = [...letter.ok ? [] : letter.errors.map(error => ({ ...error, path: `letter.${error.path}` })), ...unprintable]
    const refusals = [
      ...address === undefined ? [] : listLetterRefusals(address.destination, address.found, address, profile),
      ...recipient === undefined ? [] : checkRecipient(await lookUpRecipient(deps.db, recipient, own, account.id), toOwnNames(account), entered && await lookUpLatinName(deps.db, entered, account.id)),
    ]
    if (!letter.ok || errors.length > 0 || refusals.length > 0) return await showFaults(request, reply, { account, values, errors, refusals })
    const verdict = buildAddressVerdict(request, letter.value, address?.found, profile.country)
    const addressVerdict = { ...verdict, text: [explainRecipient(request.t, letter.value.recipient, own), verdict.text].join(' ') }
    const normalized = { ...values, 'letter.postcode': letter.value.postcode }
    return await show(request, reply, account, { sent: { values: removeActivationCodes(normalized), addressVerdict } })
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/accounts/:id/slips', { config: { permission: 'accounts:find' }, schema: { params: paramsSchema } }, redirectToAccount)
  app.get('/accounts/:id/address', { config: { permission: 'accounts:find' }, schema: { params: paramsSchema } }, redirectToAccount)

  async function redirectToAccount (request: AccountRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/accounts/${(await requireAccount(request)).id}`, 303)
  }

  async function showAgain (request: AccountRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await show(request, reply, await requireAccount(request), { sent: { values: readFormValues(request.body) } })
  }

  async function show (request: FastifyRequest, reply: FastifyReply, account: Account, { sent, status = 200 }: { readonly sent?: SubmittedForm, readonly status?: number } = {}): Promise<FastifyReply> {
    await recordOpening(deps, request, 'account-opened', account.id)
    return await reply.page('accounts/show', await buildAccountPage(deps, request, account, sent), { status })
  }

  async function showFaults (request: FastifyRequest, reply: FastifyReply, { account, values, errors, refusals }: IssueFormFaults): Promise<FastifyReply> {
    const messages = toRefusalMessages(request.t, refusals)
    const sent = describeFaults({ errors, messages }, removeActivationCodes(values), issueFields, request.t)
    return await show(request, reply, account, { sent, status: errors.length > 0 ? 400 : 422 })
  }

  async function requireAccount ({ params }: AccountRequest): Promise<Account> {
    const account = await findAccount(deps.db, params.id)
    if (account === undefined) throw new NotFound('account')
    return account
  }
}

/** Builds the notice that a letter can be sent: how the address will be printed, and what to ask about it. */
function buildAddressVerdict (
  { t, language }: Pick<FastifyRequest, 't' | 'language'>, letter: PostalAddress, found: PostcodeEntry | undefined, homeCountry: string
): NonNullable<SubmittedForm['addressVerdict']> {
  const isDomestic = letter.country === homeCountry
  const place = !isDomestic ? countryName(letter.country, language) : found === undefined ? '' : nameIn(found.municipality, language)
  const warnings = [
    listLongLines(letter, homeCountry, RECOMMENDED_LINE_LENGTH).length > 0 ? t('slips.issue.addressLong') : undefined,
    isDomestic && lacksNumber(letter.lines) ? t('slips.issue.addressNoNumber') : undefined,
  ].filter(warning => warning !== undefined)
  const printed = t('slips.issue.addressPrinted', { address: formatWindowLines(letter, homeCountry).join(', ') })
  return { tone: warnings.length > 0 ? 'warning' : 'ok', title: t('slips.issue.addressAllowed', { place }), text: [printed, ...warnings].join(' ') }
}
