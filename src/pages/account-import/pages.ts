/**
 * The pages where administrators import accounts from a file: upload, dry run, confirmation, progress, result. They are not
 * offered where the accounts come from a directory.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Directory } from '../../accounts/directory.js'
import type { RejectedRow, RowRemark } from '../../accounts/import/import-accounts.js'
import { formatCsv, toRejectedCells, toWarningCells, warningHeader } from '../../accounts/import/side-files.js'
import { rejectedHeader } from '../../accounts/import/account-file.js'
import { type UploadRunDeps, UploadRuns } from '../../accounts/uploads/run-upload.js'
import { deleteUpload, findUpload, storeUpload, streamFindings, type Upload } from '../../accounts/uploads/upload-store.js'
import { describeFaults, type FormFaults, type FormFields } from '../../http/forms.js'
import type { FieldError } from '../../institution/base-error.js'
import { Conflict, NotFound, NotPermitted } from '../../institution/errors.js'
import { parseInput } from '../../institution/input.js'
import { requireSession } from '../../staff/authenticate.js'
import { acceptUploads, MAX_FILE_BYTES, UploadedFile } from './read-upload.js'
import { stageOf, toColumnHelp, toProblemView, toProgressView, toResultView, type ViewContext } from './view.js'

const importRoute = { config: { permission: 'accounts:import', withoutServicePoint: true } } as const
const IMPORT_PATH = '/accounts/import'
/** A small file is checked or imported before the answer, so that most people never see the progress (milliseconds). */
const SHORT_RUN_MS = 1500

const uploadFields: FormFields = { labels: { file: null } }
const uploadSchema = z.object({ file: z.instanceof(UploadedFile).optional().catch(undefined) })
/** Names the check that the administrator has seen. */
const seenRunSchema = z.object({ run: z.string(), zeros: z.enum(['shorten', 'keep']).optional(), encoding: z.literal('windows-1252').optional() })

export interface AccountImportPagesDeps extends UploadRunDeps {
  readonly directory: Pick<Directory, 'kind'>
  readonly profile: { readonly timeZone: string }
}

