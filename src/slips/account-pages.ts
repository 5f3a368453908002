/** The account's page: look, check an address, issue. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { findAccount, type Account } from '../accounts/queries.js'
import { letterRefusals } from '../addresses/delivery-area.js'
import { letterSchema } from '../addresses/schemas.js'
import { countryName } from '../addresses/countries.js'
import { longLines, recommendedLine } from '../addresses/postal-address.js'
import type { Deps } from '../app.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { Problem, Refused, type FieldError } from '../http/problems.js'
import { refusalSentence } from '../i18n/refusal-sentence.js'
import { signedIn } from '../staff/authenticate.js'
import { accountPage, type Sent } from './account-page.js'
import { lookUpAddress } from './circumstances.js'
import { fieldLabel, formField, letterOf, refusalField, requestOfForm, typedValues, type FormValues } from './issue-form.js'
import { issueRequestSchema } from './issue-request.js'
import { issueSlip } from './issue-slip.js'
import { withoutCodes } from './kept-text.js'
import { unprintableFields } from './letter-typeface.js'
import { sendPaper } from './send-paper.js'

const formToken = /^[A-Za-z0-9_-]{16,64}$/

export const accountPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { profile } = deps
  const requestSchema = issueRequestSchema(profile.country)

  app.get('/accounts/:id', { config: { may: 'accounts:find' } }, async (request, reply) =>
    await show(request, reply, await requireAccount(request)))

  app.post('/accounts/:id/slips', { config: { may: 'slips:issue' } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = typedValues(request.body)
    const form = parseForm(requestSchema, requestOfForm(account.id, values))
    if (!form.ok) return await show(request, reply, account, failedFields(request, values, form.errors), 400)
    const token = values['formToken'] ?? ''
    if (!formToken.test(token)) throw new Problem('validation-failed', { variant: 'unreadable-body' })
    try {
      const issued = await issueSlip(deps, signedIn(request), form.value, `form:${token}`)
      return await sendPaper(reply, issued, `/slips/${issued.number}`)
    } catch (error) {
      if (error instanceof Refused) return await show(request, reply, account, refused(request, values, error), 422)
      if (!(error instanceof Problem)) throw error
      if (error.errors.length > 0) return await show(request, reply, account, failedFields(request, values, error.errors), 400)
      const earlier = error.headers['slip-number']
      if (earlier !== undefined) return await reply.redirect(`/slips/${earlier}?again=1`, 303)
      throw error
    }
  })

  app.post('/accounts/:id/address', { config: { may: 'accounts:find' } }, async (request, reply) => {
    const account = await requireAccount(request)
    const values = typedValues(request.body)
    const letter = parseForm(letterSchema(profile.country), letterOf(values))
    if (!letter.ok) {
      const errors = letter.errors.map(error => ({ ...error, path: `letter.${error.path}` }))
      return await show(request, reply, account, failedFields(request, values, errors), 400)
    }
    const unprintable = unprintableFields(letter.value)
    if (unprintable.length > 0) return await show(request, reply, account, failedFields(request, values, unprintable), 400)
    const { found, dataDate } = await lookUpAddress(deps.db, letter.value)
    const refusals = letterRefusals(letter.value, found, { dataDate }, profile)
    if (refusals.length > 0) return await show(request, reply, account, refused(request, values, new Refused(refusals)), 422)
    const long = longLines(letter.value, profile.country, recommendedLine).length > 0
    const { t, language } = request
    const place = letter.value.country === profile.country ? found?.municipality[language === 'sv' ? 'sv' : 'fi'] ?? '' : countryName(letter.value.country, language)
    return await show(request, reply, account, {
      values,
      addressVerdict: { tone: long ? 'warning' : 'ok', title: t('slips.issue.addressAllowed', { place }), ...(long ? { text: t('slips.issue.addressLong') } : {}) },
    })
  })

  for (const answered of ['/accounts/:id/slips', '/accounts/:id/address']) {
    // What answered a form can be fetched too: by a reload, a change of language, or after signing in again.
    app.get(answered, { config: { may: 'accounts:find' } }, async (request, reply) =>
      await reply.redirect(`/accounts/${(await requireAccount(request)).id}`, 303))
  }

  async function show (request: FastifyRequest, reply: FastifyReply, account: Account, sent?: Sent, status = 200): Promise<FastifyReply> {
    return await reply.page('accounts/show', await accountPage(deps, request, account, sent), { status })
  }

  async function requireAccount (request: FastifyRequest): Promise<Account> {
    const account = await findAccount(deps.db, (request.params as { id: string }).id)
    if (account === undefined) throw new Problem('not-found', { variant: 'account' })
    return account
  }
}

/** The page again, each error at its field and in the summary, with what was typed kept. */
function failedFields ({ t }: FastifyRequest, values: FormValues, errors: readonly FieldError[]): Sent {
  const told = errors.map(error => ({ path: formField(error), message: fieldMessage(t, error) }))
  // Away from its field a sentence like "Fill this in." needs the field's name.
  return { ...sentWith(values, told), summary: told.map(({ path, message }) => ({ path, message: `${t(fieldLabel(path))}: ${message}` })) }
}

function refused ({ t }: FastifyRequest, values: FormValues, { refusals }: Refused): Sent {
  return sentWith(values, refusals.map(refusal => ({ path: refusalField(refusal), message: refusalSentence(t, refusal) })))
}

function sentWith (values: FormValues, summary: ReadonlyArray<{ path: string, message: string }>): Sent {
  return { values: withoutCodes(values), summary, errors: Object.fromEntries(summary.toReversed().map(({ path, message }) => [path, message])) }
}
