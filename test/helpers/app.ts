/** A complete app on a fresh database, with a clock that tests control and staff who can sign in. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { createBuiltInDirectory } from '../../src/accounts/built-in-directory.js'
import { buildApp } from '../../src/app.js'
import { createLogKeys } from '../../src/audit/sealing/log-crypto.js'
import { DEMO_IDENTITY_TOKEN } from '../../src/demo/demo-data.js'
import { DEMO_PASSWORD } from '../../src/demo/staff.js'
import type { AppDeps } from '../../src/deps.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { createLogger } from '../../src/logger.js'
import { createKeyRing } from '../../src/slips/code-hmac.js'
import { bindToken } from '../../src/staff/api-tokens.js'
import { insertStaff, type NewStaff } from '../../src/staff/queries.js'
import { appendStaffChanged } from '../../src/staff/staff-events.js'
import { openTestDatabase, testStart } from './database.js'

/** A clock that changes only when a test sets or advances it. */
export class TestClock {
  #now = new Date(testStart)
  readonly now = (): Date => new Date(this.#now)

  set (moment: string | Date): void {
    this.#now = new Date(moment)
  }

  advance ({ minutes = 0, days = 0 }: { minutes?: number, days?: number }): void {
    this.#now = new Date(this.#now.getTime() + (minutes + days * 24 * 60) * 60_000)
  }
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly deps: AppDeps
  readonly clock: TestClock
  /** All log lines, at the most detailed level. */
  readonly logLines: string[]
  /** Signs in to the API and returns the session token. */
  signIn (login: string, servicePointId?: string): Promise<string>
  /** Sends an API request with a token. */
  api (token: string | undefined, options: InjectOptions): Promise<LightMyRequestResponse>
}

/** Builds the app with the demo institution's people. */
export async function buildTestApp (t: Test, changes: Partial<AppDeps> = {}): Promise<TestApp> {
  const { db } = await openTestDatabase(t, 'people')
  const clock = new TestClock()
  const logLines: string[] = []
  const deps: AppDeps = {
    db,
    directory: createBuiltInDirectory(db, clock.now),
    profile: metropolia,
    codeKeys: createKeyRing([randomBytes(32)]),
    sessionKey: randomBytes(32),
    logSettings: { origin: 'desk.example/metropolia', keys: createLogKeys([randomBytes(32)]), checkpointFile: undefined },
    publicUrl: 'http://127.0.0.1:3000',
    isDemo: true,
    trustedProxies: [],
    metricsToken: undefined,
    logger: createLogger('trace', { write: line => { logLines.push(line) } }),
    now: clock.now,
    randomBytes,
    ...changes,
  }
  await bindDemoToken(deps)
  const app = await buildApp(deps)
  await app.ready()
  t.teardown(async () => await app.close())

  async function api (token: string | undefined, options: InjectOptions): Promise<LightMyRequestResponse> {
    return await app.inject({
      ...options,
      url: `/api/v1${options.url as string}`,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers },
    })
  }
  async function signIn (login: string, servicePointId?: string): Promise<string> {
    const answer = await api(undefined, { method: 'POST', url: '/sessions', payload: { login, password: DEMO_PASSWORD, servicePointId } })
    if (answer.statusCode !== 201) throw new Error(`sign-in of ${login} failed: ${answer.body}`)
    return answer.json<{ token: string }>().token
  }
  return { app, deps, clock, logLines, signIn, api }
}

/** Binds the demo's token to the keys of this app. The template of the database has it with others. */
async function bindDemoToken ({ db, codeKeys }: Pick<AppDeps, 'db' | 'codeKeys'>): Promise<void> {
  const row = await db.selectFrom('api_tokens').select(['id', 'scope']).where('name', '=', 'demo identity system').executeTakeFirst()
  if (row !== undefined) await db.updateTable('api_tokens').set(bindToken(codeKeys, DEMO_IDENTITY_TOKEN, row)).where('id', '=', row.id).execute()
}

/** Adds a staff member who signs in with the password of the demo staff. Returns the id. */
export async function addStaff ({ deps: { db, now } }: TestApp, staff: Pick<NewStaff, 'login' | 'roles' | 'servicePoints'>): Promise<string> {
  const { password_hash: passwordHash } = await db.selectFrom('staff').select('password_hash').where('login', '=', 'agent').executeTakeFirstOrThrow()
  return await db.transaction().execute(async trx => {
    const id = await insertStaff(trx, { ...staff, name: staff.login, passwordHash, createdAt: now() })
    await appendStaffChanged(trx, { staffId: id!, change: 'added', actor: 'system', at: now(), texts: { login: staff.login, name: staff.login } })
    return id!
  })
}
