/** Compares staff, their service points and the API tokens with the events that bind them. There are few rows, so they are read together. */
import type { Kysely } from 'kysely'
import { digestText, type EventKind } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { digestTokenRow } from '../staff/api-tokens.js'
import { digestPasswordHash } from '../staff/staff-events.js'
import type { TableDifference } from './table-difference.js'

/** Compares each member of staff with the last state that an event recorded. */
export async function verifyStaff (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const recorded = mergeByRow(await readEvents(db, ['staff-changed']), 'staff')
  const members = await db.selectFrom('staff').selectAll().orderBy('id').execute()
  for (const { id, ...row } of members) {
    const state = recorded.get(id)
    if (state === undefined) return { table: 'staff', row: id, kind: 'added' }
    const { roles, active, passwordDigest, mustChangePassword, passwordExpiresAt } = state.facts
    const column = firstDifferent({
      login: !isBoundText(state, 'login', row.login),
      name: !isBoundText(state, 'name', row.name),
      roles: !isSameList(row.roles, roles),
      active: row.active !== active,
      password_hash: digestPasswordHash(row.password_hash) !== passwordDigest,
      must_change_password: row.must_change_password !== mustChangePassword,
      password_expires_at: (row.password_expires_at?.toISOString() ?? null) !== passwordExpiresAt,
    })
    if (column !== undefined) return { table: 'staff', row: id, column, kind: 'altered' }
  }
  const removed = findMissing(recorded, members)
  return removed === undefined ? undefined : { table: 'staff', row: removed, kind: 'removed' }
}

/** Compares the service points of each member of staff with the last state that an event recorded. */
export async function verifyStaffServicePoints (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const recorded = mergeByRow(await readEvents(db, ['staff-changed']), 'staff')
  const places = await db.selectFrom('staff_service_points').selectAll().execute()
  for (const { id } of await db.selectFrom('staff').select('id').orderBy('id').execute()) {
    const own = places.filter(place => place.staff_id === id).map(place => place.service_point_id)
    const known = recorded.get(id)?.facts['servicePoints'] ?? []
    if (!isSameList(own, known)) return { table: 'staff_service_points', row: id, column: 'service_point_id', kind: 'altered' }
  }
  return undefined
}

/** Earlier versions read the clock twice, for the row and for its event (ms). */
const MAX_CLOCK_DIFFERENCE_MS = 1000

/** Compares each API token with the events that created and revoked it, or that recorded it when its row got a binding. */
export async function verifyApiTokens (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const created = mergeByRow(await readEvents(db, ['token-created']), 'token')
  const revoked = mergeByRow(await readEvents(db, ['token-revoked']), 'token')
  const [earlier] = await readEvents(db, ['tokens-recorded'])
  const listed = (earlier?.facts['tokens'] ?? []) as ReadonlyArray<{ readonly token: string, readonly digest: string }>
  const tokens = await db.selectFrom('api_tokens').selectAll().orderBy('id').execute()
  for (const row of tokens) {
    const state = created.get(row.id)
    if (state === undefined) return { table: 'api_tokens', row: row.id, kind: 'added' }
    const digest = state.facts['digest'] ?? listed.find(({ token }) => token === row.id)?.digest
    const column = firstDifferent({
      name: !isBoundText(state, 'name', row.name),
      scope: row.scope !== state.facts['scope'],
      token_hash: ![false, true].some(isRevoked => digestTokenRow(row, isRevoked) === digest),
      created_at: !isSameTime(row.created_at, state.at),
      revoked_at: !isSameTime(row.revoked_at, revoked.get(row.id)?.at),
      // A token that was created with a binding never lost it.
      binding: state.facts['digest'] !== undefined && row.binding === null,
    })
    if (column !== undefined) return { table: 'api_tokens', row: row.id, column, kind: 'altered' }
  }
  const removed = findMissing(created, tokens)
  return removed === undefined ? undefined : { table: 'api_tokens', row: removed, kind: 'removed' }
}

interface RecordedState {
  readonly at: Date
  readonly facts: Readonly<Record<string, unknown>>
  /** By name, the newest digest of each text with its salt; the salt is undefined when it was erased. */
  readonly texts: ReadonlyMap<string, { readonly digest: string, readonly salt: Buffer | undefined }>
}

/** Reads events of these kinds in their order. */
async function readEvents (db: Kysely<Database>, kinds: readonly EventKind[]): Promise<RecordedState[]> {
  const events = await db.selectFrom('audit_events').select(['id', 'at', 'facts']).where('kind', 'in', kinds).orderBy('sequence').execute()
  const salts = await db.selectFrom('audit_texts').innerJoin('audit_events', 'audit_events.id', 'event_id').select(['event_id', 'name', 'salt']).where('kind', 'in', kinds).execute()
  const saltOf = new Map(salts.map(({ event_id: id, name, salt }) => [`${id} ${name}`, salt]))
  return events.map(({ id, at, facts }) => {
    const digests = Object.entries((facts['digests'] ?? {}) as Readonly<Record<string, string>>)
    return { at, facts, texts: new Map(digests.map(([name, digest]) => [name, { digest, salt: saltOf.get(`${id} ${name}`) }])) }
  })
}

/** Merges the events of each row, by the fact that names it: each fact and text is the newest one, the time is that of the first event. */
function mergeByRow (events: readonly RecordedState[], key: 'staff' | 'token'): Map<string, RecordedState> {
  const merged = new Map<string, RecordedState>()
  for (const { at, facts, texts } of events) {
    const id = String(facts[key])
    const before = merged.get(id)
    merged.set(id, { at: before?.at ?? at, facts: { ...before?.facts, ...facts }, texts: new Map([...before?.texts ?? [], ...texts]) })
  }
  return merged
}

/** True when no event has the text; an erased salt is reported with the texts of the log. */
function isBoundText ({ texts }: RecordedState, name: string, text: string): boolean {
  const bound = texts.get(name)
  return bound?.salt !== undefined ? digestText(bound.salt, name, text) === bound.digest : true
}

function isSameList (one: readonly string[], other: unknown): boolean {
  return Array.isArray(other) && JSON.stringify([...one].sort()) === JSON.stringify([...other as string[]].sort())
}

function isSameTime (stored: Date | null, recorded: Date | undefined): boolean {
  if (stored === null || recorded === undefined) return stored === null && recorded === undefined
  return Math.abs(stored.getTime() - recorded.getTime()) < MAX_CLOCK_DIFFERENCE_MS
}

/** Returns the first column that differs. */
function firstDifferent (columns: Readonly<Record<string, boolean>>): string | undefined {
  return Object.entries(columns).find(([, differs]) => differs)?.[0]
}

function findMissing (recorded: ReadonlyMap<string, unknown>, rows: ReadonlyArray<{ readonly id: string }>): string | undefined {
  const present = new Set(rows.map(({ id }) => id))
  return [...recorded.keys()].find(id => !present.has(id))
}
