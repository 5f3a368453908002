/** A slip with its delivery, as the database stores it. Types only. */
import type { Selectable } from 'kysely'
import type { DeliveriesTable, SlipsTable } from '../database/row-types.js'
import type { SlipState } from '../institution/vocabulary.js'

type SlipColumns = Pick<Selectable<SlipsTable>,
  'id' | 'number' | 'account_id' | 'channel' | 'language' | 'request_reference' | 'issued_at' | 'issued_by' | 'service_point_id' | 'expires_at' | 'ceiling_at' | 'ended_at' | 'void_reason' | 'latin_name' | 'latin_name_reason' | 'texts_erased_at'>
type DeliveryColumns = Pick<Selectable<DeliveriesTable>,
  'porter_service_point_id' | 'collect_by' | 'recipient' | 'lines' | 'postcode' | 'town' | 'country' | 'tracking_number' | 'personal_handover' | 'envelope_at' | 'address_erased_at'>

/** The one row type of a slip. Code that needs less of it takes a `Pick`. */
export interface Slip extends SlipColumns, DeliveryColumns {
  /** The state at the time of the query, see `stateAt`. */
  readonly state: SlipState
  /** The state in the row. It differs from `state` only while an expiry is not recorded yet. */
  readonly stored_state: SlipState
}
