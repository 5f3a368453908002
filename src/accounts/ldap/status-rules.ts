/** What an entry's attributes say of the account's status, by the rules of the map. Pure. */
import type { AccountStatus } from '../../institution/words.js'
import type { AttributeMap, StatusRule } from './attribute-map.js'

/** The values of an attribute, as text. */
export type AttributeLookup = (attribute: string) => readonly string[]

/** The status of the first rule that holds. */
export function resolveStatus (valuesOf: AttributeLookup, { rules, otherwise }: AttributeMap['status'], now: Date): AccountStatus {
  return rules.find(rule => isRuleMet(rule, valuesOf(rule.attribute), now))?.status ?? otherwise
}

function isRuleMet ({ equals, present, anyBit, time }: StatusRule, values: readonly string[], now: Date): boolean {
  if (present !== undefined) return (values.length > 0) === present
  if (equals !== undefined) return values.some(value => equals.some(one => one.toLowerCase() === value.toLowerCase()))
  if (anyBit !== undefined) return values.some(value => (BigInt.asUintN(32, parseInteger(value)) & BigInt(anyBit)) !== 0n)
  const moments = values.flatMap(value => parseTimestamp(value) ?? [])
  return moments.some(moment => time === 'past' ? moment <= now.getTime() : moment > now.getTime())
}

function parseInteger (text: string): bigint {
  return /^-?\d{1,20}$/.test(text) ? BigInt(text) : 0n
}

/** "Never", as Active Directory writes it. */
const neverExpiresValues = ['0', '9223372036854775807']
/** From 1 January 1601, in which FILETIME counts, to 1970. Milliseconds. */
const FILETIME_EPOCH_OFFSET_MS = 11_644_473_600_000n

/**
 * Milliseconds since 1970 of a generalized time (RFC 4517 §3.3.13, `20261231235959Z`; a day alone begins it) or a
 * FILETIME (100 ns since 1601); undefined for "never" and for what is neither.
 */
export function parseTimestamp (text: string): number | undefined {
  if (neverExpiresValues.includes(text)) return undefined
  if (/^\d{16,19}$/.test(text)) return Number(BigInt(text) / 10_000n - FILETIME_EPOCH_OFFSET_MS)
  const [, year, month, day, hour = '00', minute = '00', second = '00', offset = 'Z'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)?(\d\d)?)?(?:[.,]\d+)?(Z|[+-]\d{4})?$/.exec(text) ?? []
  const zone = offset === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(3)}`
  const moment = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  return Number.isNaN(moment) ? undefined : moment
}
