/** Records a porter's count with the expected number of envelopes and the slip numbers that differ. */
import type { Kysely } from 'kysely'
import { appendEvent } from '../../../audit/events.js'
import type { Database } from '../../../database/schema.js'
import { Conflict } from '../../../institution/errors.js'
import { mustBeReturned } from '../../../slips/rules/state-machine.js'
import type { Session } from '../../../staff/session.js'
import type { StepDeps } from '../../take-step.js'
import { type DeskEnvelope, listDeskEnvelopes, listEnvelopeCounts, porterDeskId } from '../queries.js'
import type { ExpectedEnvelopes } from './rules.js'

/** An identical count by the same porter within this time counts as sent twice. */
const DUPLICATE_COUNT_WINDOW_MS = 60_000

export interface CountResult {
  readonly counted: number
  readonly expected: number
  readonly missing: readonly string[]
  readonly unexpected: readonly string[]
}

/**
 * Records the count. @param compared the numbers that the porter saw
 * @throws {Conflict} `envelopes-changed`: an envelope was added or removed in the meantime
 */
export async function recordCount ({ db, now: clock }: Pick<StepDeps, 'db' | 'now'>, by: Session, compared: ExpectedEnvelopes, count: CountResult): Promise<void> {
  const now = clock()
  const desk = porterDeskId(by)
  await db.transaction().execute(async trx => {
    // Counts of one desk run one after the other, so a double tap finds the count of the first tap.
    await trx.selectFrom('service_points').select('id').where('id', '=', desk).forNoKeyUpdate().execute()
    const listed = toSortedNumbers(await listExpectedEnvelopes(trx, desk, now))
    if (listed.here.join() !== compared.here.join() || listed.perhaps.join() !== compared.perhaps.join()) throw new Conflict('envelopes-changed')
    const row = { counted: count.counted, expected: count.expected, missing: [...count.missing], unexpected: [...count.unexpected] }
    const [latest] = await listEnvelopeCounts(trx, desk, 1)
    if (latest?.counted_by === by.staff.id && now.getTime() - latest.counted_at.getTime() < DUPLICATE_COUNT_WINDOW_MS && isSameCount(latest, row)) return
    const { id } = await trx.insertInto('envelope_counts').values({ service_point_id: desk, counted_at: now, counted_by: by.staff.id, ...row }).returning('id').executeTakeFirstOrThrow()
    await appendEvent(trx, { kind: 'envelopes-counted', at: now, actor: `staff:${by.staff.id}`, servicePoint: desk, facts: { countId: id, ...row } })
  })
}

/** Loads the envelopes of a desk that a count is compared with. */
export async function listExpectedEnvelopes (db: Kysely<Database>, desk: string, now: Date): Promise<Record<keyof ExpectedEnvelopes, DeskEnvelope[]>> {
  const envelopes = await listDeskEnvelopes(db, desk, now)
  return {
    here: envelopes.filter(envelope => envelope.envelope_at === 'desk'),
    perhaps: envelopes.filter(envelope => envelope.envelope_at === 'on-the-way' && mustBeReturned(envelope)),
  }
}

export function toSortedNumbers ({ here, perhaps }: Record<keyof ExpectedEnvelopes, readonly DeskEnvelope[]>): ExpectedEnvelopes {
  const sorted = (envelopes: readonly DeskEnvelope[]) => envelopes.map(({ number }) => number).sort()
  return { here: sorted(here), perhaps: sorted(perhaps) }
}

function isSameCount (one: CountResult, other: CountResult): boolean {
  return one.counted === other.counted && one.expected === other.expected && one.missing.join() === other.missing.join() && one.unexpected.join() === other.unexpected.join()
}
