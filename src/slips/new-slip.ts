/** How an account could come to a new slip, whoever is asked. Pure. */
import type { Refusal } from '../institution/refusals.js'
import { isProhibited, servicePointKinds, type Channel } from '../institution/words.js'
import { channelAnswers, officeServes, type Circumstances } from './rules.js'

export interface NewSlip {
  /** The channels of all offices that serve the affiliation. */
  readonly channels: readonly Channel[]
  /** Why there is none. */
  readonly refusal: Refusal | undefined
}

/** Nobody in particular asks the rules here, so nobody's own account or office is in the way. */
export function newSlipFor (circumstances: Circumstances): NewSlip {
  const { account, profile } = circumstances
  const serving = servicePointKinds.filter(kind => officeServes(profile, kind, account.affiliation))
  const answers = (serving.length > 0 ? serving : servicePointKinds)
    .flatMap(office => channelAnswers({ ...circumstances, office, agentLogin: '' }))
  const channels = answers.filter(answer => answer.allowed).map(answer => answer.channel).filter(channel => !isProhibited(channel))
  return { channels: [...new Set(channels)], refusal: channels.length > 0 ? undefined : answers[0]?.refusals[0] }
}
