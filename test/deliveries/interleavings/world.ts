/** The state of one random run: two accounts, the staff who act on their slips, and what the test has recorded. */
import { randomBytes, randomUUID } from 'node:crypto'
import { type ActivationCode, generateActivationCode, generateSlipNumber } from '../../../src/slips/codes.js'
import type { IssuedSlip, IssuingDeps } from '../../../src/slips/commands/issue-slip.js'
import type { SlipState } from '../../../src/institution/vocabulary.js'
import type { Session } from '../../../src/staff/session.js'
import { addStaff, type TestApp } from '../../helpers/app.js'
import { insertAccounts } from '../../helpers/insert-slips.js'

/** A helpdesk agent and two porters of the desk to which every porter slip goes. */
export type Person = 'agent' | 'porter' | 'colleague'
export type Staff = Readonly<Record<Person, Session>>

export interface IssuedPaper {
  readonly number: string
  /** The index of the account, 0 or 1. */
  readonly account: number
  /** The printed code. */
  readonly code: ActivationCode
}

export interface World {
  readonly test: TestApp
  readonly staff: Staff
  readonly accounts: ReadonlyArray<{ readonly id: string, readonly username: string, readonly displayName: string }>
  /** All printed slips, oldest first. */
  readonly papers: IssuedPaper[]
  /** The final state of each slip when it was first seen, by slip number. */
  readonly ends: Map<string, string>
  /** The number of rejected codes by account id. */
  readonly failedAttempts: Map<string, number>
  /** The states after the last batch, by slip number. */
  states: ReadonlyMap<string, SlipState>
}

/** Creates a session for each staff member. */
export async function createStaffSessions (test: TestApp): Promise<Staff> {
  await addStaff(test, { login: 'colleague', roles: ['porter'], servicePoints: ['porter-arabia'] })
  const { db, now } = test.deps
  const at = async (login: Person, servicePointId: string): Promise<Session> => ({
    id: randomUUID(),
    clientType: 'api',
    mustChangePassword: false,
    staff: await db.selectFrom('staff').select(['id', 'login', 'name', 'roles']).where('login', '=', login).executeTakeFirstOrThrow(),
    servicePoint: await db.selectFrom('service_points').select(['id', 'kind', 'name']).where('id', '=', servicePointId).executeTakeFirstOrThrow(),
    endsAt: now(),
  })
  return { agent: await at('agent', 'helpdesk-karamalmi'), porter: await at('porter', 'porter-arabia'), colleague: await at('colleague', 'porter-arabia') }
}

/** Creates a world with two new accounts. Each run needs its own, because the audit events of earlier runs stay. */
export async function createWorld (test: TestApp, staff: Staff): Promise<World> {
  const usernames = [0, 1].map(() => `w${randomBytes(6).toString('hex')}`)
  const ids = await insertAccounts(test, usernames)
  return {
    test,
    staff,
    accounts: usernames.map((username, i) => ({ id: ids[i]!, username, displayName: `Visitor ${username}` })),
    papers: [],
    ends: new Map(),
    failedAttempts: new Map(),
    states: new Map(),
  }
}

/** Issues a slip with recorded random bytes, so that its code is known without reading the PDF. */
export async function issueWithKnownCode (world: World, account: number, issue: (deps: IssuingDeps) => Promise<IssuedSlip>): Promise<void> {
  const recorded: Buffer[] = []
  const { number } = await issue({
    ...world.test.deps,
    randomBytes: size => {
      const bytes = randomBytes(size)
      recorded.push(bytes)
      return bytes
    },
  })
  const replay = () => recorded.shift()!
  if (generateSlipNumber(replay) !== number) throw new Error('the random bytes were used in another order')
  world.papers.push({ number, account, code: generateActivationCode(replay) })
}
