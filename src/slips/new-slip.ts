/** How an account could come to a new slip, whoever is asked. Pure. */
import type { Refusal } from '../institution/refusals.js'
import { isProhibitedChannel, servicePointKinds, type Channel } from '../institution/words.js'
import { checkChannels, canOfficeServe, type IssuingContext } from './rules.js'

export interface NewSlipOptions {
  /** The channels of all offices that serve the affiliation. */
  readonly channels: readonly Channel[]
  /** Why there is none. */
  readonly refusal: Refusal | undefined
}

/** Nobody in particular asks the rules here, so nobody's own account or office is in the way. */
export function getNewSlipOptions (circumstances: IssuingContext): NewSlipOptions {
  const { account, profile } = circumstances
  const serving = servicePointKinds.filter(kind => canOfficeServe(profile, kind, account.affiliation))
  const answers = (serving.length > 0 ? serving : servicePointKinds)
    .flatMap(office => checkChannels({ ...circumstances, office, agentLogin: '' }))
  const channels = answers.filter(answer => answer.allowed).map(answer => answer.channel).filter(channel => !isProhibitedChannel(channel))
  return { channels: [...new Set(channels)], refusal: channels.length > 0 ? undefined : answers[0]?.refusals[0] }
}
