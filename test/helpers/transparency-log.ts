/** Creates, seals and reads a log, and changes it with superuser rights. */
import { randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { appendEvent } from '../../src/audit/events.js'
import { parseCheckpoint, type Checkpoint } from '../../src/audit/transparency-log/checkpoint.js'
import { parseNote } from '../../src/audit/transparency-log/signed-note.js'
import { createLogKeys, type LogSettings } from '../../src/audit/sealing/log-crypto.js'
import { sealLog, type SealResult } from '../../src/audit/sealing/seal-log.js'
import type { Database } from '../../src/database/schema.js'
import { testStart } from './database.js'

export function createTestLog (changes: Partial<LogSettings> = {}): LogSettings {
  return { origin: 'desk.example/metropolia', keys: createLogKeys([randomBytes(32)]), checkpointFile: undefined, ...changes }
}

/** Appends events and returns their ids. */
export async function appendEvents (db: Kysely<Database>, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let left = count; left > 0; left--) {
    ids.push(await appendEvent(db, { kind: 'slip-issued', at: testStart, actor: 'system', slip: 'K7Q-XM2-P9V', facts: { channel: 'counter' }, texts: { reference: `typed ${left}` } }))
  }
  return ids
}

/** Appends thousands of events in one statement. */
export async function appendManyEvents (db: Kysely<Database>, count: number): Promise<void> {
  await sql`insert into audit_events (id, at, kind, actor, facts)
    select gen_random_uuid(), ${testStart}, 'slip-issued', 'system', jsonb_build_object('number', n) from generate_series(1, ${count}::int) n`.execute(db)
}

/** Seals the log and returns the result. Throws if sealing is refused. */
export async function sealTestLog (db: Kysely<Database>, log: LogSettings): Promise<SealResult> {
  const result = await sealLog(db, log, testStart, { maxWaitMs: 50 })
  if ('reason' in result) throw new Error(`not sealed: ${JSON.stringify(result)}`)
  return result
}

export function parseCheckpointNote (note: string): Checkpoint {
  return parseCheckpoint(parseNote(note)!.text)!
}

/** Runs a function in a transaction in which the triggers that forbid changes are disabled. */
export async function runAsSuperuser (db: Kysely<Database>, work: (trx: Kysely<Database>) => Promise<unknown>): Promise<void> {
  await db.transaction().execute(async trx => {
    const { rows } = await sql<{ table: string, name: string }>`select tgrelid::regclass::text as table, tgname as name from pg_trigger where tgenabled = 'A'`.execute(trx)
    for (const { table, name } of rows) await sql`alter table ${sql.table(table)} disable trigger ${sql.ref(name)}`.execute(trx)
    await work(trx)
    for (const { table, name } of rows) await sql`alter table ${sql.table(table)} enable always trigger ${sql.ref(name)}`.execute(trx)
  })
}
