/** Gathers all that is held about one account, as it is at one moment. */
import type { Transaction } from 'kysely'
import type { Account } from '../accounts/queries.js'
import type { Database } from '../database/schema.js'
import { formatRfc3339 } from '../http/times.js'
import type { Profile } from '../institution/profile.js'
import { collectSlips, type FormatContext } from './gather-slips.js'
import type { ActorKind, HolderEvent, HolderData } from './holder-data.js'

export async function collectHolderData (trx: Transaction<Database>, account: Account, profile: Profile, now: Date): Promise<HolderData> {
  const zone = profile.timeZone
  const at = (moment: Date) => formatRfc3339(moment, zone)
  const password = await trx.selectFrom('account_passwords').select('set_at').where('account_id', '=', account.id).executeTakeFirst()
  const slips = await collectSlips(trx, account.id, { zone, now })
  return {
    format: 'slipdesk-holder-data',
    version: 1,
    institution: profile.name[account.preferred_language],
    madeAt: at(now),
    retention: profile.retention,
    account: {
      id: account.id,
      username: account.username,
      displayName: account.display_name,
      studentNumber: account.student_number,
      birthDate: account.birth_date,
      affiliation: account.affiliation,
      status: account.status,
      preferredLanguage: account.preferred_language,
      updatedAt: at(account.updated_at),
      goneFromDirectoryAt: account.gone_at === null ? null : at(account.gone_at),
      passwordSetAt: password === undefined ? null : at(password.set_at),
    },
    slips,
    events: await collectEvents(trx, account.id, slips.map(slip => slip.number), { zone, now }),
  }
}

async function collectEvents (trx: Transaction<Database>, accountId: string, numbers: readonly string[], { zone }: FormatContext): Promise<HolderEvent[]> {
  const events = await trx.selectFrom('audit_events').selectAll()
    .where(eb => eb.or([eb('account', '=', accountId), ...numbers.length > 0 ? [eb('slip', 'in', numbers)] : []]))
    .orderBy('sequence').execute()
  const texts = await trx.selectFrom('audit_texts').select(['event_id', 'name', 'text'])
    .where('event_id', 'in', eb => eb.selectFrom('audit_events').select('id').where(inner => inner.or([inner('account', '=', accountId), ...numbers.length > 0 ? [inner('slip', 'in', numbers)] : []])))
    .execute()
  return events.map(({ id, at, kind, actor, slip, service_point: servicePoint, facts: { digests: _digests, ...facts } }) => ({
    id,
    at: formatRfc3339(at, zone),
    kind,
    by: toActorKind(actor),
    slip,
    servicePoint,
    facts,
    texts: Object.fromEntries(texts.filter(text => text.event_id === id).map(({ name, text }) => [name, text])),
  }))
}

/** What kind of actor it was; whose id it is stays in the house. */
function toActorKind (actor: string): ActorKind {
  const [kind = ''] = actor.split(':')
  return kind === 'staff' || kind === 'identity-system' || kind === 'holder' || kind === 'system' ? kind : 'unknown'
}
