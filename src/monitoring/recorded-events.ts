/**
 * Writes what the audit log records to the security log, once a minute. So lines appear only after the commit, and also
 * for what an operator does on the command line. One server process writes each line; after a crash between line and
 * commit the next one writes it again, with the same id.
 */
import type { Kysely, Transaction } from 'kysely'
import type { EventKind } from '../audit/events.js'
import { readCommittedWatermark } from '../audit/sealing/seal-log.js'
import type { Database } from '../database/schema.js'
import type { SecurityEvent, SecurityFieldValue } from './security-events.js'
import { logSecurityEvent, type SecurityLogger } from './security-log.js'

/** Events in one transaction. */
const BATCH_SIZE = 500
/** How long to wait for transactions that may still add an event (milliseconds); else the next run reports it. */
const MAX_WAIT_MS = 2000

interface RecordedEvent {
  readonly id: string
  readonly sequence: number
  readonly at: Date
  readonly kind: string
  readonly actor: string
  readonly slip: string | null
  readonly account: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

/** Makes the security event of an audit event; undefined for one that is none. */
type Conversion = (event: RecordedEvent, fact: (name: string) => SecurityFieldValue) => SecurityEvent | undefined

const conversions: Readonly<Partial<Record<EventKind, Conversion>>> = {
  'staff-changed': (event, fact) => ({ event: 'security.staff-changed', ...common(event), staff: fact('staff'), change: fact('change'), roles: fact('roles') }),
  'confirmation-requested': convertConfirmation,
  'confirmation-confirmed': convertConfirmation,
  'confirmation-declined': convertConfirmation,
  'confirmation-withdrawn': convertConfirmation,
  'confirmation-expired': convertConfirmation,
  'token-created': (event, fact) => ({ event: 'security.token-created', ...common(event), token: fact('token') }),
  'token-revoked': (event, fact) => ({ event: 'security.token-revoked', ...common(event), token: fact('token') }),
  'slip-locked': event => ({ event: 'security.slip-locked', ...common(event), slip: event.slip ?? undefined, account: event.account ?? undefined }),
  'code-tried-while-dead': (event, fact) => ({ event: 'security.code-alert', ...common(event), slip: event.slip ?? undefined, account: event.account ?? undefined, state: fact('state') }),
  'redemption-refused': (event, fact) => fact('reason') === 'throttled' ? { event: 'security.activation-throttled', ...common(event) } : undefined,
  'delivery-records-exported': (event, fact) => ({ event: 'security.records-exported', ...common(event), format: fact('format') }),
  'holder-data-exported': (event, fact) => ({ event: 'security.holder-data-exported', ...common(event), account: event.account ?? undefined, format: fact('format') }),
  'holder-erased': (event, fact) => ({ event: 'security.holder-erased', ...common(event), account: event.account ?? undefined, reason: fact('reason') }),
}

function convertConfirmation (event: RecordedEvent, fact: (name: string) => SecurityFieldValue): SecurityEvent {
  const outcome = event.kind.replace('confirmation-', '')
  return { event: 'security.confirmation', ...common(event), outcome, change: fact('action'), staff: fact('staff'), account: event.account ?? undefined }
}

function common ({ id, at, actor }: RecordedEvent): { auditEvent: string, at: string, actor: string } {
  return { auditEvent: id, at: at.toISOString(), actor }
}

/** Reports every event that was committed since the last run. @returns how many events were examined */
export async function reportRecordedEvents (db: Kysely<Database>, logger: SecurityLogger): Promise<number> {
  for (let examined = 0; ;) {
    const batch = await db.transaction().execute(async trx => await reportBatch(trx, logger))
    examined += batch
    if (batch < BATCH_SIZE) return examined
  }
}

async function reportBatch (trx: Transaction<Database>, logger: SecurityLogger): Promise<number> {
  const position = await trx.selectFrom('security_log_position').select('sequence').forUpdate().skipLocked().executeTakeFirst()
  // Another process is reporting.
  if (position === undefined) return 0
  const watermark = await readCommittedWatermark(trx, MAX_WAIT_MS)
  if (!watermark.isComplete || watermark.sequence <= position.sequence) return 0
  const events = await trx.selectFrom('audit_events').select(['id', 'sequence', 'at', 'kind', 'actor', 'slip', 'account', 'facts'])
    .where('kind', 'in', Object.keys(conversions)).where('sequence', '>', position.sequence).where('sequence', '<=', watermark.sequence)
    .orderBy('sequence').limit(BATCH_SIZE).execute()
  for (const event of events) {
    const converted = conversions[event.kind as EventKind]?.(event, name => readFact(event.facts, name))
    if (converted !== undefined) logSecurityEvent(logger, converted)
  }
  const reached = events.length < BATCH_SIZE ? watermark.sequence : events.at(-1)!.sequence
  await trx.updateTable('security_log_position').set({ sequence: reached }).execute()
  return events.length
}

/** Facts are codes, ids and numbers; anything else is left out. */
function readFact (facts: RecordedEvent['facts'], name: string): SecurityFieldValue {
  const value = facts[name]
  if (typeof value === 'string' || typeof value === 'number') return value
  return Array.isArray(value) && value.every(one => typeof one === 'string') ? value : undefined
}
