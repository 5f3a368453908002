/** Who works here, for administrators: the list, a new member, ending sessions, leaving and coming back. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../../audit/events.js'
import { formatFieldError, parseForm } from '../../http/forms.js'
import { type FieldError, Problem } from '../../http/problems.js'
import { formatDateTime } from '../../i18n/formatters.js'
import { roles } from '../../institution/vocabulary.js'
import { listServicePoints } from '../../service-points/queries.js'
import { requireSession } from '../authenticate.js'
import { listStaff } from '../queries.js'
import { STAFF_PASSWORD_MIN_LENGTH, type StaffDraft, staffDraftSchema } from '../schemas.js'
import { activateStaff, addStaff, deactivateStaff, endAllSessions, type ManageStaffDeps } from './manage-staff.js'

const manageStaffRoute = { config: { permission: 'staff:manage', withoutServicePoint: true } } as const

type StaffChange = (deps: ManageStaffDeps, id: string, by: Actor) => Promise<void>

export interface StaffPagesDeps extends ManageStaffDeps {
  readonly profile: { readonly timeZone: string }
}

export const staffPages: FastifyPluginAsync<StaffPagesDeps> = async (app, deps) => {
  app.get('/staff', manageStaffRoute, async (request, reply) => {
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
  })

  app.get('/staff/new', manageStaffRoute, async (request, reply) => await showForm(request, reply, {}))

  app.post('/staff/new', manageStaffRoute, async (request, reply) => {
    const typed = (request.body ?? {}) as Record<string, unknown>
    const form = parseForm(staffDraftSchema, typed)
    if (!form.ok) return await showForm(request, reply, typed, form.errors)
    const added = await addStaff(deps, form.value, `staff:${requireSession(request).staff.id}`).catch(rethrowUnlessFieldErrors)
    if (typeof added !== 'string') return await showForm(request, reply, typed, added)
    return await reply.redirect('/staff', 303)
  })

  app.post('/staff/:id/sessions/end', manageStaffRoute, async (request, reply) => await changeStaff(request, reply, endAllSessions))
  app.post('/staff/:id/deactivate', manageStaffRoute, async (request, reply) => await changeStaff(request, reply, deactivateStaff))
  app.post('/staff/:id/activate', manageStaffRoute, async (request, reply) => await changeStaff(request, reply, activateStaff))

  async function changeStaff (request: FastifyRequest, reply: FastifyReply, change: StaffChange): Promise<FastifyReply> {
    const id = z.object({ id: z.uuid() }).safeParse(request.params)
    if (!id.success) throw new Problem('not-found')
    await change(deps, id.data.id, `staff:${requireSession(request).staff.id}`)
    return await reply.redirect('/staff', 303)
  }

  /** The form with what was typed, except the password. */
  async function showForm (request: FastifyRequest, reply: FastifyReply, typed: Record<string, unknown>, errors: readonly FieldError[] = []): Promise<FastifyReply> {
    const ticked = (name: string, value: string) => [typed[name]].flat().includes(value)
    const offices = await listServicePoints(deps.db)
    // A list's faulty entry is shown at the list.
    const told = errors.map(error => ({ path: error.path.split('.')[0] as keyof StaffDraft, message: formatFieldError(request.t, error) }))
    return await reply.page('staff/new', {
      typed: { login: submittedText(typed['login']), name: submittedText(typed['name']) },
      roles: roles.map(role => ({ value: role, label: request.t(`common.roles.${role}`), checked: ticked('roles', role) })),
      servicePoints: offices.map(({ id, name }) => ({ value: id, label: name[request.language], checked: ticked('servicePoints', id) })),
      passwordMinimum: STAFF_PASSWORD_MIN_LENGTH,
      errors: told.map(({ path, message }) => ({ path, message: `${request.t(`staff.new.${path}`)}: ${message}` })),
      fieldErrors: Object.fromEntries(told.map(error => [error.path, error.message])),
    }, { status: errors.length > 0 ? 400 : 200 })
  }
}

function submittedText (typed: unknown): string {
  return typeof typed === 'string' ? typed.slice(0, 200) : ''
}

/** What the form can show; anything else is the error handler's. */
function rethrowUnlessFieldErrors (error: unknown): readonly FieldError[] {
  if (error instanceof Problem && error.errors.length > 0) return error.errors
  throw error
}
