/**
 * The security events that the server writes to its log, for a security information and event management system (SIEM).
 * Names and fields are stable: docs/operations.md lists them, generated from this table. No field holds a name, a login,
 * typed text or a complete network address. Pure.
 */

export type SecurityLevel = 'info' | 'warn' | 'fatal'

/** What each field means, for the documents. */
export const securityFields = {
  account: 'random id of the holder’s account',
  actor: 'who acted: `staff:` or `identity-system:` with a random id, `holder`, `system` or `anonymous`',
  at: 'when the audit event happened',
  auditEvent: 'id of the audit event; the same line twice has the same id',
  change: 'what changed, as the audit event names it',
  clientType: '`page` or `api`',
  format: 'the format of the file',
  identitySystem: 'random id of the API token that was used',
  loginHash: 'keyed hash of a login that does not exist, so that repeats can be counted',
  method: 'HTTP method',
  network: 'the client’s network: the first 24 bits of an IPv4 address, the first 64 of an IPv6 address',
  outcome: '`requested`, `confirmed`, `declined`, `withdrawn` or `expired`',
  purpose: 'which limit was reached: `login`, `address`, `device` or `known-login` of staff, `username` or `holder-address` of holders',
  reason: 'a fixed code',
  roles: 'the roles after the change',
  route: 'the route’s pattern, without values',
  servicePoint: 'id of the service point',
  session: 'random id of the session',
  slip: 'slip number',
  staff: 'random id of the member of staff',
  state: 'the slip’s state',
  token: 'random id of the API token',
  where: '`database` or `file`: where the contradicting checkpoint is',
} as const
export type SecurityField = keyof typeof securityFields

interface SecurityEventType {
  readonly level: SecurityLevel
  /** When the line is written, for the documents. */
  readonly when: string
  readonly fields: readonly SecurityField[]
}

/** The fields of every line that is written from an audit event. */
const recorded = ['auditEvent', 'at', 'actor'] as const

export const securityEvents = {
  'security.signed-in': { level: 'info', when: 'A member of staff signed in', fields: ['staff', 'clientType', 'servicePoint', 'network'] },
  'security.sign-in-failed': { level: 'warn', when: 'A staff sign-in failed', fields: ['clientType', 'reason', 'staff', 'loginHash', 'network'] },
  'security.holder-sign-in-failed': { level: 'warn', when: 'A holder’s password check on `/my-account` failed', fields: ['reason', 'account', 'loginHash', 'network'] },
  'security.throttled': { level: 'warn', when: 'A limit of attempts was reached: once for each limit and 15 minutes', fields: ['purpose', 'staff', 'account', 'network'] },
  'security.session-binding-mismatch': { level: 'warn', when: 'A session’s row in the database does not match its token: it was altered', fields: ['session', 'staff', 'clientType'] },
  'security.token-binding-mismatch': { level: 'warn', when: 'An API token’s row in the database was altered, or CODE_KEY lacks its key', fields: ['token', 'reason'] },
  'security.access-denied': { level: 'warn', when: 'Answer 403: a role, scope or service point does not allow the request', fields: ['reason', 'method', 'route', 'staff', 'identitySystem', 'network'] },
  'security.form-refused': { level: 'warn', when: 'A form came from another site, or from another session, person or service point', fields: ['reason', 'method', 'route', 'staff', 'network'] },
  'security.token-network-changed': { level: 'warn', when: 'An API token was used from another network than at its last use: at most once an hour for each token', fields: ['token', 'network'] },
  'security.sealing-stopped': { level: 'fatal', when: 'The audit log cannot be verified and is not sealed any more: every minute', fields: ['where', 'reason'] },
  'security.staff-changed': { level: 'warn', when: 'A member of staff, their roles, service points or password changed', fields: [...recorded, 'staff', 'change', 'roles'] },
  'security.confirmation': { level: 'warn', when: 'A second administrator’s confirmation was requested, given or refused', fields: [...recorded, 'outcome', 'change', 'staff', 'account'] },
  'security.token-created': { level: 'warn', when: 'An API token was created', fields: [...recorded, 'token'] },
  'security.token-revoked': { level: 'warn', when: 'An API token was revoked', fields: [...recorded, 'token'] },
  'security.slip-locked': { level: 'warn', when: 'A slip was locked after a hundred wrong codes', fields: [...recorded, 'slip', 'account'] },
  'security.code-alert': { level: 'warn', when: 'The right code of an inactive slip was tried: an envelope was opened', fields: [...recorded, 'slip', 'account', 'state'] },
  'security.activation-throttled': { level: 'warn', when: 'An address failed too often on `/activate`: once in 15 minutes', fields: [...recorded] },
  'security.records-exported': { level: 'info', when: 'Delivery records were exported', fields: [...recorded, 'format'] },
  'security.holder-data-exported': { level: 'info', when: 'A holder’s data was exported', fields: [...recorded, 'account', 'format'] },
  'security.holder-erased': { level: 'info', when: 'A holder’s personal data was erased', fields: [...recorded, 'account', 'reason'] },
} as const satisfies Readonly<Record<string, SecurityEventType>>
export type SecurityEventName = keyof typeof securityEvents

export type SecurityFieldValue = string | number | readonly string[] | undefined

/** One event with its fields. A field without a value is left out of the line. */
export type SecurityEvent = {
  [N in SecurityEventName]: { readonly event: N } & Partial<Readonly<Record<(typeof securityEvents)[N]['fields'][number], SecurityFieldValue>>>
}[SecurityEventName]
