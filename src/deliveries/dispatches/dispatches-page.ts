/** What can be sent, and what was: the page of envelopes as its template wants it. */
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../app.js'
import { formatDateTime } from '../../i18n/moments.js'
import { canBeCollected } from '../../service-points/pick-up.js'
import { listServicePoints } from '../../service-points/queries.js'
import type { ServicePointRef } from '../../staff/session.js'
import { MAX_ENVELOPES_PER_BATCH, type ChangedEnvelope } from './dispatch-envelopes.js'
import { listDispatches, listEnvelopesToSend } from './queries.js'

/** Envelopes shown at once. */
const MAX_ENVELOPES = 200
const PAGE_SIZE = 20

export interface DispatchesPageInput {
  readonly office: ServicePointRef
  /** Of every service point, not only of this one. */
  readonly all: boolean
  readonly cursor?: string | undefined
  /** What was ticked in a form that was not accepted, and at which desk. */
  readonly chosen?: { readonly desk: string, readonly numbers: readonly string[] } | undefined
  readonly problems?: readonly string[]
}

export async function buildDispatchesPage ({ db, profile, now }: Deps, { language }: FastifyRequest, { office, all, cursor, chosen, problems = [] }: DispatchesPageInput) {
  const at = now()
  const onlyOf = all ? undefined : office.id
  const moment = (one: Date) => formatDateTime(one, profile.timeZone, language)
  const servicePoints = new Map((await listServicePoints(db)).map(one => [one.id, one]))
  const nameOf = (id: string) => servicePoints.get(id)!.name[language]
  const envelopes = cursor === undefined ? await listEnvelopesToSend(db, onlyOf, MAX_ENVELOPES, at) : []
  const batches = await listDispatches(db, { office: onlyOf, limit: PAGE_SIZE, cursor })
  const path = all ? '/dispatches?all=1' : '/dispatches'
  return {
    office: office.name[language],
    all,
    earlier: cursor !== undefined,
    problems: problems.map(message => ({ message, path: chosen && `desk-${chosen.desk}` })),
    more: envelopes.length === MAX_ENVELOPES ? MAX_ENVELOPES : undefined,
    desks: [...new Set(envelopes.map(({ desk }) => desk))].map(desk => {
      const own = envelopes.filter(envelope => envelope.desk === desk)
        .map(envelope => ({ ...envelope, tooLate: !canBeCollected(servicePoints.get(desk)!, envelope.collect_by, at, profile) }))
      const collectable = own.filter(({ tooLate }) => !tooLate).map(({ number }) => number)
      const ticked = chosen?.desk === desk ? chosen.numbers : collectable.slice(0, MAX_ENVELOPES_PER_BATCH)
      return {
        id: desk,
        name: nameOf(desk),
        envelopes: own.map(envelope => ({
          number: envelope.number,
          holder: envelope.display_name,
          issuedAt: moment(envelope.issued_at),
          issuedBy: envelope.issued_by_name,
          servicePoint: nameOf(envelope.service_point_id),
          collectBy: moment(envelope.collect_by),
          tooLate: envelope.tooLate,
          ticked: ticked.includes(envelope.number),
        })),
        mostInBatch: collectable.length > MAX_ENVELOPES_PER_BATCH ? MAX_ENVELOPES_PER_BATCH : undefined,
      }
    }),
    batches: batches.items.map(batch => ({
      id: batch.id,
      at: moment(batch.dispatched_at),
      to: batch.desk_name[language],
      from: batch.office_name[language],
      by: batch.dispatched_by_name,
      count: batch.count,
      underWay: batch.under_way,
    })),
    next: batches.next && `${path}${all ? '&' : '?'}cursor=${batches.next}`,
    first: cursor && path,
  }
}

/** Why an envelope was not sent: what it is now and, where it has left, with whom. */
export function formatChangedEnvelope ({ t, language }: FastifyRequest, { number, state, sent }: ChangedEnvelope, zone: string): string {
  const words = { number, state: t(`slips.states.${state}`) }
  return sent === undefined
    ? t('sending.changed', words)
    : t('sending.changedIn', { ...words, name: sent.by, at: formatDateTime(sent.at, zone, language) })
}
