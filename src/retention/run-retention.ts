/**
 * Forgets everything that is past its term: in small batches, each a transaction with the event that counts it, so that
 * a run may be killed at any point and the next one finishes what is left.
 */
import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { Tally } from '../accounts/tally.js'
import type { Database } from '../database/schema.js'
import type { Profile } from '../institution/profile.js'
import type { RetentionDeps } from './erase-holder.js'
import { forgetting } from './kinds.js'
import { retainedKinds, termsAt, type RetainedKind } from './terms.js'
import { completeTurn, isDueToday, keepTurn, NotOurTurn } from './turn.js'
import type { Due } from './what-is-due.js'

export interface RunDeps extends RetentionDeps {
  readonly profile: Pick<Profile, 'retention' | 'timeZone'>
}

export type Forgotten = Readonly<Record<RetainedKind, number>>

/**
 * @param stop ends the run after the batch that is under way
 * @returns what went
 * @throws {NotOurTurn} when another process is at it
 */
export async function runRetention (deps: RunDeps, stop?: AbortSignal): Promise<Forgotten> {
  return await run(deps, stop, async () => true)
}

/** @param isDue asked once the turn is taken: another process may have done the work a moment ago */
async function run ({ db, profile, now }: RunDeps, stop: AbortSignal | undefined, isDue: (trx: Transaction<Database>) => Promise<boolean>): Promise<Forgotten> {
  const holder = randomUUID()
  const terms = termsAt(now(), profile)
  const tally = new Tally<RetainedKind>(nothing(), { kind: 'retention-run' })
  await db.transaction().execute(async trx => {
    await keepTurn(trx, holder, now())
    if (!await isDue(trx)) throw new NotOurTurn()
  })
  for (const kind of retainedKinds) {
    for await (const due of forgetting[kind].due(db, terms[kind])) {
      if (stop?.aborted === true) return tally.total
      await db.transaction().execute(async trx => {
        await keepTurn(trx, holder, now())
        const gone = await forgetting[kind].forget(trx, due, terms[kind], now())
        tally.total[kind] += gone
        if (gone > 0) await tally.tell(trx, now(), false)
      })
    }
  }
  await db.transaction().execute(async trx => {
    await keepTurn(trx, holder, now())
    await tally.tell(trx, now(), true)
    await completeTurn(trx, now())
  })
  return tally.total
}

/** The nightly run: once a day, by whichever process comes first. @returns undefined when there is nothing to do now */
export async function runNightly (deps: RunDeps, stop?: AbortSignal): Promise<Forgotten | undefined> {
  if (!await isDueToday(deps.db, deps.profile.timeZone, deps.now())) return undefined
  try {
    return await run(deps, stop, async trx => await isDueToday(trx, deps.profile.timeZone, deps.now()))
  } catch (error) {
    if (error instanceof NotOurTurn) return undefined
    throw error
  }
}

/** What a run would take now, kind by kind. Nothing is written. */
export async function * listDue (db: Kysely<Database>, profile: RunDeps['profile'], now: Date): AsyncGenerator<{ kind: RetainedKind, due: readonly Due[] }> {
  const terms = termsAt(now, profile)
  for (const kind of retainedKinds) {
    for await (const due of forgetting[kind].due(db, terms[kind])) yield { kind, due }
  }
}

function nothing (): Record<RetainedKind, number> {
  return { addresses: 0, details: 0, 'sign-ins': 0, 'file-names': 0, accounts: 0 }
}
