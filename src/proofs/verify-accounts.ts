/** Compares the accounts with the digests that the `accounts-bound` events bind. */
import { type Kysely, sql } from 'kysely'
import { batchDigest, boundAccountColumns, COLUMN_MARK_LENGTH } from '../accounts/bind-accounts.js'
import type { Database } from '../database/schema.js'
import type { TableDifference } from './table-difference.js'

/** Compares the digests with the events first: an account's digest proves something only if its event binds it. */
export async function verifyAccounts (db: Kysely<Database>): Promise<TableDifference | undefined> {
  return await findAlteredBatch(db) ?? await findAlteredAccount(db)
}

/** The batches as their events bind them. A repeated event of one batch binds nothing new. */
const boundBatches = sql`
  select distinct on (batch) (facts ->> 'batch')::uuid as batch, sequence, (facts ->> 'accounts')::int as accounts, facts ->> 'digest' as digest
  from audit_events where kind = 'accounts-bound' order by batch, sequence`

async function findAlteredBatch (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows: [found] } = await sql<{ batch: string, kind: TableDifference['kind'] }>`
    select coalesce(bound.batch, stored.batch) as batch, case when bound.batch is null or stored.accounts > bound.accounts then 'added'
      when stored.batch is null or stored.accounts < bound.accounts then 'removed' else 'altered' end as kind
    from (${boundBatches}) as bound full join (select batch, count(*) as accounts, ${batchDigest} as digest from account_digests group by batch) as stored on stored.batch = bound.batch
    where (bound.accounts, bound.digest) is distinct from (stored.accounts, stored.digest)
    order by sequence nulls last, 1 limit 1`.execute(db)
  return found && { table: 'account_digests', row: found.batch, kind: found.kind }
}

interface AlteredAccount { readonly id: string, readonly kind: TableDifference['kind'], readonly marks: Buffer | null, readonly current: Buffer | null }

async function findAlteredAccount (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const { rows: [found] } = await sql<AlteredAccount>`
    with bound as materialized (${boundBatches}),
      newest as materialized (
        select distinct on (account_id) account_id, salt, account_digests.digest, column_marks from account_digests join bound on bound.batch = account_digests.batch
        order by account_id, sequence desc)
    select coalesce(accounts.id, newest.account_id) as id, case when accounts.id is null then 'removed' when newest.account_id is null then 'added' else 'altered' end as kind,
      newest.column_marks as marks, account_column_marks(newest.salt, accounts) as current
    from newest full join accounts on accounts.id = newest.account_id
    where accounts.id is null or newest.account_id is null or account_digest(newest.salt, accounts) is distinct from newest.digest
    order by 1 limit 1`.execute(db)
  return found && describeAlteredAccount(found)
}

function describeAlteredAccount ({ id, kind, marks, current }: AlteredAccount): TableDifference {
  if (kind !== 'altered') return { table: 'accounts', row: id, kind }
  const differing = boundAccountColumns.filter((_, index) => !readMark(marks!, index).equals(readMark(current ?? Buffer.alloc(0), index)))
  // Only another salt, or none, changes every mark. The newest digest of an account has one, also after its data was erased.
  if (differing.length === boundAccountColumns.length) return { table: 'account_digests', row: id, column: 'salt', kind }
  return { table: 'accounts', row: id, column: differing[0], kind }
}

function readMark (marks: Buffer, index: number): Buffer {
  return marks.subarray(index * COLUMN_MARK_LENGTH, (index + 1) * COLUMN_MARK_LENGTH)
}
