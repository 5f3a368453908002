/** What the pages about staff share: roles and service points as ticks, and the errors that their forms show. */
import type { FastifyRequest } from 'fastify'
import { InvalidInput } from '../../institution/errors.js'
import type { Profile } from '../../institution/profile.js'
import { listFormValues } from '../../institution/input.js'
import { roles } from '../../institution/vocabulary.js'
import type { ServicePointRef } from '../session.js'
import type { ResetDeps } from './staff-passwords.js'

export interface StaffPagesDeps extends Omit<ResetDeps, 'fourEyes'> {
  readonly profile: Pick<Profile, 'timeZone' | 'fourEyes'>
  readonly isDemo: boolean
}

/** Lists all roles and service points. @param chosen a form, or roles and service points */
export function toAssignmentTicks ({ t, language }: FastifyRequest, offices: readonly ServicePointRef[], chosen: unknown) {
  const isTicked = (name: string, value: string) => listFormValues(chosen, name).includes(value)
  return {
    roles: roles.map(role => ({ value: role, label: t(`common.roles.${role}`), checked: isTicked('roles', role) })),
    servicePoints: offices.map(({ id, name }) => ({ value: id, label: name[language], checked: isTicked('servicePoints', id) })),
  }
}

/** Returns the error that the form can show and rethrows any other. */
export function returnFieldErrors (error: unknown): InvalidInput {
  if (error instanceof InvalidInput) return error
  throw error
}
