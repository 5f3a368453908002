/** Staff for administrators: the list with what waits for confirmation, and a new member. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { describeFaults, type FormFaults, type FormFields, queryFlag } from '../../http/forms.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { InvalidInput } from '../../institution/errors.js'
import { parseInput, parseValidFields, readFormValues } from '../../institution/input.js'
import { Secret } from '../../institution/secret.js'
import { listServicePointNames, listServicePoints } from '../../service-points/queries.js'
import { requireSession } from '../authenticate.js'
import { listOpenRequests } from '../confirmations/queries.js'
import { wantsFourEyes } from '../confirmations/rules.js'
import { toRequestViews } from '../confirmations/view.js'
import { computePasswordExpiry, generateOneTimePassword } from '../password/one-time-password.js'
import { listStaff } from '../queries.js'
import { STAFF_PASSWORD_MIN_LENGTH, staffDraftSchema } from '../schemas.js'
import { addStaff, listDraftErrors } from './manage-staff.js'
import { returnFieldErrors, type StaffPagesDeps, toAssignmentTicks } from './view.js'

const manageStaffRoute = { config: { permission: 'staff:manage', withoutServicePoint: true } } as const

const newStaffFields: FormFields = {
  labels: { name: 'staff.new.name', login: 'staff.new.login', roles: 'staff.new.roles', servicePoints: 'staff.new.servicePoints', password: 'staff.new.password' },
}

/** All fields as they were sent; a login or password that is missing counts as empty. */
const newStaffFormSchema = z.looseObject({ login: z.string().catch(''), password: z.string().catch('') })

export const staffPages: FastifyPluginAsyncZod<StaffPagesDeps> = async (app, deps) => {
  app.get('/staff', { ...manageStaffRoute, schema: { querystring: z.object({ requested: queryFlag }) } }, async (request, reply) => {
    const { staff: self } = requireSession(request)
    const members = await listStaff(deps.db, deps.now())
    return await reply.page('staff/list', {
      ...request.query.requested ? { flash: { tone: 'info', title: request.t('staff.waiting.requestedTitle'), text: request.t('staff.waiting.requestedText') } } : {},
      waiting: toRequestViews(request, await listOpenRequests(deps.db, deps.now()), { timeZone: deps.profile.timeZone, servicePoints: await listServicePointNames(deps.db) }),
      members: members.map(member => ({
        ...member,
        roles: member.roles.map(role => request.t(`common.roles.${role}`)).join(', '),
        servicePoints: member.servicePoints.map(office => office.name[request.language]).join('; '),
        lastUsed: member.lastUsedAt === null ? '' : formatDateTime(member.lastUsedAt, deps.profile.timeZone, request.language),
        mayDeactivate: member.active && member.id !== self.id,
      })),
    })
  })

  app.get('/staff/new', manageStaffRoute, async (request, reply) => await showForm(request, reply))

  app.post('/staff/new', { config: { ...manageStaffRoute.config, form: { action: 'add-staff', show: showFormAgain } } }, async (request, reply) => {
    const at = deps.now()
    const typed = newStaffFormSchema.parse(request.body ?? {})
    const isGenerated = typed.password === ''
    const password = isGenerated ? generateOneTimePassword(deps.randomBytes, typed.login.trim().toLowerCase()) : new Secret('first password', typed.password)
    const form = parseInput(staffDraftSchema, { ...typed, password: password.reveal() })
    if (!form.ok) return await showErrors(request, reply, [...form.errors, ...await listDraftErrors(deps.db, parseValidFields(staffDraftSchema, request.body))])
    // The demo's passwords are known anyway.
    const firstPassword = isGenerated ? { mustChangePassword: true, passwordExpiresAt: computePasswordExpiry(at) } : { mustChangePassword: !deps.isDemo, passwordExpiresAt: null }
    const manageDeps = { ...deps, fourEyes: wantsFourEyes(deps) }
    const added = await addStaff(manageDeps, { ...form.value, firstPassword }, `staff:${requireSession(request).staff.id}`).catch(returnFieldErrors)
    if (added instanceof InvalidInput) return await showErrors(request, reply, added.errors)
    const next = added.outcome === 'requested' ? '/staff?requested=1' : '/staff'
    if (!isGenerated) return await reply.redirect(next, 303)
    const { login, name } = form.value
    return await reply.page('staff/one-time-password', { login, name, password: password.reveal(), until: firstPassword.passwordExpiresAt, isNew: true, next })
  })

  async function showErrors (request: FastifyRequest, reply: FastifyReply, errors: InvalidInput['errors']): Promise<FastifyReply> {
    return await showForm(request, reply, describeFaults({ errors }, readFormValues(request.body), newStaffFields, request.t), 400)
  }

  async function showFormAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showForm(request, reply, { values: readFormValues(request.body), errors: {}, summary: [] })
  }

  async function showForm (request: FastifyRequest, reply: FastifyReply, { values, errors, summary }: FormFaults = { values: {}, errors: {}, summary: [] }, status = 200): Promise<FastifyReply> {
    return await reply.page('staff/new', {
      values,
      ...toAssignmentTicks(request, await listServicePoints(deps.db), request.body),
      passwordMinimum: STAFF_PASSWORD_MIN_LENGTH,
      errors,
      summary,
    }, { status })
  }
}
