/**
 * Adds members of staff, changes their roles and service points, activates and deactivates them. Where four eyes are in
 * force, some of it becomes a request that another administrator confirms.
 */
import canonicalize from 'canonicalize'
import type { Kysely, Transaction } from 'kysely'
import type { Actor } from '../../audit/events.js'
import type { Database } from '../../database/schema.js'
import type { FieldError } from '../../institution/base-error.js'
import { Conflict, type ConflictReason, InvalidInput, NotFound, NotPermitted } from '../../institution/errors.js'
import { hashPassword } from '../../passwords/hashing.js'
import { listServicePoints, listStaffServicePoints } from '../../service-points/queries.js'
import type { MemberState, RequestContent } from '../confirmations/request-content.js'
import { insertRequest } from '../confirmations/request-store.js'
import { type Administrator, canConfirmEachOther, isConfirmable, isPrivileged, type StaffAction } from '../confirmations/rules.js'
import { findStaffByLogin, insertStaff, lockActiveAdministrators, lockStaff, type PasswordState, type StaffWithPassword, updateAssignment, updateStaff } from '../queries.js'
import type { StaffDraft } from '../schemas.js'
import { listAssignmentErrors } from '../service-points.js'
import { revokeAllSessions } from '../session-store.js'
import { appendStaffChanged, type Confirmation } from '../staff-events.js'

export interface ManageStaffDeps {
  readonly db: Kysely<Database>
  readonly now: () => Date
  /** The institution wants a second administrator's confirmation. The command line acts alone. */
  readonly fourEyes: boolean
}

/** `requested`: nothing has changed yet; another administrator must confirm it. */
export type ActionOutcome = 'done' | 'requested'

/**
 * Changes a member of staff, or requests the change.
 * @throws {Conflict} for oneself, for the last administrator, and where a request for this person is open
 * @throws {InvalidInput} service points that do not fit the roles
 */
export async function changeStaff (deps: ManageStaffDeps, id: string, action: StaffAction, by: Actor): Promise<ActionOutcome> {
  const at = deps.now()
  return await deps.db.transaction().execute(async trx => {
    const { member, administrators } = await lockForChange(trx, id)
    await requirePossible(trx, { member, action, by, administrators })
    const requester = findRequester(administrators, by)
    if (requester !== undefined && deps.fourEyes && canConfirmEachOther(administrators) && isConfirmable(action, member.roles)) {
      await insertRequest(trx, { content: toRequestContent(action, await readMemberState(trx, member)), target: { staffId: id }, requestedBy: requester.id, at })
      return 'requested'
    }
    await applyAction(trx, { member, action, actor: by, at })
    return 'done'
  })
}

/** A confirmed change of a member of staff. */
export interface ConfirmedChange {
  readonly staffId: string
  readonly content: Exclude<RequestContent, { action: 'erase-holder' }>
  readonly requesterId: string
  readonly confirmation: Confirmation
  readonly at: Date
}

/** Applies a confirmed change. @throws {Conflict} `request-outdated` where the member has changed since it was requested */
export async function applyConfirmedChange (trx: Transaction<Database>, { staffId, content, requesterId, confirmation, at }: ConfirmedChange): Promise<void> {
  const { member, administrators } = await lockForChange(trx, staffId)
  const before = await readMemberState(trx, member)
  if (canonicalize(before) !== canonicalize(content.before)) throw new Conflict('request-outdated')
  const action: StaffAction = content.action === 'assign' ? { kind: 'assign', roles: content.roles, servicePoints: content.servicePoints } : { kind: content.action }
  const actor: Actor = `staff:${requesterId}`
  await requirePossible(trx, { member, action, by: actor, administrators })
  await applyAction(trx, { member, action, actor, confirmation, at })
}

/** Locks are taken in one order: administrators, the member, their sessions. */
async function lockForChange (trx: Transaction<Database>, id: string): Promise<{ member: StaffWithPassword, administrators: readonly Administrator[] }> {
  const administrators = await lockActiveAdministrators(trx)
  const member = await lockStaff(trx, id)
  if (member === undefined) throw new NotFound('staff-member')
  return { member, administrators }
}

/** Finds who acts, undefined for the system. @throws {NotPermitted} for someone who is no longer an administrator */
function findRequester (administrators: readonly Administrator[], by: Actor): Administrator | undefined {
  const requester = administrators.find(one => by === `staff:${one.id}`)
  if (requester === undefined && by !== 'system') throw new NotPermitted()
  return requester
}

interface PlannedAction {
  readonly member: StaffWithPassword
  readonly action: StaffAction
  readonly by: Actor
  readonly administrators: readonly Administrator[]
}

const ownChange: Readonly<Record<StaffAction['kind'], ConflictReason>> = { assign: 'own-roles', activate: 'own-roles', deactivate: 'own-deactivation' }

