/** Which attributes of an entry say what of an account: the institution's own map. Pure. */
import { z } from 'zod'
import { accountStatuses, affiliations } from '../../institution/vocabulary.js'

const attribute = z.string().regex(/^[a-z][a-z0-9;-]*$/i, 'is no name of an attribute')

const conditionNames = ['equals', 'present', 'anyBit', 'time'] as const

/** A rule holds when any value of its attribute does what its one condition says. */
const statusRuleSchema = z.strictObject({
  attribute,
  /** One of these, in any case. */
  equals: z.array(z.string()).min(1).optional(),
  /** True: there is a value; false: there is none. */
  present: z.boolean().optional(),
  /** A number in which at least one of these bits is set, such as 2 of `userAccountControl`. */
  anyBit: z.int().positive().optional(),
  /** A moment (generalized time, or a FILETIME of Active Directory) that is over or is still to come. */
  time: z.enum(['past', 'future']).optional(),
  status: z.enum(accountStatuses),
}).refine(rule => conditionNames.filter(condition => rule[condition] !== undefined).length === 1, `needs exactly one of ${conditionNames.join(', ')}`)

export const attributeMapSchema = z.strictObject({
  username: attribute,
  /** Of several the first that has a value. */
  displayName: z.union([attribute.transform(one => [one]), z.array(attribute).min(1)]),
  /** Values are compared in any case; one that is not listed says nothing. Of several staff wins. */
  affiliation: z.strictObject({
    attribute,
    values: z.record(z.string(), z.enum(affiliations)),
    /** Where no value is listed. Without it such an entry is rejected. */
    otherwise: z.enum(affiliations).optional(),
  }),
  /** The first rule that holds decides. */
  status: z.strictObject({ rules: z.array(statusRuleSchema), otherwise: z.enum(accountStatuses) }).default({ rules: [], otherwise: 'active' }),
  preferredLanguage: attribute.optional(),
  birthDate: attribute.optional(),
  studentNumber: attribute.optional(),
})

export type AttributeMap = z.output<typeof attributeMapSchema>
export type StatusRule = z.output<typeof statusRuleSchema>

/** Every attribute that the map speaks of: nothing else is asked for. */
export function listMappedAttributes (map: AttributeMap): string[] {
  const { username, displayName, affiliation, status, preferredLanguage, birthDate, studentNumber } = map
  const named = [username, ...displayName, affiliation.attribute, ...status.rules.map(rule => rule.attribute), preferredLanguage, birthDate, studentNumber]
  return [...new Set(named.filter(name => name !== undefined))]
}
