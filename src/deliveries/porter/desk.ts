/** Which desk a porter keeps: the service point of the session, whatever other roles somebody has. Pure. */
import type { Visibility } from '../../slips/queries.js'
import type { Session } from '../../staff/session.js'

export function porterDeskId ({ servicePoint }: Pick<Session, 'servicePoint'>): string {
  return servicePoint?.id ?? ''
}

/** On the porter's pages even an agent who is a porter too sees the envelopes of the own desk only. */
export function visibilityOfDesk (session: Pick<Session, 'servicePoint'>): Visibility {
  return { porterDesk: porterDeskId(session) }
}
