/** Writes down a look at a document: at a counter and at every handover. */
import type { Transaction } from 'kysely'
import type { Database } from '../database/schema.js'
import type { ServicePointRef, Session } from '../staff/session.js'
import { getNameReason, type IdentityCheck } from './identity-check.js'

/** @returns the check's id, for its step */
export async function insertIdentityCheck (
  trx: Transaction<Database>, slipId: string, check: IdentityCheck, { by, office, at }: { by: Session, office: ServicePointRef, at: Date }
): Promise<string> {
  const { id } = await trx.insertInto('identity_checks').values({
    slip_id: slipId,
    document_type: check.documentType,
    issuing_country: check.issuingCountry,
    valid_until: check.validUntil,
    photo_matches: check.photoMatches,
    name_matches: check.nameMatches === true,
    name_reason: getNameReason(check) ?? null,
    birth_date_matches: check.birthDateMatches === true ? true : null,
    checked_by: by.staff.id,
    checked_at: at,
    service_point_id: office.id,
  }).returning('id').executeTakeFirstOrThrow()
  return id
}

/** What an audit event keeps of a check as personal texts. */
export function toIdentityTexts (check: IdentityCheck | undefined): { document?: string | undefined, nameReason?: string | undefined } {
  if (check === undefined) return {}
  return {
    document: [check.documentType, check.issuingCountry, check.validUntil].join(' '),
    nameReason: getNameReason(check),
  }
}