export const accountImportPages: FastifyPluginAsyncZod<AccountImportPagesDeps> = async (app, deps) => {
  const { db, now } = deps
  const runs = new UploadRuns(deps, error => { app.log.error({ err: error }, 'an account import has stopped') })
  app.addHook('onClose', async () => await runs.close())
  app.addHook('onRequest', async () => { if (deps.directory.kind !== 'built-in') throw new NotPermitted('accounts-in-directory') })
  acceptUploads(app)

  const importFormRoute = { config: { ...importRoute.config, form: { action: 'import-accounts', show: showStage } } } as const

  app.get('/accounts/import', importRoute, showStage)

  app.post('/accounts/import', { config: { ...importFormRoute.config, hasLongUpload: true } }, async (request, reply) => {
    const { file } = uploadSchema.parse(request.body)
    const errors = listFileErrors(file)
    if (file === undefined || errors.length > 0) return await showForm(request, reply, describeFaults({ errors }, {}, uploadFields, request.t), 400)
    await storeUpload(db, ownId(request), file, now())
    await waitShortly((await runs.check(await requireUpload(request))).ended)
    return await reply.redirect(IMPORT_PATH, 303)
  })

  app.post('/accounts/import/check', importFormRoute, async (request, reply) => {
    const { upload, form } = await requireSeenUpload(request)
    const choices = {
      ...form.zeros === undefined ? {} : { shortens_numbers: form.zeros === 'shorten' },
      ...form.encoding === undefined ? {} : { encoding_confirmed: true },
    }
    await waitShortly((await runs.check(upload, choices)).ended)
    return await reply.redirect(IMPORT_PATH, 303)
  })

  app.post('/accounts/import/start', importFormRoute, async (request, reply) => {
    const { upload } = await requireSeenUpload(request)
    if (upload.state !== 'checked' && upload.state !== 'importing') throw new Conflict('import-changed')
    await waitShortly((await runs.import(upload, `staff:${ownId(request)}`)).ended)
    return await reply.redirect(IMPORT_PATH, 303)
  })

  app.post('/accounts/import/discard', importFormRoute, async (request, reply) => {
    await deleteUpload(db, ownId(request), now())
    return await reply.redirect(IMPORT_PATH, 303)
  })

  // A reload, a change of language or signing in again requests the address of a form with GET.
  app.get('/accounts/import/check', importRoute, async (_request, reply) => await reply.redirect(IMPORT_PATH, 303))
  app.get('/accounts/import/start', importRoute, async (_request, reply) => await reply.redirect(IMPORT_PATH, 303))
  app.get('/accounts/import/discard', importRoute, async (_request, reply) => await reply.redirect(IMPORT_PATH, 303))

  app.get('/accounts/import/progress', importRoute, async (request, reply) => {
    const upload = await findOwnUpload(request)
    const { rows, of, text, stage } = upload === undefined ? { rows: 0, of: 0, text: '', stage: 'none' } : toProgressView(upload, contextOf(request))
    return await reply.header('cache-control', 'no-store').send({ rows, of, text, isRunning: stage === 'running' })
  })

  app.get('/accounts/import/rejected.csv', importRoute, async (request, reply) => {
    const upload = await requireUpload(request)
    const { header = [], ownColumns = 0, delimiter = ',' } = upload.facts?.file ?? {}
    const rows = streamRows<RejectedRow>(upload, 'rejected', [...rejectedHeader, ...header.slice(ownColumns)], row => toRejectedCells(request.t, row, ownColumns))
    return await sendCsv(reply, 'accounts.rejected.csv', rows, delimiter)
  })

  app.get('/accounts/import/warnings.csv', importRoute, async (request, reply) => {
    const upload = await requireUpload(request)
    const rows = streamRows<RowRemark>(upload, 'warning', warningHeader, warning => toWarningCells(request.t, warning))
    return await sendCsv(reply, 'accounts.warnings.csv', rows, upload.facts?.file?.delimiter ?? ',')
  })

  async function showStage (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const upload = await findOwnUpload(request)
    return upload === undefined ? await showForm(request, reply) : await showUpload(request, reply, upload)
  }

  async function showForm (request: FastifyRequest, reply: FastifyReply, { errors, summary }: FormFaults = { values: {}, errors: {}, summary: [] }, status = 200): Promise<FastifyReply> {
    return await reply.page('account-import/upload', { errors, summary, megabytes: MAX_FILE_BYTES / 1024 / 1024, columns: toColumnHelp(request) }, { status })
  }

  async function showUpload (request: FastifyRequest, reply: FastifyReply, upload: Upload): Promise<FastifyReply> {
    const context = contextOf(request)
    const stage = stageOf(upload, context.now)
    switch (stage) {
      case 'running': case 'stopped': return await reply.page('account-import/progress', toProgressView(upload, context))
      case 'encoding-unknown': return await reply.page('account-import/encoding', toProblemView(upload, context))
      case 'refused': return await reply.page('account-import/refused', toProblemView(upload, context))
      default: return await reply.page(`account-import/${stage}`, await toResultView(upload, context))
    }
  }

  async function findOwnUpload (request: FastifyRequest): Promise<Upload | undefined> {
    return await findUpload(db, ownId(request), now())
  }

  async function requireUpload (request: FastifyRequest): Promise<Upload> {
    const upload = await findOwnUpload(request)
    if (upload === undefined) throw new NotFound('page')
    return upload
  }

  /** @throws {Conflict} `import-changed` when the form was made for an earlier file or check */
  async function requireSeenUpload (request: FastifyRequest) {
    const form = parseInput(seenRunSchema, request.body)
    const upload = await findOwnUpload(request)
    if (!form.ok || upload === undefined || upload.run_id !== form.value.run) throw new Conflict('import-changed')
    return { upload, form: form.value }
  }

  async function * streamRows<Finding> (upload: Upload, kind: 'warning' | 'rejected', header: readonly string[], toCells: (finding: Finding) => string[]): AsyncGenerator<ReadonlyArray<readonly string[]>> {
    yield [header]
    for await (const batch of streamFindings<Finding>(db, upload.id, kind)) yield batch.map(toCells)
  }

  function contextOf (request: FastifyRequest): ViewContext {
    return { request, db, now: now(), timeZone: deps.profile.timeZone }
  }
}

function ownId (request: FastifyRequest): string {
  return requireSession(request).staff.id
}

function listFileErrors (file: UploadedFile | undefined): FieldError[] {
  if (file === undefined || file.name === '') return [{ path: 'file', message: 'required' }]
  if (file.isTooLarge) return [{ path: 'file', message: 'file-too-large', values: { megabytes: MAX_FILE_BYTES / 1024 / 1024 } }]
  return file.bytes.length === 0 ? [{ path: 'file', message: 'file-empty' }] : []
}

async function sendCsv (reply: FastifyReply, name: string, batches: AsyncIterable<ReadonlyArray<readonly string[]>>, delimiter: string): Promise<FastifyReply> {
  const parts: string[] = []
  for await (const rows of batches) parts.push(formatCsv(rows, delimiter))
  return await reply.headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` }).type('text/csv; charset=utf-8').send(`\ufeff${parts.join('')}`)
}

async function waitShortly (ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([ended, new Promise<void>(resolve => { timer = setTimeout(resolve, SHORT_RUN_MS) })])
  clearTimeout(timer)
}
