/** Writes security events to the server's log and counts them for `/metrics`. Call it after the commit. */
import { Counter } from 'prom-client'
import { type SecurityEvent, type SecurityEventName, securityEvents, type SecurityLevel } from './security-events.js'

/** What a logger of pino or Fastify has. */
export type SecurityLogger = Readonly<Record<SecurityLevel, (fields: object, message: string) => void>>

/** Events of this process by name. Without a registry of its own: `/metrics` registers it. */
export const securityEventCounter = new Counter({
  name: 'slipdesk_security_events_total',
  help: 'Security events in the log, by name',
  labelNames: ['event'],
  registers: [],
})
for (const event of Object.keys(securityEvents)) securityEventCounter.inc({ event }, 0)

/** Writes one line. @param logger the request's logger where there is one, so that the line has the request's id */
export function logSecurityEvent (logger: SecurityLogger, event: SecurityEvent): void {
  securityEventCounter.inc({ event: event.event })
  logger[levelOf(event.event)](event, 'security event')
}

function levelOf (name: SecurityEventName): SecurityLevel {
  return securityEvents[name].level
}
