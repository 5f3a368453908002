/** Renders the table of security events for docs/operations.md. */
import { securityEvents, securityFields } from '../../src/monitoring/security-events.js'

export function renderSecurityEvents (): string {
  const events = Object.entries(securityEvents).map(([name, { level, when, fields }]) => `| \`${name}\` | ${level} | ${when} | ${fields.map(field => `\`${field}\``).join(', ')} |`)
  const fields = Object.entries(securityFields).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  return [
    '| Event | Level | When | Fields |', '|---|---|---|---|', ...events, '',
    '| Field | Meaning |', '|---|---|', ...fields,
  ].join('\n')
}
