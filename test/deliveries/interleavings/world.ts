/** Two accounts, those who act upon their slips, and what they remember: for one run of random interleavings. */
import { randomBytes, randomUUID } from 'node:crypto'
import { type ActivationCode, generateActivationCode, generateSlipNumber } from '../../../src/slips/codes.js'
import type { IssuedSlip, IssuingDeps } from '../../../src/slips/commands/issue-slip.js'
import type { SlipState } from '../../../src/institution/vocabulary.js'
import type { Session } from '../../../src/staff/session.js'
import { addStaff, type TestApp } from '../../helpers/app.js'
import { insertAccounts } from '../../helpers/insert-slips.js'

/** The agent of a helpdesk and two porters of the desk that every porter slip goes to. */
export type Person = 'agent' | 'porter' | 'colleague'
export type Staff = Readonly<Record<Person, Session>>

export interface IssuedPaper {
  readonly number: string
  /** Which of the two accounts it is for. */
  readonly account: number
  /** What is printed on it. */
  readonly code: ActivationCode
}

export interface World {
  readonly test: TestApp
  readonly staff: Staff
  readonly accounts: ReadonlyArray<{ readonly id: string, readonly username: string, readonly displayName: string }>
  /** Every paper that was printed, oldest first. */
  readonly papers: IssuedPaper[]
  /** The first end that was seen of a slip, by number. */
  readonly ends: Map<string, string>
  /** How often a code was tried in vain under an account's user name, by the account's id. */
  readonly triedInVain: Map<string, number>
  /** The states as of the last look, by number. */
  states: ReadonlyMap<string, SlipState>
}

/** Those who work here, as if each had signed in. */
export async function createStaffSessions (test: TestApp): Promise<Staff> {
  await addStaff(test, { login: 'colleague', roles: ['porter'], servicePoints: ['porter-arabia'] })
  const { db, now } = test.deps
  const at = async (login: Person, servicePointId: string): Promise<Session> => ({
    id: randomUUID(),
    clientType: 'api',
    staff: await db.selectFrom('staff').select(['id', 'login', 'name', 'roles']).where('login', '=', login).executeTakeFirstOrThrow(),
    servicePoint: await db.selectFrom('service_points').select(['id', 'kind', 'name']).where('id', '=', servicePointId).executeTakeFirstOrThrow(),
    endsAt: now(),
  })
  return { agent: await at('agent', 'helpdesk-karamalmi'), porter: await at('porter', 'porter-arabia'), colleague: await at('colleague', 'porter-arabia') }
}

/** Accounts that nothing has happened to yet. What happened stays on record, so each run has its own. */
export async function createWorld (test: TestApp, staff: Staff): Promise<World> {
  const usernames = [0, 1].map(() => `w${randomBytes(6).toString('hex')}`)
  const ids = await insertAccounts(test, usernames)
  return {
    test,
    staff,
    accounts: usernames.map((username, i) => ({ id: ids[i]!, username, displayName: `Visitor ${username}` })),
    papers: [],
    ends: new Map(),
    triedInVain: new Map(),
    states: new Map(),
  }
}

/** Issues with dice that are remembered, so that the code is known without reading the paper. */
export async function issueWithKnownCode (world: World, account: number, issue: (deps: IssuingDeps) => Promise<IssuedSlip>): Promise<void> {
  const thrown: Buffer[] = []
  const { number } = await issue({
    ...world.test.deps,
    randomBytes: size => {
      const bytes = randomBytes(size)
      thrown.push(bytes)
      return bytes
    },
  })
  const again = () => thrown.shift()!
  if (generateSlipNumber(again) !== number) throw new Error('The dice fell otherwise.')
  world.papers.push({ number, account, code: generateActivationCode(again) })
}
