/** Staff for administrators: the list, a new member, ending sessions, deactivating and activating. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Actor } from '../../audit/events.js'
import { describeFaults, type FormFaults, type FormFields, pageIdSchema } from '../../http/forms.js'
import { formatDateTime } from '../../i18n/formatters.js'
import type { FieldError } from '../../institution/base-error.js'
import { InvalidInput } from '../../institution/errors.js'
import { listFormValues, parseInput, parseValidFields, readFormValues } from '../../institution/input.js'
import { roles } from '../../institution/vocabulary.js'
import { listServicePoints } from '../../service-points/queries.js'
import { requireSession } from '../authenticate.js'
import { listStaff } from '../queries.js'
import { STAFF_PASSWORD_MIN_LENGTH, staffDraftSchema } from '../schemas.js'
import { activateStaff, addStaff, deactivateStaff, endAllSessions, listDraftErrors, type ManageStaffDeps } from './manage-staff.js'

const manageStaffRoute = { config: { permission: 'staff:manage', withoutServicePoint: true } } as const

const newStaffFields: FormFields = {
  labels: { name: 'staff.new.name', login: 'staff.new.login', roles: 'staff.new.roles', servicePoints: 'staff.new.servicePoints', password: 'staff.new.password' },
}

type StaffChange = (deps: ManageStaffDeps, id: string, by: Actor) => Promise<void>

export interface StaffPagesDeps extends ManageStaffDeps {
  readonly profile: { readonly timeZone: string }
}

export const staffPages: FastifyPluginAsyncZod<StaffPagesDeps> = async (app, deps) => {
  const changeStaffRoute = { config: { ...manageStaffRoute.config, form: { action: 'change-staff', show: showList } }, schema: { params: pageIdSchema } } as const

  app.get('/staff', manageStaffRoute, showList)

  async function showList (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { staff: self } = requireSession(request)
    const members = await listStaff(deps.db, deps.now())
    return await reply.page('staff/list', {
      members: members.map(member => ({
        ...member,
        roles: member.roles.map(role => request.t(`common.roles.${role}`)).join(', '),
        servicePoints: member.servicePoints.map(office => office.name[request.language]).join('; '),
        lastUsed: member.lastUsedAt === null ? '' : formatDateTime(member.lastUsedAt, deps.profile.timeZone, request.language),
        mayDeactivate: member.active && member.id !== self.id,
      })),
    })
  }

  app.get('/staff/new', manageStaffRoute, async (request, reply) => await showForm(request, reply))

  app.post('/staff/new', { config: { ...manageStaffRoute.config, form: { action: 'add-staff', show: showFormAgain } } }, async (request, reply) => {
    const form = parseInput(staffDraftSchema, request.body)
    const errors = form.ok
      ? await addStaff(deps, form.value, `staff:${requireSession(request).staff.id}`).then(() => [], rethrowUnlessFieldErrors)
      : [...form.errors, ...await listDraftErrors(deps.db, parseValidFields(staffDraftSchema, request.body))]
    if (errors.length > 0) return await showForm(request, reply, describeFaults({ errors }, readFormValues(request.body), newStaffFields, request.t), 400)
    return await reply.redirect('/staff', 303)
  })

  app.post('/staff/:id/sessions/end', changeStaffRoute, async (request, reply) => await changeStaff(request, reply, endAllSessions))
  app.post('/staff/:id/deactivate', changeStaffRoute, async (request, reply) => await changeStaff(request, reply, deactivateStaff))
  app.post('/staff/:id/activate', changeStaffRoute, async (request, reply) => await changeStaff(request, reply, activateStaff))

  async function changeStaff (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply, change: StaffChange): Promise<FastifyReply> {
    await change(deps, request.params.id, `staff:${requireSession(request).staff.id}`)
    return await reply.redirect('/staff', 303)
  }

  async function showFormAgain (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await showForm(request, reply, { values: readFormValues(request.body), errors: {}, summary: [] })
  }

  async function showForm (request: FastifyRequest, reply: FastifyReply, { values, errors, summary }: FormFaults = { values: {}, errors: {}, summary: [] }, status = 200): Promise<FastifyReply> {
    const isTicked = (name: string, value: string) => listFormValues(request.body, name).includes(value)
    const offices = await listServicePoints(deps.db)
    return await reply.page('staff/new', {
      values,
      roles: roles.map(role => ({ value: role, label: request.t(`common.roles.${role}`), checked: isTicked('roles', role) })),
      servicePoints: offices.map(({ id, name }) => ({ value: id, label: name[request.language], checked: isTicked('servicePoints', id) })),
      passwordMinimum: STAFF_PASSWORD_MIN_LENGTH,
      errors,
      summary,
    }, { status })
  }
}

/** Returns the errors that the form can show and rethrows any other error. */
function rethrowUnlessFieldErrors (error: unknown): readonly FieldError[] {
  if (error instanceof InvalidInput) return error.errors
  throw error
}
