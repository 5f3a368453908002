/** What binds the columns of staff, accounts, places and what jobs and forms store for a while. Pure. */
import { bound, boundAs, derived, notBound, type TableBindings, WHOLE_ROW } from './binding.js'

const SHORT_LIVED = 'work in progress, deleted when it is done'
const SEARCH_INDEX = 'the names and numbers of `accounts`'
const STAFF = '`staff-changed`'
const ACCOUNTS = '`accounts-bound`'
const POSTCODES = '`postcodes-loaded`, `postcodes-imported`'

export const otherTables: Readonly<Record<string, TableBindings>> = {
  staff: {
    ...boundAs(WHOLE_ROW, STAFF, 'id'),
    ...bound(STAFF, 'login', 'name', 'password_hash', 'roles', 'active', 'must_change_password', 'password_expires_at'),
    ...notBound('nothing reads it', 'created_at'),
  },
  staff_service_points: boundAs('staff_service_points.service_point_id', STAFF, 'staff_id', 'service_point_id'),
  sessions: {
    ...derived('its MAC under a key outside the database, without which a session is not accepted', 'id', 'token_hash', 'door', 'staff_id', 'service_point_id', 'created_at', 'last_used_at', 'ends_at', 'binding'),
    ...notBound('a session that has ended can be brought back only with its token and its MAC, within its ten hours', 'revoked_at'),
  },
  api_tokens: {
    ...boundAs(WHOLE_ROW, '`token-created`', 'id'),
    ...bound('`token-created`', 'name', 'scope', 'created_at'),
    ...bound('`token-created`, `tokens-recorded`', 'token_hash'),
    ...bound('`token-revoked`', 'revoked_at'),
    ...derived('its MAC under a key outside the database, without which a token is not accepted', 'key_id', 'binding'),
    ...notBound('`tokens list` shows it, and nothing decides by it', 'last_used_at'),
  },
  confirmation_requests: {
    ...boundAs(WHOLE_ROW, '`confirmation-requested`', 'id'),
    ...bound('`confirmation-requested`', 'action', 'staff_id', 'account_id', 'payload', 'requested_by', 'requested_at', 'expires_at', 'event_id'),
    ...bound('the event of the decision, such as `confirmation-confirmed`', 'state', 'decided_by', 'decided_at'),
  },
  sign_in_tries: notBound('counts of a few minutes; without them someone gets more attempts', 'key', 'tries', 'ends_at'),
  sign_in_origins: notBound('it gives a login attempts of its own at an address where it has signed in; deleted after 30 days', 'key', 'last_at'),
  token_networks: notBound('it decides whether a use from another network is reported, not whether it is accepted', 'token_id', 'network_hash', 'seen_at', 'reported_at'),
  security_log_position: notBound('the lines of the security log repeat events, which stay in the log', 'one', 'sequence'),
  kept_forms: notBound('15 minutes, shown only to the person who typed it', 'session_id', 'service_point_id', 'route', 'params', 'body', 'kept_until'),

  service_points: {
    ...boundAs(WHOLE_ROW, '`service-points-loaded`', 'id'),
    ...bound('`service-points-loaded`', 'kind', 'name', 'campus', 'address', 'location'),
    ...bound('`service-points-loaded`, `hours-changed`', 'hours'),
  },
  postcodes: {
    ...boundAs(WHOLE_ROW, POSTCODES, 'postcode'),
    ...bound(POSTCODES, 'town_fi', 'town_sv', 'municipality_code', 'municipality_fi', 'municipality_sv', 'type_code'),
  },
  postcode_register: {
    ...derived('the database allows one row', 'one'),
    ...bound(POSTCODES, 'data_date', 'source', 'loaded_at'),
  },

  accounts: {
    ...boundAs(WHOLE_ROW, ACCOUNTS, 'id'),
    ...bound(ACCOUNTS, 'username', 'student_number', 'display_name', 'folded_name', 'affiliation', 'status', 'preferred_language', 'birth_date', 'updated_at', 'gone_at', 'erased_at',
      'latin_name', 'last_name', 'name_keys', 'index_version'),
  },
  account_digests: boundAs(WHOLE_ROW, ACCOUNTS, 'batch', 'account_id', 'salt', 'digest', 'column_marks'),
  account_words: derived(SEARCH_INDEX, 'word', 'line', 'account_id'),
  account_word_pairs: derived(SEARCH_INDEX, 'word', 'other', 'line', 'account_id'),
  account_passwords: notBound('the built-in directory; it opens only the page on which a holder tries the password', 'account_id', 'password_hash', 'set_at'),
  directory_passes: notBound(SHORT_LIVED, 'id', 'begun_at'),
  directory_seen: notBound(SHORT_LIVED, 'pass_id', 'account_id'),
  account_imports: notBound(SHORT_LIVED, 'id', 'staff_id', 'file_name', 'content', 'uploaded_at', 'state', 'encoding_confirmed', 'shortens_numbers', 'facts', 'row_count', 'rows_read', 'counts', 'run_id', 'lease_until', 'ended_at'),
  account_import_findings: notBound(SHORT_LIVED, 'import_id', 'kind', 'position', 'findings'),
  retention_turn: notBound('a lease; each run is an event', 'one', 'held_by', 'held_until', 'completed_at'),
}
