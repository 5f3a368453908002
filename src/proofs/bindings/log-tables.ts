/** What binds the columns of the log itself. Pure. */
import { bound, boundAs, notBound, type TableBindings, WHOLE_ROW } from './binding.js'

export const logTables: Readonly<Record<string, TableBindings>> = {
  audit_events: bound('the signed checkpoints', 'sequence', 'id', 'at', 'kind', 'actor', 'slip', 'account', 'service_point', 'facts'),
  audit_texts: boundAs(WHOLE_ROW, 'the digest in its event', 'event_id', 'name', 'salt', 'text'),
  log_leaves: bound('the signed checkpoints', 'index', 'sequence', 'event_id', 'hash'),
  log_subtrees: bound('the signed checkpoints', 'level', 'index', 'hash'),
  log_checkpoints: {
    ...boundAs(WHOLE_ROW, 'the numbers, which have no gap, and `CHECKPOINT_FILE`', 'number'),
    ...bound('the signed note', 'size'),
    ...bound('the signed checkpoints', 'note'),
    ...notBound('nothing reads it: the signed note has no time', 'signed_at'),
  },
}
