/** Which desk a porter keeps: the service point of the session, whatever other roles somebody has. Pure. */
import type { Sight } from '../../slips/queries.js'
import type { Session } from '../../staff/session.js'

export function deskOf ({ servicePoint }: Pick<Session, 'servicePoint'>): string {
  return servicePoint?.id ?? ''
}

/** On the porter's pages even an agent who is a porter too sees the envelopes of the own desk only. */
export function sightOfDesk (session: Pick<Session, 'servicePoint'>): Sight {
  return { porterDesk: deskOf(session) }
}
