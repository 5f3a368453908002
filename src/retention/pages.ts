/** Holders' data, for administrators: find one person exactly, give out what is held, or erase it. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatHolderName, formatUsername } from '../accounts/erasure-markers.js'
import type { Account } from '../accounts/queries.js'
import { formatFieldError, parseForm } from '../http/forms.js'
import { Problem } from '../http/problems.js'
import { formatDateTime } from '../i18n/formatters.js'
import { requireSession } from '../staff/authenticate.js'
import { eraseHolder, erasureReasons, type Requester } from './erase-holder.js'
import { exportHolderData, type HolderExportDeps, type HolderExportFormat } from './export-holder-data.js'
import { countStoredData, findHolder, listErasureObstacles, type StoredDataCounts, storedDataKinds } from './queries.js'

const holderDataRoute = { config: { permission: 'holders:data', withoutServicePoint: true } } as const
const contentTypes: Readonly<Record<HolderExportFormat, string>> = { json: 'application/json; charset=utf-8', pdf: 'application/pdf' }
/** What stays when a holder is erased, without telling of anybody. */
const remainingKinds: ReadonlyArray<keyof StoredDataCounts> = ['slips', 'events']

const eraseFormSchema = z.object({ reason: z.enum(erasureReasons, 'choose-reason'), sure: z.literal('yes', { error: 'make-sure' }) })

export const holdersPages: FastifyPluginAsync<HolderExportDeps> = async (app, deps) => {
  const { db, now, profile } = deps

  app.get('/holders', holderDataRoute, async (request, reply) => {
    const { q } = request.query as { q?: unknown }
    const typed = typeof q === 'string' ? q.slice(0, 200) : ''
    const found = typed.trim() === '' ? undefined : await findHolder(db, typed)
    if (found !== undefined) return await reply.redirect(`/holders/${found.id}`, 303)
    return await reply.page('holders/find', { q: typed, nobody: typed.trim() !== '' })
  })

  app.get('/holders/:id', holderDataRoute, async (request, reply) => {
    const account = await requireHolder(request)
    const kept = await countStoredData(db, account.id)
    return await reply.page('holders/show', {
      person: toPersonView(request, account),
      erasedAt: account.erased_at === null ? undefined : formatDateTime(account.erased_at, profile.timeZone, request.language),
      kept: toCountList(request, kept, account.erased_at === null ? storedDataKinds : remainingKinds),
    })
  })

  app.post('/holders/:id/data.json', holderDataRoute, async (request, reply) => await sendHolderData(request, reply, 'json'))
  app.post('/holders/:id/data.pdf', holderDataRoute, async (request, reply) => await sendHolderData(request, reply, 'pdf'))

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/holders/:id/data.json', holderDataRoute, redirectToHolder)
  app.get('/holders/:id/data.pdf', holderDataRoute, redirectToHolder)

  app.get('/holders/:id/erase', holderDataRoute, async (request, reply) => await showErasing(request, reply, await requireHolder(request)))

  app.post('/holders/:id/erase', holderDataRoute, async (request, reply) => {
    const account = await requireHolder(request)
    const form = parseForm(eraseFormSchema, request.body)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, formatFieldError(request.t, error)]))
      return await showErasing(request, reply, account, errors, 400)
    }
    await eraseHolder(deps, currentRequester(request), account.id, form.value.reason)
    return await reply.redirect(`/holders/${account.id}`, 303)
  })

  async function sendHolderData (request: FastifyRequest, reply: FastifyReply, format: HolderExportFormat): Promise<FastifyReply> {
    const account = await requireHolder(request)
    const file = await exportHolderData(deps, currentRequester(request), account.id, format)
    return await reply.headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="holder-data.${format}"` }).type(contentTypes[format]).send(file)
  }

  async function redirectToHolder (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await reply.redirect(`/holders/${(await requireHolder(request)).id}`, 303)
  }

  async function showErasing (request: FastifyRequest, reply: FastifyReply, account: Account, errors: Readonly<Record<string, string>> = {}, status = 200): Promise<FastifyReply> {
    if (account.erased_at !== null) return await reply.redirect(`/holders/${account.id}`, 303)
    const kept = await countStoredData(db, account.id)
    const obstacles = await listErasureObstacles(db, account, requireSession(request).staff.login, now())
    return await reply.page('holders/erase', {
      person: toPersonView(request, account),
      goes: toCountList(request, kept, storedDataKinds.filter(kind => !remainingKinds.includes(kind))).filter(({ count }) => count > 0),
      slips: kept.slips,
      events: kept.events,
      obstacles: obstacles.map(({ code, number }) => request.t(`problems.conflict.erasure-${code}`, { number })),
      reasons: erasureReasons,
      chosen: (request.body as { reason?: unknown } | null | undefined)?.reason,
      errors,
    }, { status })
  }

  /** Somebody erased is found too: the page says so. */
  async function requireHolder (request: FastifyRequest): Promise<Account> {
    const { id } = request.params as { id: string }
    const account = z.guid().safeParse(id).success ? await findHolder(db, id) : undefined
    if (account === undefined) throw new Problem('not-found', { variant: 'account' })
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

function toCountList ({ t }: FastifyRequest, kept: StoredDataCounts, kinds: ReadonlyArray<keyof StoredDataCounts>) {
  return kinds.map(kind => ({ label: t(`holders.kinds.${kind}`), count: kept[kind] }))
}
