/** One member of staff for administrators: roles and service points, password, sessions, activating and deactivating. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { describeFaults, type FormFaults, type FormFields, pageIdSchema, readForm } from '../../../http/forms.js'
import { formatDateTime } from '../../../i18n/formatters.js'
import { InvalidInput, NotFound } from '../../../institution/errors.js'
import { readFormValues } from '../../../institution/input.js'
import { listServicePointNames, listServicePoints } from '../../../service-points/queries.js'
import { requireSession } from '../../authenticate.js'
import { listOpenRequests } from '../../confirmations/queries.js'
import { type StaffAction, wantsFourEyes } from '../../confirmations/rules.js'
import { toRequestViews } from '../../confirmations/view.js'
import { listStaff } from '../../queries.js'
import { assignmentSchema } from '../../schemas.js'
import { changeStaff } from '../manage-staff.js'
import { endAllSessions, resetStaffPassword } from '../staff-passwords.js'
import { returnFieldErrors, type StaffPagesDeps, toAssignmentTicks } from '../view.js'

const assignmentFields: FormFields = { labels: { roles: 'staff.new.roles', servicePoints: 'staff.new.servicePoints' } }

type MemberRequest = FastifyRequest<{ Params: { id: string } }>
interface ShownMember extends Partial<Pick<FormFaults, 'errors' | 'summary'>> {
  /** What was ticked; by default what is stored. */
  readonly chosen?: unknown
  readonly status?: number
}

export const memberPage: FastifyPluginAsyncZod<StaffPagesDeps> = async (app, deps) => {
  const manageDeps = { ...deps, fourEyes: wantsFourEyes(deps) }
  const memberRoute = { config: { permission: 'staff:manage', withoutServicePoint: true }, schema: { params: pageIdSchema } } as const
  const changeRoute = { ...memberRoute, config: { ...memberRoute.config, form: { action: 'change-staff', show: showMember } } } as const

  app.get('/staff/:id', memberRoute, showMember)

  app.post('/staff/:id', { ...memberRoute, config: { ...memberRoute.config, form: { action: 'change-staff', show: async (request, reply) => await renderMember(request as MemberRequest, reply, { chosen: request.body }) } } }, async (request, reply) => {
    const form = readForm(assignmentSchema, request.body, assignmentFields, request.t)
    if (!form.ok) return await renderMember(request, reply, { ...form, chosen: request.body, status: 400 })
    const outcome = await changeStaff(manageDeps, request.params.id, { kind: 'assign', ...form.value }, actorOf(request)).catch(returnFieldErrors)
    if (!(outcome instanceof InvalidInput)) return await redirectToList(reply, outcome)
    return await renderMember(request, reply, { ...describeFaults({ errors: outcome.errors }, readFormValues(request.body), assignmentFields, request.t), chosen: request.body, status: 400 })
  })

  app.post('/staff/:id/deactivate', changeRoute, async (request, reply) => await change(request, reply, { kind: 'deactivate' }))
  app.post('/staff/:id/activate', changeRoute, async (request, reply) => await change(request, reply, { kind: 'activate' }))

  app.post('/staff/:id/sessions/end', changeRoute, async (request, reply) => {
    await endAllSessions(deps, request.params.id, actorOf(request))
    return await redirectToList(reply)
  })

  app.post('/staff/:id/password/reset', changeRoute, async (request, reply) => {
    const { login, name, password, expiresAt } = await resetStaffPassword(manageDeps, request.params.id, actorOf(request))
    return await reply.page('staff/one-time-password', { login, name, password: password.reveal(), until: expiresAt, isNew: false, next: '/staff' })
  })

  // A reload or a change of language requests the address of the form with GET: the password is not shown again.
  app.get('/staff/:id/password/reset', memberRoute, async (request, reply) => await reply.redirect(`/staff/${request.params.id}`, 303))

  async function change (request: MemberRequest, reply: FastifyReply, action: StaffAction): Promise<FastifyReply> {
    return await redirectToList(reply, await changeStaff(manageDeps, request.params.id, action, actorOf(request)))
  }

  async function showMember (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return await renderMember(request as MemberRequest, reply)
  }

  async function renderMember (request: MemberRequest, reply: FastifyReply, { chosen, errors = {}, summary = [], status = 200 }: ShownMember = {}): Promise<FastifyReply> {
    const [member] = await listStaff(deps.db, deps.now(), { id: request.params.id })
    if (member === undefined) throw new NotFound('staff-member')
    const { id, login, name, active, mustChangePassword, openSessions, lastUsedAt } = member
    const waiting = (await listOpenRequests(deps.db, deps.now())).filter(one => one.staffId === id)
    return await reply.page('staff/member', {
      member: { id, login, name, active, mustChangePassword, openSessions, lastUsed: lastUsedAt === null ? '' : formatDateTime(lastUsedAt, deps.profile.timeZone, request.language) },
      isSelf: id === requireSession(request).staff.id,
      ...toAssignmentTicks(request, await listServicePoints(deps.db), chosen ?? { roles: member.roles, servicePoints: member.servicePoints.map(office => office.id) }),
      waiting: toRequestViews(request, waiting, { timeZone: deps.profile.timeZone, servicePoints: await listServicePointNames(deps.db) }),
      errors,
      summary,
    }, { status })
  }
}

function actorOf (request: FastifyRequest): `staff:${string}` {
  return `staff:${requireSession(request).staff.id}`
}

async function redirectToList (reply: FastifyReply, outcome: 'done' | 'requested' = 'done'): Promise<FastifyReply> {
  return await reply.redirect(outcome === 'requested' ? '/staff?requested=1' : '/staff', 303)
}
