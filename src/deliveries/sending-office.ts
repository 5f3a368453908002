/** Which offices send envelopes and letters: those whose channels in the profile say so. Pure. */
import { Problem } from '../http/problems.js'
import type { Profile } from '../institution/profile.js'
import { servicePointKinds, type Channel, type Language } from '../institution/words.js'
import type { ServicePointRef, Session } from '../staff/session.js'

/** The service point that somebody works at, where it sends slips by this channel. @throws {Problem} `not-permitted`, which says who does */
export function requireSendingOffice ({ servicePoint }: Session, channel: Exclude<Channel, 'counter'>, { offices }: Pick<Profile, 'offices'>, language: Language): ServicePointRef {
  const kinds = servicePointKinds.filter(kind => offices[kind]?.channels.includes(channel))
  if (servicePoint !== null && kinds.includes(servicePoint.kind)) return servicePoint
  throw new Problem('not-permitted', {
    variant: `sends-no-${channel}`,
    values: { servicePoint: servicePoint?.name[language] ?? '–' },
    words: { kinds: kinds.map(kind => [`common.kinds.${kind}`]) },
  })
}
