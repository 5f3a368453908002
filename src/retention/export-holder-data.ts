/** Exports everything stored about a holder (GDPR Art. 15), and records the export. */
import type { Transaction } from 'kysely'
import { type Account, lockAccount } from '../accounts/queries.js'
import { appendEvent } from '../audit/events.js'
import type { Database } from '../database/schema.js'
import { formatRfc3339 } from '../i18n/formatters.js'
import { NotFound } from '../institution/errors.js'
import type { Profile } from '../institution/profile.js'
import { collectSlips, type FormatContext } from './collect-slips.js'
import type { Requester, RetentionDeps } from './erase-holder.js'
import type { ActorKind, HolderData, HolderEvent } from './holder-data.js'

export const holderExportFormats = ['json', 'pdf'] as const
export type HolderExportFormat = (typeof holderExportFormats)[number]

export interface HolderExportDeps extends RetentionDeps {
  readonly profile: Profile
}

/**
 * Returns the file, which is built in memory and stored nowhere: JSON in UTF-8, or a PDF in the holder's language.
 * @throws {NotFound} also for an erased holder: there is no data left
 */
export async function exportHolderData ({ db, profile, now: clock }: HolderExportDeps, { actor }: Pick<Requester, 'actor'>, accountId: string, format: HolderExportFormat): Promise<Buffer> {
  return await db.transaction().execute(async trx => {
    const now = clock()
    const account = await lockAccount(trx, accountId)
    if (account === undefined || account.erased_at !== null) throw new NotFound('account')
    const data = await collectHolderData(trx, account, profile, now)
    await appendEvent(trx, { kind: 'holder-data-exported', at: now, actor, account: account.id, facts: { format } })
    if (format === 'json') return toJson(data)
    // Loaded on demand: the PDF kit takes half of the start-up time of a command.
    const { renderHolderData } = await import('./holder-data-pdf.js')
    return await renderHolderData(data, { profile, servicePoints: await trx.selectFrom('service_points').select(['id', 'name']).execute(), at: now })
  })
}

function toJson (data: HolderData): Buffer {
  return Buffer.from(`${JSON.stringify(data, null, 2)}\n`)
}

/** Collects everything stored about one account at one point in time. */
async function collectHolderData (trx: Transaction<Database>, account: Account, profile: Profile, now: Date): Promise<HolderData> {
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
      latinName: account.latin_name,
      lastName: account.last_name,
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
    by: rolesByOpening[kind] ?? toActorKind(actor),
    slip,
    servicePoint,
    facts,
    texts: Object.fromEntries(texts.filter(text => text.event_id === id).map(({ name, text }) => [name, text])),
  }))
}

/** In which role staff open an account or a holder's data. */
const rolesByOpening: Readonly<Record<string, ActorKind>> = { 'account-opened': 'agent', 'holder-data-opened': 'administrator' }

/** Returns the kind of actor without the id, which is not disclosed. */
function toActorKind (actor: string): ActorKind {
  const [kind = ''] = actor.split(':')
  return kind === 'staff' || kind === 'identity-system' || kind === 'holder' || kind === 'system' ? kind : 'unknown'
}
