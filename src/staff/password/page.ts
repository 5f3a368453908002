/** The page on which staff change their own password; after a password that someone else has set, it is the only one. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeFaults, type FormFaults, type FormFields, queryFlag, readForm } from '../../http/forms.js'
import { InvalidInput, TooManyAttempts } from '../../institution/errors.js'
import { requireSession } from '../authenticate.js'
import { findStartPage } from '../menu.js'
import { passwordChangeSchema, STAFF_PASSWORD_MIN_LENGTH } from '../schemas.js'
import { changeOwnPassword, type ChangePasswordDeps } from './change-password.js'

const route = { permission: 'own-password:change', withoutServicePoint: true, withoutOwnPassword: true } as const

const fields: FormFields = {
  labels: { passwordCurrent: 'staff.password.current', password: 'staff.password.new', passwordAgain: 'staff.password.again' },
}

export const ownPasswordPage: FastifyPluginAsyncZod<ChangePasswordDeps> = async (app, deps) => {
  app.get('/change-password', { config: route, schema: { querystring: z.object({ changed: queryFlag }) } }, async (request, reply) =>
    request.query.changed && !requireSession(request).mustChangePassword ? await reply.page('staff/password-changed', { next: findStartPage(requireSession(request)) }) : await showForm(request, reply))

  app.post('/change-password', { config: { ...route, form: { action: 'change-password', show: showForm } } }, async (request, reply) => {
    const form = readForm(passwordChangeSchema, request.body, fields, request.t)
    if (!form.ok) return await renderForm(request, reply, form, 400)
    const failure = await changeOwnPassword({ ...deps, logger: request.log }, requireSession(request), form.value, request.ip).then(() => undefined, rethrowUnlessReadable)
    if (failure === undefined) return await reply.redirect('/change-password?changed=1', 303)
    if (failure instanceof InvalidInput) return await renderForm(request, reply, describeFaults({ errors: failure.errors }, {}, fields, request.t), 400)
    const message = request.t('problems.too-many-requests.sign-in', { minutes: Math.ceil(failure.seconds / 60) })
    return await renderForm(request, reply.header('retry-after', String(failure.seconds)), { errors: {}, summary: [{ message }] }, 429)
  })
}

/** Shows the empty form: passwords are never shown again. */
async function showForm (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return await renderForm(request, reply, { errors: {}, summary: [] })
}

async function renderForm (request: FastifyRequest, reply: FastifyReply, { errors, summary }: Pick<FormFaults, 'errors' | 'summary'>, status = 200): Promise<FastifyReply> {
  const { staff, mustChangePassword } = requireSession(request)
  return await reply.page('staff/change-password', { login: staff.login, mustChangePassword, minimum: STAFF_PASSWORD_MIN_LENGTH, errors, summary }, { status })
}

/** Returns the error that the form can show and rethrows any other. */
function rethrowUnlessReadable (error: unknown): InvalidInput | TooManyAttempts {
  if (error instanceof InvalidInput || error instanceof TooManyAttempts) return error
  throw error
}
