/** How a page's form comes back when it cannot be accepted: every form names what it records and how it is shown again. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readFormValues } from '../institution/input.js'
import { custodySteps } from '../institution/vocabulary.js'

/** What a form records, as the pages name it when it was not recorded: keys under `returnedForms.actions`. */
export const formActions = [
  'activate', 'add-staff', 'change-password', 'change-staff', 'check-address', 'check-password', 'choose-service-point', 'count', 'decide-request', 'erase-holder', 'export-holder', 'import-accounts', 'issue', 'post-letters', 'reissue',
  'save-hours', 'scan', 'send-batch', 'send-form', 'settle-alert', 'sign-in', 'void', ...custodySteps,
] as const
export type FormAction = (typeof formActions)[number]

/** An unknown action counts as none. */
export const formActionSchema = z.enum(formActions).optional().catch(undefined)

/** How a form comes back. */
export interface BoundForm {
  /** What it records. Where that depends on the form, the name of the field that says it. */
  readonly action: FormAction | { readonly field: string }
  /** Shows the form with the values of `request.body`, and without errors. */
  show (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For each form of a page: how it comes back. `not-returned`: it has no fields. */
    form?: BoundForm | 'not-returned'
  }
}

/** Returns how the form of this route comes back; undefined for a route without such a form. */
export function boundFormOf (request: FastifyRequest): BoundForm | undefined {
  const { form } = request.routeOptions.config
  return form === 'not-returned' ? undefined : form
}

/** Names what the form would have recorded. */
export function nameAction (request: FastifyRequest, { action }: BoundForm): FormAction {
  if (typeof action === 'string') return action
  return formActionSchema.parse(readFormValues(request.body)[action.field]) ?? 'send-form'
}
