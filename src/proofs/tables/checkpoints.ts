/** Compares the stored checkpoints and subtrees of the log with each other, and with checkpoints outside the database. */
import { sql, type Kysely } from 'kysely'
import { findCheckpointNumber } from '../../audit/sealing/seal-preconditions.js'
import { parseCheckpoint } from '../../audit/transparency-log/checkpoint.js'
import { parseNote } from '../../audit/transparency-log/signed-note.js'
import type { CheckpointSource } from '../../audit/transparency-log/verify-tree.js'
import type { Database } from '../../database/schema.js'
import type { TableDifference } from '../table-difference.js'

/** The checkpoints from before their numbers had no gap: the last one's number, and a digest over them. */
const recorded = sql`(select (facts ->> 'last')::bigint as last, facts ->> 'digest' as digest from audit_events where kind = 'rows-recorded' and facts ->> 'table' = 'log_checkpoints' order by sequence limit 1)`
const recordedLast = sql`coalesce((select last from ${recorded} as recorded), 0)`

/** Finds a checkpoint that was removed, added or renumbered, or whose size is not that of its note. Its signature is verified with the log. */
export async function verifyCheckpointRows (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ row: string, kind: TableDifference['kind'], column: string | null }>`
    select case kind when 'removed' then previous + 1 else number end::text as row, kind, case when kind = 'altered' then 'size' end as column from (
      select *, case when size::text <> split_part(note, chr(10), 2) then 'altered' when number < 1 or size < previous_size then 'added' when number > ${recordedLast} and number <> previous + 1 then 'removed' end as kind
      from (select number, size, note, lag(size) over in_order as previous_size, greatest(lag(number, 1, 0::bigint) over in_order, ${recordedLast}) as previous
        from log_checkpoints window in_order as (order by number)) as numbered) as checked
    where kind is not null order by number limit 1`.execute(db)
  const found = rows[0]
  if (found === undefined) return await findEarlierDifference(db)
  return { table: 'log_checkpoints', row: found.row, kind: found.kind, ...found.column === null ? {} : { column: found.column } }
}

/** One digest covers the checkpoints from before the migration, so none of them is named alone. */
async function findEarlierDifference (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ last: number }>`
    select last from ${recorded} as recorded where digest is distinct from (
      select encode(sha256(string_agg(sha256(convert_to(number || ':' || size || ':' || note, 'UTF8')), ''::bytea order by number)), 'hex') from log_checkpoints where number <= last)`.execute(db)
  return rows[0] && { table: 'log_checkpoints', row: `1 to ${rows[0].last}`, kind: 'altered' }
}

/** Finds a stored subtree beyond the end of the log. Missing and wrong ones are found when the log is verified. */
export async function verifySubtreeRows (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows } = await sql<{ row: string }>`
    select level || '/' || index as row from log_subtrees where index < 0 or (index + 1) * (2 ^ level) > (select coalesce(max(index), -1) + 1 from log_leaves) order by level, index limit 1`.execute(db)
  return rows[0] && { table: 'log_subtrees', row: rows[0].row, kind: 'added' }
}

/**
 * Finds a checkpoint outside the database that the database lacks, and one that the checkpoint file lacks between its first
 * and its last: the server appends each of them.
 */
export async function verifyPublishedCheckpoints (db: Kysely<Database>, sources: readonly CheckpointSource[], checkpointFile: CheckpointSource | undefined): Promise<TableDifference[]> {
  for (const { source, notes } of sources) {
    for (const note of notes) {
      if (await findCheckpointNumber(db, note) !== undefined) continue
      return [{ table: 'log_checkpoints', row: `the checkpoint of ${parseCheckpoint(parseNote(note)?.text ?? '')?.size} events in ${source}`, kind: 'removed' }]
    }
  }
  return checkpointFile === undefined ? [] : await findUnpublishedCheckpoint(db, checkpointFile)
}

async function findUnpublishedCheckpoint (db: Kysely<Database>, { source, notes }: CheckpointSource): Promise<TableDifference[]> {
  const published = new Set(notes)
  const { rows } = await sql<{ number: number, note: string }>`select number, note from log_checkpoints where number > ${recordedLast} order by number`.execute(db)
  const first = rows.findIndex(({ note }) => published.has(note))
  const last = rows.findLastIndex(({ note }) => published.has(note))
  const missing = rows.slice(Math.max(first, 0), last + 1).find(({ note }) => !published.has(note))
  return missing === undefined ? [] : [{ table: source, row: `checkpoint ${missing.number}`, kind: 'removed' }]
}
