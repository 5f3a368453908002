/** The pages where administrators find one holder, export the stored data, or erase it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../accounts/erasure-markers.js'
import type { Account } from '../accounts/queries.js'
import { type FormFaults, type FormFields, optionalQueryText, pageIdSchema, readForm } from '../http/forms.js'
import { NotFound } from '../institution/errors.js'
import { readFormValues } from '../institution/input.js'
import { erasureReasons } from '../institution/vocabulary.js'
import { removeOwnDomain } from '../institution/user-names.js'
import { recordOpening } from '../slips/access-events.js'
import { requireSession } from '../staff/authenticate.js'
import { isErasureRequested } from '../staff/confirmations/queries.js'
import { wantsFourEyes } from '../staff/confirmations/rules.js'
import { requestErasure, type Requester } from './erase-holder.js'
import { exportHolderData, type HolderExportDeps, type HolderExportFormat } from './export-holder-data.js'
import { countStoredData, findHolder, listErasureObstacles, type StoredDataCounts, storedDataKinds } from './queries.js'

const holdersRoute = { config: { permission: 'holders:data', withoutServicePoint: true } } as const
const oneHolderRoute = { ...holdersRoute, schema: { params: pageIdSchema } } as const
const contentTypes: Readonly<Record<HolderExportFormat, string>> = { json: 'application/json; charset=utf-8', pdf: 'application/pdf' }
/** The data that remains when a holder is erased. It identifies no person. */
const remainingKinds: ReadonlyArray<keyof StoredDataCounts> = ['slips', 'events']

const eraseFormSchema = z.object({ reason: z.enum(erasureReasons, 'choose-reason'), sure: z.literal('yes', { error: 'make-sure' }) })

const eraseFields: FormFields = { labels: { reason: null, sure: null } }

type HolderRequest = FastifyRequest<{ Params: { id: string } }>

export interface HolderPagesDeps extends HolderExportDeps {
  readonly isDemo: boolean
}

export const holdersPages: FastifyPluginAsyncZod<HolderPagesDeps> = async (app, deps) => {
  const { db, now, profile } = deps

  app.get('/holders', { ...holdersRoute, schema: { querystring: z.object({ q: optionalQueryText }) } }, async (request, reply) => {
    await recordOpening(deps, request, 'holders-listed')
    const typed = (request.query.q ?? '').slice(0, 200)
    const found = typed.trim() === '' ? undefined : await findHolder(db, removeOwnDomain(typed, profile.userNameDomains))
    if (found !== undefined) return await reply.redirect(`/holders/${found.id}`, 303)
    return await reply.page('holders/find', { q: typed, hasNoMatch: typed.trim() !== '' })
  })

  app.get('/holders/:id', oneHolderRoute, showHolder)

  async function showHolder (request: HolderRequest, reply: FastifyReply): Promise<FastifyReply> {
    const account = await requireHolder(request)
    await recordOpening(deps, request, 'holder-data-opened', account.id)
    const stored = await countStoredData(db, account.id)
    return await reply.page('holders/show', {
      person: toPersonView(request, account),
      erasedAt: account.erased_at ?? undefined,
      isErasureRequested: await isErasureRequested(db, account.id, now()),
      stored: toCountList(request, stored, account.erased_at === null ? storedDataKinds : remainingKinds),
    })
  }

  const exportRoute = { ...oneHolderRoute, config: { ...oneHolderRoute.config, form: { action: 'export-holder', show: showHolder } } } as const
  app.post('/holders/:id/data.json', exportRoute, async (request, reply) => await sendHolderData(request, reply, 'json'))
  app.post('/holders/:id/data.pdf', exportRoute, async (request, reply) => await sendHolderData(request, reply, 'pdf'))

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/holders/:id/data.json', oneHolderRoute, redirectToHolder)
  app.get('/holders/:id/data.pdf', oneHolderRoute, redirectToHolder)

  app.get('/holders/:id/erase', oneHolderRoute, async (request, reply) => await showErasing(request, reply, await requireHolder(request)))

  app.post('/holders/:id/erase', { ...oneHolderRoute, config: { ...oneHolderRoute.config, form: { action: 'erase-holder', show: showErasingAgain } } }, async (request, reply) => {
    const account = await requireHolder(request)
    const form = readForm(eraseFormSchema, request.body, eraseFields, request.t)
    if (!form.ok) return await showErasing(request, reply, account, { ...form, status: 400 })
    await requestErasure({ db, now, fourEyes: wantsFourEyes(deps) }, currentRequester(request), account.id, form.value.reason)
    return await reply.redirect(`/holders/${account.id}`, 303)
  })

  async function sendHolderData (request: HolderRequest, reply: FastifyReply, format: HolderExportFormat): Promise<FastifyReply> {
    const account = await requireHolder(request)
    const file = await exportHolderData(deps, currentRequester(request), account.id, format)
    return await reply.headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="holder-data.${format}"` }).type(contentTypes[format]).send(file)
  }

  async function redirectToHolder (request: HolderRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/holders/${(await requireHolder(request)).id}`, 303)
  }

  async function showErasing (request: FastifyRequest, reply: FastifyReply, account: Account, { values = {}, errors = {}, summary = [], status = 200 }: Partial<FormFaults> & { readonly status?: number } = {}): Promise<FastifyReply> {
    if (account.erased_at !== null) return await reply.redirect(`/holders/${account.id}`, 303)
    await recordOpening(deps, request, 'holder-data-opened', account.id)
    const stored = await countStoredData(db, account.id)
    const obstacles = await listErasureObstacles(db, account, requireSession(request).staff.login, now())
    return await reply.page('holders/erase', {
      person: toPersonView(request, account),
      erased: toCountList(request, stored, storedDataKinds.filter(kind => !remainingKinds.includes(kind))).filter(({ count }) => count > 0),
      slips: stored.slips,
      events: stored.events,
      obstacles: [
        ...await isErasureRequested(db, account.id, now()) ? [request.t('problems.conflict.already-requested')] : [],
        ...obstacles.map(({ code, number }) => request.t(`problems.conflict.erasure-${code}`, { number })),
      ],
      reasons: erasureReasons,
      chosen: values['reason'],
      errors,
      summary,
    }, { status })
  }

  async function showErasingAgain (request: HolderRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showErasing(request, reply, await requireHolder(request), { values: readFormValues(request.body) })
  }

  /** Finds an erased holder too: the page says so. */
  async function requireHolder ({ params }: HolderRequest): Promise<Account> {
    const account = await findHolder(db, params.id)
    if (account === undefined) throw new NotFound('account')
    return account
  }
}

function currentRequester (request: FastifyRequest): Requester {
  const { staff } = requireSession(request)
  return { actor: `staff:${staff.id}`, login: staff.login }
}

function toPersonView ({ t }: FastifyRequest, account: Account) {
  return {
    id: account.id,
    displayName: formatHolderName(t, account.display_name),
    username: formatUsername(account.username),
    studentNumber: account.student_number ?? undefined,
    affiliation: account.affiliation,
  }
}

function toCountList ({ t }: FastifyRequest, stored: StoredDataCounts, kinds: ReadonlyArray<keyof StoredDataCounts>) {
  return kinds.map(kind => ({ label: t(`holders.kinds.${kind}`), count: stored[kind] }))
}
