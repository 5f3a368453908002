/** Compares the service points with the events that loaded them and changed their hours. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../database/schema.js'
import { digestedServicePointColumns, digestValue, readServicePointFacts, type ServicePointFacts } from '../service-points/load-service-points.js'
import type { TableDifference } from './table-difference.js'

const columns = ['kind', ...digestedServicePointColumns] as const

export async function verifyServicePoints (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const [current, bound] = [await readServicePointFacts(db), await readBoundFacts(db)]
  for (const id of [...new Set([...current.keys(), ...bound.keys()])].sort()) {
    const [now, then] = [current.get(id), bound.get(id)]
    if (now === undefined || then === undefined) return { table: 'service_points', row: id, kind: now === undefined ? 'removed' : 'added' }
    const column = columns.find(name => now[name] !== then[name])
    if (column !== undefined) return { table: 'service_points', row: id, column, kind: 'altered' }
  }
  return undefined
}

/** Reads what the events say about each service point: of each column, the latest. */
async function readBoundFacts (db: Kysely<Database>): Promise<Map<string, ServicePointFacts>> {
  const { rows } = await sql<{ servicePoints: Readonly<Record<string, ServicePointFacts>> }>`
    select case kind when 'hours-changed' then jsonb_build_object(service_point, jsonb_build_object('hours', ${digestValue(sql`facts -> 'hours'`)}))
      else facts -> 'servicePoints' end as "servicePoints"
    from audit_events where kind in ('service-points-loaded', 'hours-changed') order by sequence`.execute(db)
  const bound = new Map<string, ServicePointFacts>()
  for (const { servicePoints } of rows) for (const [id, facts] of Object.entries(servicePoints)) bound.set(id, { ...bound.get(id), ...facts })
  return bound
}
