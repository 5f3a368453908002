/** Writes down what a porter counted, beside what should lie at the desk; the differences by number. */
import { appendEvent } from '../../audit/events.js'
import type { Deps } from '../../app.js'
import { Problem } from '../../http/problems.js'
import { mustComeBack } from '../../slips/life.js'
import type { Session } from '../../staff/session.js'
import { deskOf } from './desk.js'
import { listCounts, listEnvelopes, type Envelope } from './queries.js'
import type { Listed } from './typed-count.js'

/** The same count of the same porter within this time is the same count, sent twice. */
const sameCount = 60_000

export interface Count {
  readonly counted: number
  readonly expected: number
  readonly missing: readonly string[]
  readonly unexpected: readonly string[]
}

/**
 * Records the count. @param compared the numbers that the porter compared with
 * @throws {Problem} `conflict` when meanwhile an envelope has come or gone
 */
export async function recordCount ({ db, now: clock }: Pick<Deps, 'db' | 'now'>, by: Session, compared: Listed, count: Count): Promise<void> {
  const now = clock()
  const desk = deskOf(by)
  await db.transaction().execute(async trx => {
    // Two counts of one desk come one after the other: a double tap finds the count that the first one made.
    await trx.selectFrom('service_points').select('id').where('id', '=', desk).forNoKeyUpdate().execute()
    const listed = numbersOf(await listToCount(trx, desk, now))
    if (listed.here.join() !== compared.here.join() || listed.perhaps.join() !== compared.perhaps.join()) throw new Problem('conflict')
    const row = { counted: count.counted, expected: count.expected, missing: [...count.missing], unexpected: [...count.unexpected] }
    const [latest] = await listCounts(trx, desk, 1)
    if (latest?.counted_by === by.staff.id && now.getTime() - latest.counted_at.getTime() < sameCount && saysTheSame(latest, row)) return
    await trx.insertInto('envelope_counts').values({ service_point_id: desk, counted_at: now, counted_by: by.staff.id, ...row }).execute()
    await appendEvent(trx, { kind: 'envelopes-counted', at: now, actor: `staff:${by.staff.id}`, servicePoint: desk, facts: row })
  })
}

/** The envelopes of a desk as a count is compared with them. */
export async function listToCount (db: Deps['db'], desk: string, now: Date): Promise<Record<keyof Listed, Envelope[]>> {
  const envelopes = await listEnvelopes(db, desk, now)
  return {
    here: envelopes.filter(envelope => envelope.envelope_at === 'desk'),
    perhaps: envelopes.filter(envelope => envelope.envelope_at === 'on-the-way' && mustComeBack(envelope)),
  }
}

export function numbersOf ({ here, perhaps }: Record<keyof Listed, readonly Envelope[]>): Listed {
  const sorted = (envelopes: readonly Envelope[]) => envelopes.map(({ number }) => number).sort()
  return { here: sorted(here), perhaps: sorted(perhaps) }
}

function saysTheSame (one: Count, other: Count): boolean {
  return one.counted === other.counted && one.expected === other.expected && one.missing.join() === other.missing.join() && one.unexpected.join() === other.unexpected.join()
}
