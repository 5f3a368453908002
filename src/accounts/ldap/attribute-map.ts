/** The institution's map from LDAP attributes to account fields. Pure. */
import { z } from 'zod'
import { accountStatuses, affiliations } from '../../institution/vocabulary.js'

const attribute = z.string().regex(/^[a-z][a-z0-9;-]*$/i, 'is not an attribute name')

const conditionNames = ['equals', 'present', 'anyBit', 'time'] as const

/** A rule applies when any value of its attribute meets its condition. */
const statusRuleSchema = z.strictObject({
  attribute,
  /** Any of these values, ignoring case. */
  equals: z.array(z.string()).min(1).optional(),
  /** Whether the attribute must have a value or must have none. */
  present: z.boolean().optional(),
  /** A number in which at least one of these bits is set, such as 2 of `userAccountControl`. */
  anyBit: z.int().positive().optional(),
  /** A moment (generalized time, or a FILETIME of Active Directory) in the past or in the future. */
  time: z.enum(['past', 'future']).optional(),
  status: z.enum(accountStatuses),
}).refine(rule => conditionNames.filter(condition => rule[condition] !== undefined).length === 1, `needs exactly one of ${conditionNames.join(', ')}`)

export const attributeMapSchema = z.strictObject({
  username: attribute,
  /** The first of these attributes that has a value is used. */
  displayName: z.union([attribute.transform(one => [one]), z.array(attribute).min(1)]),
  /** Values are compared ignoring case; unlisted values are ignored. Of several affiliations, staff wins. */
  affiliation: z.strictObject({
    attribute,
    values: z.record(z.string(), z.enum(affiliations)),
    /** Used when no value is listed. Without it, such an entry is rejected. */
    otherwise: z.enum(affiliations).optional(),
  }),
  /** The first rule that applies decides. */
  status: z.strictObject({ rules: z.array(statusRuleSchema), otherwise: z.enum(accountStatuses) }).default({ rules: [], otherwise: 'active' }),
  preferredLanguage: attribute.optional(),
  birthDate: attribute.optional(),
  studentNumber: attribute.optional(),
  /** The name in Latin letters. */
  latinName: attribute.optional(),
})

export type AttributeMap = z.output<typeof attributeMapSchema>
export type StatusRule = z.output<typeof statusRuleSchema>

/** Lists every attribute of the map. Only these are requested. */
export function listMappedAttributes (map: AttributeMap): string[] {
  const { username, displayName, affiliation, status, preferredLanguage, birthDate, studentNumber, latinName } = map
  const named = [username, ...displayName, affiliation.attribute, ...status.rules.map(rule => rule.attribute), preferredLanguage, birthDate, studentNumber, latinName]
  return [...new Set(named.filter(name => name !== undefined))]
}
