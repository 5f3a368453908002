/** What a request asks for, as it is stored. Pure. */
import { z } from 'zod'
import { erasureReasons, roles } from '../../institution/vocabulary.js'

const stateSchema = z.strictObject({ roles: z.array(z.enum(roles)), servicePoints: z.array(z.string()), active: z.boolean() })
/** What decides whether a member of staff is still as the requester saw them. Both lists are sorted. */
export type MemberState = z.output<typeof stateSchema>

const contentSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('assign'), roles: stateSchema.shape.roles, servicePoints: stateSchema.shape.servicePoints, before: stateSchema }),
  z.strictObject({ action: z.literal('activate'), before: stateSchema }),
  z.strictObject({ action: z.literal('deactivate'), before: stateSchema }),
  z.strictObject({ action: z.literal('erase-holder'), reason: z.enum(erasureReasons) }),
])
export type RequestContent = z.output<typeof contentSchema>

/** Reads the stored content; undefined if it has another shape. */
export function readRequestContent ({ action, payload }: { readonly action: string, readonly payload: object }): RequestContent | undefined {
  return contentSchema.safeParse({ ...payload, action }).data
}
