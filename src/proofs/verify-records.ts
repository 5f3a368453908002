/** Delivery records against the log: everything that an export of them reads and the log's events tell. */
import { sql, type Kysely } from 'kysely'
import { readInSnapshot } from '../database/one-moment.js'
import type { Database } from '../database/schema.js'
import { findFirstDifference, type SlipDifference } from './slip-differences.js'
import { isInNumberRange, type SlipNumberRange } from './told-steps.js'

export interface RecordsVerification {
  readonly slips: number
  /** Of the first slip that differs. */
  readonly fault: SlipDifference | undefined
}

/** Slips compared in one statement. */
const BATCH_SIZE = 2000

/**
 * Page by page of slip numbers, compared by the database. A step and its event are written in one transaction, so that
 * at one moment both are there, or neither: events that are not sealed yet raise no alarm.
 */
export async function verifyRecords (db: Kysely<Database>, progress: (slips: number) => void = () => {}): Promise<RecordsVerification> {
  return await readInSnapshot(db, async one => {
    for (let slips = 0, after = ''; ;) {
      const { count, last } = await readPageAfter(one, after)
      const numbers = { after, last: count === BATCH_SIZE ? last! : undefined }
      const [told, found] = [await findFirstDifference(one, numbers), await findFirstStaleRecord(one, numbers)]
      slips += count
      const fault = told === undefined || (found !== undefined && found.number < told.number) ? found : told
      if (fault !== undefined || numbers.last === undefined) return { slips, fault }
      progress(slips)
      after = numbers.last
    }
  })
}

async function readPageAfter (db: Kysely<Database>, after: string): Promise<{ count: number, last: string | null }> {
  const { rows } = await sql<{ count: number, last: string | null }>`
    select count(*) as count, max(number) as last from (select number from slips where number > ${after} order by number limit ${BATCH_SIZE}) as page`.execute(db)
  return rows[0]!
}

/**
 * The table that lists and counts are read from, against what it is made from. A refusal that was being written down
 * while its holder's slip was issued may have come too late for the record; so the last minute before does not count.
 */
async function findFirstStaleRecord (db: Kysely<Database>, numbers: SlipNumberRange): Promise<SlipDifference | undefined> {
  const { rows } = await sql<SlipDifference>`
    select coalesce(record.number, afresh.number) as number,
      case when record.slip_id is null then 'removed' when afresh.slip_id is null then 'added' else 'altered' end as kind,
      'delivery_records' as place
    from (select * from delivery_records where ${isInNumberRange('number', numbers)}) as record
      full join (select * from delivery_records_afresh where ${isInNumberRange('number', numbers)}) as afresh on afresh.slip_id = record.slip_id
    where (record.slip_id, record.issued_at, record.expires_at, record.handed_over_at, record.open, record.number)
        is distinct from (afresh.slip_id, afresh.issued_at, afresh.expires_at, afresh.handed_over_at, afresh.open, afresh.number)
      or (record.facets is distinct from afresh.facets and not (
        record.facets = array_remove(afresh.facets, 'refused')
        and not exists (select from audit_events where slip = afresh.number and kind = 'slip-refused')
        and not exists (select from audit_events join slips on slips.account_id = account where slips.id = afresh.slip_id and kind = 'slip-refused' and slip is null
          and at between slips.issued_at - interval '1 day' and slips.issued_at - interval '1 minute')))
    order by 1 limit 1`.execute(db)
  return rows[0]
}
