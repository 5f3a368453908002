/** One leaf of the log: the RFC 8785 canonical JSON of one audit event. Pure. */
import canonicalize from 'canonicalize'

export interface LoggedEvent {
  readonly id: string
  /** RFC 3339 in UTC, to the millisecond, or finer where the row is. */
  readonly at: string
  readonly kind: string
  readonly actor: string
  readonly slip: string | null
  readonly account: string | null
  readonly service_point: string | null
  readonly facts: unknown
}

/** The leaf's text: `{id, at, kind, actor, slip?, account?, servicePointSchema?, facts}` in canonical order. */
export function formatLeaf ({ id, at, kind, actor, slip, account, service_point: servicePoint, facts }: LoggedEvent): string {
  return canonicalize({
    id, at, kind, actor, facts, slip: slip ?? undefined, account: account ?? undefined, servicePoint: servicePoint ?? undefined,
  })!
}

/** The id that a leaf's text holds; undefined when it is no leaf of ours. */
export function parseEventId (leaf: string): string | undefined {
  return /"id":"([0-9a-f-]{36})","kind":/.exec(leaf)?.[1]
}