async function requirePossible (trx: Transaction<Database>, { member, action, by, administrators }: PlannedAction): Promise<void> {
  if (by === `staff:${member.id}`) throw new Conflict(ownChange[action.kind])
  const isAdministratorAfter = action.kind === 'assign' ? action.roles.includes('administrator') : action.kind === 'activate'
  if (!isAdministratorAfter && administrators.every(one => one.id === member.id) && administrators.length > 0) throw new Conflict('last-administrator')
  if (action.kind !== 'assign') return
  const errors = listAssignmentErrors(action, await listServicePoints(trx))
  if (errors.length > 0) throw new InvalidInput(errors)
}

interface AppliedAction {
  readonly member: StaffWithPassword
  readonly action: StaffAction
  readonly actor: Actor
  readonly confirmation?: Confirmation
  readonly at: Date
}

const changeNames = { assign: 'assigned', activate: 'activated', deactivate: 'deactivated' } as const

async function applyAction (trx: Transaction<Database>, { member: { id, roles }, action, actor, confirmation, at }: AppliedAction): Promise<void> {
  switch (action.kind) {
    case 'assign': {
      await updateAssignment(trx, id, action)
      // Other service points count with the next request; with other roles the person starts again on the right page.
      if (!isSameList(roles, action.roles)) await revokeAllSessions(trx, id, at)
      break
    }
    case 'activate': await updateStaff(trx, id, { active: true }); break
    case 'deactivate': {
      await updateStaff(trx, id, { active: false })
      await revokeAllSessions(trx, id, at)
      break
    }
    default: action satisfies never
  }
  await appendStaffChanged(trx, { staffId: id, change: changeNames[action.kind], actor, at, confirmation })
}

function toRequestContent (action: StaffAction, before: MemberState): RequestContent {
  return action.kind === 'assign'
    ? { action: 'assign', roles: [...action.roles].sort(), servicePoints: [...action.servicePoints].sort(), before }
    : { action: action.kind, before }
}

async function readMemberState (trx: Transaction<Database>, { id, roles, active }: StaffWithPassword): Promise<MemberState> {
  return { roles: [...roles].sort(), servicePoints: (await listStaffServicePoints(trx, id)).map(office => office.id).sort(), active }
}

function isSameList (one: readonly string[], other: readonly string[]): boolean {
  return one.toSorted().join() === other.toSorted().join()
}

// Adding a member of staff.

/** A new member and the state of their password. */
export interface NewMember extends StaffDraft {
  readonly firstPassword: PasswordState
}

/**
 * Adds a member of staff. With four eyes, an administrator or auditor is added deactivated, and their activation requested.
 * @returns the new member's id
 * @throws {InvalidInput} a login that is taken, or service points that do not fit the roles
 */
export async function addStaff (deps: ManageStaffDeps, { password, ...draft }: NewMember, by: Actor): Promise<{ id: string, outcome: ActionOutcome }> {
  const at = deps.now()
  const errors = await listDraftErrors(deps.db, draft)
  if (errors.length > 0) throw new InvalidInput(errors)
  const passwordHash = await hashPassword(password)
  return await deps.db.transaction().execute(async trx => {
    const administrators = await lockActiveAdministrators(trx)
    const requester = findRequester(administrators, by)
    const needsConfirmation = requester !== undefined && deps.fourEyes && canConfirmEachOther(administrators) && isPrivileged(draft.roles)
    const id = await insertStaff(trx, { ...draft, passwordHash, active: !needsConfirmation, createdAt: at })
    if (id === undefined) throw new InvalidInput([{ path: 'login', message: 'login-taken' }])
    await appendStaffChanged(trx, { staffId: id, change: 'added', actor: by, at, texts: { login: draft.login, name: draft.name } })
    if (!needsConfirmation) return { id, outcome: 'done' }
    const before = { roles: [...draft.roles].sort(), servicePoints: [...draft.servicePoints].sort(), active: false }
    await insertRequest(trx, { content: { action: 'activate', before }, target: { staffId: id }, requestedBy: requester.id, at })
    return { id, outcome: 'requested' }
  })
}

/** Lists the errors of a draft that only the database shows. Fields that are invalid can be left out. */
export async function listDraftErrors (db: Kysely<Database>, { login, roles, servicePoints }: Partial<StaffDraft>): Promise<FieldError[]> {
  const isTaken = login !== undefined && await findStaffByLogin(db, login) !== undefined
  return [
    ...isTaken ? [{ path: 'login', message: 'login-taken' }] : [],
    ...roles !== undefined && servicePoints !== undefined ? listAssignmentErrors({ roles, servicePoints }, await listServicePoints(db)) : [],
  ]
}
