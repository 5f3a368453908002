/** Holders' data, for administrators: find one person exactly, give out what is held, or erase it. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { shownName, shownUsername } from '../accounts/erased.js'
import type { Account } from '../accounts/queries.js'
import type { Deps } from '../app.js'
import { fieldMessage, parseForm } from '../http/forms.js'
import { Problem } from '../http/problems.js'
import { momentInWords } from '../i18n/moments.js'
import { signedIn } from '../staff/authenticate.js'
import { erasureReasons, eraseHolder, type Requester } from './erase-holder.js'
import { exportFormats, exportHolderData, type ExportFormat } from './export-holder-data.js'
import { countKept, findHolder, keptKinds, type Kept } from './find-holder.js'
import { findObstacles } from './obstacles.js'

const manages = { config: { may: 'holders:data', anywhere: true } } as const
const types: Readonly<Record<ExportFormat, string>> = { json: 'application/json; charset=utf-8', pdf: 'application/pdf' }
/** What stays when a holder is erased, without telling of anybody. */
const staying: ReadonlyArray<keyof Kept> = ['slips', 'events']

const eraseSchema = z.object({ reason: z.enum(erasureReasons, 'choose-reason'), sure: z.literal('yes', { error: 'make-sure' }) })

export const holdersPages: FastifyPluginAsync<Deps> = async (app, deps) => {
  const { db, now, profile } = deps

  app.get('/holders', manages, async (request, reply) => {
    const { q } = request.query as { q?: unknown }
    const typed = typeof q === 'string' ? q.slice(0, 200) : ''
    const found = typed.trim() === '' ? undefined : await findHolder(db, typed)
    if (found !== undefined) return await reply.redirect(`/holders/${found.id}`, 303)
    return await reply.page('holders/find', { q: typed, nobody: typed.trim() !== '' })
  })

  app.get('/holders/:id', manages, async (request, reply) => {
    const account = await requireHolder(request)
    const kept = await countKept(db, account.id)
    return await reply.page('holders/show', {
      person: personOf(request, account),
      erasedAt: account.erased_at === null ? undefined : momentInWords(account.erased_at, profile.timeZone, request.language),
      kept: counted(request, kept, account.erased_at === null ? keptKinds : staying),
    })
  })

  for (const format of exportFormats) {
    app.post(`/holders/:id/data.${format}`, manages, async (request, reply) => {
      const account = await requireHolder(request)
      const file = await exportHolderData(deps, requester(request), account.id, format)
      return await reply.headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="holder-data.${format}"` }).type(types[format]).send(file)
    })
    app.get(`/holders/:id/data.${format}`, manages, async (request, reply) => await reply.redirect(`/holders/${(await requireHolder(request)).id}`, 303))
  }

  app.get('/holders/:id/erase', manages, async (request, reply) => await showErasing(request, reply, await requireHolder(request)))

  app.post('/holders/:id/erase', manages, async (request, reply) => {
    const account = await requireHolder(request)
    const form = parseForm(eraseSchema, request.body)
    if (!form.ok) {
      const errors = Object.fromEntries(form.errors.map(error => [error.path, fieldMessage(request.t, error)]))
      return await showErasing(request, reply, account, errors, 400)
    }
    await eraseHolder(deps, requester(request), account.id, form.value.reason)
    return await reply.redirect(`/holders/${account.id}`, 303)
  })

  async function showErasing (request: FastifyRequest, reply: FastifyReply, account: Account, errors: Readonly<Record<string, string>> = {}, status = 200): Promise<FastifyReply> {
    if (account.erased_at !== null) return await reply.redirect(`/holders/${account.id}`, 303)
    const kept = await countKept(db, account.id)
    const obstacles = await findObstacles(db, account, signedIn(request).staff.login, now())
    return await reply.page('holders/erase', {
      person: personOf(request, account),
      goes: counted(request, kept, keptKinds.filter(kind => !staying.includes(kind))).filter(({ count }) => count > 0),
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

function requester (request: FastifyRequest): Requester {
  const { staff } = signedIn(request)
  return { actor: `staff:${staff.id}`, login: staff.login }
}

function personOf ({ t }: FastifyRequest, account: Account) {
  return {
    id: account.id,
    displayName: shownName(t, account.display_name),
    username: shownUsername(account.username),
    studentNumber: account.student_number ?? undefined,
    affiliation: account.affiliation,
  }
}

function counted ({ t }: FastifyRequest, kept: Kept, kinds: ReadonlyArray<keyof Kept>) {
  return kinds.map(kind => ({ label: t(`holders.kinds.${kind}`), count: kept[kind] }))
}
