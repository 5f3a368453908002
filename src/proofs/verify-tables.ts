/** Compares the tables around the slips with the log. Each function compares one subject and names the first row that differs. */
import type { Kysely } from 'kysely'
import type { Database } from '../database/schema.js'
import { areEarlierCodesUnchanged } from '../slips/earlier-codes.js'
import type { TableDifference } from './table-difference.js'
import { verifyCheckpointRows, verifySubtreeRows } from './tables/checkpoints.js'
import { verifyCodeAlerts, verifyDispatches, verifyDispatchOfEnvelopes, verifyEnvelopeCounts } from './tables/custody.js'
import { verifyEarlierSlips } from './tables/earlier-slips.js'
import { verifyRecordExports } from './tables/exports.js'
import { verifyCodeTries, verifyRedemptions } from './tables/redemptions.js'
import { verifyAccounts } from './verify-accounts.js'
import { verifyConfirmations } from './verify-confirmations.js'
import { verifyPostcodes } from './verify-postcodes.js'
import { verifySchema } from './verify-schema.js'
import { verifyServicePoints } from './verify-service-points.js'
import { verifyApiTokens, verifyStaff, verifyStaffServicePoints } from './verify-staff.js'

/** Compares the rows of one subject with the events that bind them; undefined when nothing differs. */
export type TableVerification = (db: Kysely<Database>) => Promise<TableDifference | undefined>

export const tableVerifications: readonly TableVerification[] = [
  verifySchema,
  verifyEarlierCodes,
  verifyAccounts,
  verifyServicePoints,
  verifyPostcodes,
  verifyConfirmations,
  verifyDispatches,
  verifyDispatchOfEnvelopes,
  verifyEnvelopeCounts,
  verifyCodeAlerts,
  verifyRedemptions,
  verifyCodeTries,
  verifyRecordExports,
  verifyEarlierSlips,
  verifyCheckpointRows,
  verifySubtreeRows,
  verifyStaff,
  verifyStaffServicePoints,
  verifyApiTokens,
]

/** Runs every comparison in one snapshot. @returns the first difference of each subject */
export async function verifyTables (db: Kysely<Database>, verifications = tableVerifications): Promise<TableDifference[]> {
  const differences: TableDifference[] = []
  for (const verify of verifications) {
    const difference = await verify(db)
    if (difference !== undefined) differences.push(difference)
  }
  return differences
}

/** Compares the codes of slips from before migration 0016 with its event. One digest covers them all, so no single slip is named. */
async function verifyEarlierCodes (db: Kysely<Database>): Promise<TableDifference | undefined> {
  const isUnchanged = await areEarlierCodesUnchanged(db, 'open') && await areEarlierCodesUnchanged(db, 'ended')
  return isUnchanged ? undefined : { table: 'slips', column: 'code_hmac', row: 'a slip from before migration 0016', kind: 'altered' }
}
