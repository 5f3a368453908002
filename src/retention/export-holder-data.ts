/** Gives out all that is held about a holder (GDPR Art. 15), and writes down that it was given. */
import { lockAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import { Problem } from '../http/problems.js'
import type { Profile } from '../institution/profile.js'
import type { RetentionDeps, Requester } from './erase-holder.js'
import { collectHolderData } from './gather-holder-data.js'
import type { HolderData } from './holder-data.js'
import { renderHolderData } from './paper/holder-data-paper.js'

export const holderExportFormats = ['json', 'pdf'] as const
export type HolderExportFormat = (typeof holderExportFormats)[number]

export interface HolderExportDeps extends RetentionDeps {
  readonly profile: Profile
}

/**
 * The file, made in memory and kept nowhere; JSON in UTF-8, or the paper in the holder's language.
 * @throws {Problem} `not-found`, also for somebody who has been erased: there is nothing to give
 */
export async function exportHolderData ({ db, profile, now: clock }: HolderExportDeps, { actor }: Pick<Requester, 'actor'>, accountId: string, format: HolderExportFormat): Promise<Buffer> {
  return await db.transaction().execute(async trx => {
    const now = clock()
    const account = await lockAccount(trx, accountId)
    if (account === undefined || account.erased_at !== null) throw new Problem('not-found', { variant: 'account' })
    const data = await collectHolderData(trx, account, profile, now)
    await appendEvent(trx, { kind: 'holder-data-exported', at: now, actor, account: account.id, facts: { format } })
    return format === 'json' ? toJson(data) : await renderHolderData(data, { profile, servicePoints: await trx.selectFrom('service_points').select(['id', 'name']).execute(), at: now })
  })
}

function toJson (data: HolderData): Buffer {
  return Buffer.from(`${JSON.stringify(data, null, 2)}\n`)
}
