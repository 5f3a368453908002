/** What binds the columns of slips, of their way to the holder and of their redemption. Pure. */
import { bound, boundAs, compared, derived, notBound, type TableBindings, WHOLE_ROW } from './binding.js'

const INTERNAL_ID = 'the rows that refer to it: an internal id'
const steps = '`slip-issued`, `slip-step`, `slip-voided`, `slip-expired`, `slip-locked`, `slip-redeemed`'
const ERASED_BY_RETENTION = 'retention counts what it erases and does not list it; texts that are missing before their time are named'

export const slipTables: Readonly<Record<string, TableBindings>> = {
  slips: {
    ...derived(INTERNAL_ID, 'id'),
    ...boundAs(WHOLE_ROW, '`slip-issued`', 'number'),
    ...bound('`slip-issued`', 'account_id', 'channel', 'language', 'request_reference', 'issued_at', 'issued_by', 'service_point_id', 'ceiling_at', 'replaces', 'latin_name', 'latin_name_reason', 'code_hmac'),
    ...boundAs('slips.code_hmac', '`slip-issued`', 'code_key_id', 'code_scheme'),
    ...bound(steps, 'state', 'ended_at'),
    ...bound('`slip-issued`, `slip-step`, `slip-expired`', 'expires_at'),
    ...bound('`slip-voided`', 'void_reason'),
    ...notBound(ERASED_BY_RETENTION, 'texts_erased_at'),
  },
  deliveries: {
    ...boundAs(WHOLE_ROW, '`slip-issued`', 'slip_id'),
    ...bound('`slip-issued`', 'channel', 'porter_service_point_id', 'collect_by', 'recipient', 'lines', 'postcode', 'town', 'country'),
    ...bound('`slip-step`', 'tracking_number', 'personal_handover', 'envelope_at'),
    ...bound('`envelopes-dispatched`', 'dispatch_id'),
    ...notBound(ERASED_BY_RETENTION, 'address_erased_at'),
  },
  identity_checks: {
    ...boundAs('slip_steps.identity_check_id', '`slip-issued`, `slip-step`', 'id', 'slip_id'),
    ...bound('`slip-issued`, `slip-step`', 'document_type', 'issuing_country', 'valid_until', 'no_expiry', 'photo_matches', 'name_matches', 'name_reason', 'birth_date_matches', 'birth_date_reason', 'checked_by', 'checked_at', 'service_point_id'),
    ...notBound(ERASED_BY_RETENTION, 'erased_at'),
  },
  slip_steps: {
    ...derived('the order of the steps, which is compared', 'id'),
    ...boundAs(WHOLE_ROW, steps, 'slip_id'),
    ...bound(steps, 'step', 'from_state', 'to_state', 'at', 'staff_id', 'service_point_id', 'identity_check_id', 'note', 'token_id'),
    ...notBound(ERASED_BY_RETENTION, 'note_erased_at'),
  },
  slip_transitions: notBound('it refuses errors of the program; the states themselves are compared with events', 'channel', 'from_state', 'to_state'),
  delivery_records: compared('slips, steps, deliveries, identity checks and accounts', 'slip_id', 'issued_at', 'expires_at', 'handed_over_at', 'open', 'number', 'facets'),
  idempotency_keys: notBound('it leads a repeated request to the slip of the first one; a client chooses the key; deleted after 30 days', 'staff_id', 'key', 'slip_number', 'created_at'),

  dispatches: {
    ...boundAs(WHOLE_ROW, '`envelopes-dispatched`', 'id'),
    ...bound('`envelopes-dispatched`', 'porter_service_point_id', 'service_point_id', 'dispatched_at', 'dispatched_by'),
  },
  envelope_counts: {
    ...boundAs(WHOLE_ROW, '`envelopes-counted`', 'id'),
    ...bound('`envelopes-counted`', 'service_point_id', 'counted_at', 'counted_by', 'counted', 'expected', 'missing', 'unexpected'),
  },
  code_alerts: {
    ...derived(INTERNAL_ID, 'id'),
    ...boundAs(WHOLE_ROW, '`code-tried-while-dead`', 'slip_id'),
    ...bound('`code-tried-while-dead`', 'slip_state', 'first_at', 'last_at', 'tries'),
    ...bound('`code-alert-settled`', 'settled_at', 'settled_by'),
  },
  code_tries: {
    ...boundAs(WHOLE_ROW, '`redemption-refused`, for open slips', 'key'),
    ...bound('`redemption-refused`, for open slips', 'tries', 'waits_until'),
    ...notBound('nothing reads it: it is written so that every attempt takes the same time', 'last_at'),
  },
  redemptions: {
    ...boundAs(WHOLE_ROW, 'the event that ends it, or `redemption-reserved`', 'id'),
    ...bound('the event that ends it, or `redemption-reserved`', 'slip_id', 'token_id', 'reserved_at', 'confirm_by'),
    ...bound('`slip-redeemed`, `redemption-released`, `redemption-refused`, `redemption-unfinished`', 'ended_at', 'outcome'),
  },

  record_exports: {
    ...boundAs(WHOLE_ROW, '`delivery-records-read`', 'id'),
    ...bound('`delivery-records-read`', 'staff_id', 'format', 'filter', 'begun_at'),
    ...bound('`delivery-records-exported`', 'ended_at', 'manifest'),
  },
}
