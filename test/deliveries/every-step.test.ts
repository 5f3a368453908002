import { sql } from 'kysely'
import t from 'tap'
import { en } from '../../src/i18n/en/index.js'
import { type Channel, channels, custodySteps, type EnvelopePlace, slipStates } from '../../src/institution/vocabulary.js'
import { recordExpiredSlips } from '../../src/slips/commands/end-slip.js'
import { transitions } from '../../src/slips/rules/state-machine.js'
import { lockSlip } from '../../src/slips/slip-store.js'
import { addStaff, buildTestApp } from '../helpers/app.js'
import { createTrackingNumber, type InsertedSlip, insertSlips, readSlipStates, type SlipFixture } from '../helpers/insert-slips.js'
import { countIssueRows, listAuditEvents, passportCheck, tryCode } from '../helpers/issue-slips.js'
import { postgresOnly } from '../helpers/processes.js'
import { expectedOutcome, isOfferedStep, type Login, logins, situations, type Step, steps } from './step-table.js'
import { pick, pickEach, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { deps, clock, signIn, api } = test
const { db } = deps
await addStaff(test, { login: 'second-porter', roles: ['porter'], servicePoints: ['porter-arabia'] })
await addStaff(test, { login: 'porter-elsewhere', roles: ['porter'], servicePoints: ['porter-myllypuro'] })
await addStaff(test, { login: 'agent-and-porter', roles: ['agent', 'porter'], servicePoints: ['porter-arabia'] })

const tokens = Object.fromEntries(await Promise.all([...logins, 'second-porter'].map(async login => [login, await signIn(login)]))) as Record<Login | 'second-porter', string>

const bodyOf = (step: Step) => ({
  step,
  ...step === 'hand-over' ? { identityCheck: passportCheck } : {},
  ...step === 'post' ? { trackingNumber: createTrackingNumber(), personalHandover: true } : {},
  ...step === 'return' ? { note: 'not-collected' } : {},
})

const take = async (token: string, { number }: Pick<InsertedSlip, 'number'>, payload: Record<string, unknown>) =>
  await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
const attempt = async (login: Login, slip: InsertedSlip, step: Step) => step === 'void'
  ? await api(tokens[login], { method: 'POST', url: `/slips/${slip.number}/void`, payload: { reason: 'lost' } })
  : await take(tokens[login], slip, bodyOf(step))
const slipIn = async (situation: SlipFixture) => (await insertSlips(test, [situation]))[0]!
const atDesk = { channel: 'porter', state: 'at-porter', place: 'desk' } as const

t.test('allows and refuses every step by state and role as in the table', async t => {
  const inRow = situations.map(({ byClock, ...situation }) => byClock === undefined ? situation : { ...situation, state: byClock, expiresAt: clock.now() })
  const shared = await insertSlips(test, inRow)
  const before = await readSlipStates(test, shared)
  const attempts = situations.flatMap((situation, i) => steps.flatMap(step => logins.map(login => ({ situation, i, step, login, expected: expectedOutcome(situation, step, login) }))))
  const taken = attempts.filter(one => one.expected.status === 200)
  const own = await insertSlips(test, taken.map(one => inRow[one.i]!))
  const wrong: unknown[] = []
  for (const one of attempts) {
    const { situation, i, step, login, expected: { status, to } } = one
    const slip = status === 200 ? own[taken.indexOf(one)]! : shared[i]!
    const answer = await attempt(login, slip, step)
    const body = answer.json<{ state?: string, steps?: unknown[], code?: string, detail?: string }>()
    const right = custodySteps.filter(step => isOfferedStep(situation, step))
    const namesSlip = () => body.state === situation.state && String(body.steps) === String(right) && body.detail?.includes(slip.number) &&
      (step === 'void' ? [situation.state] : [en.slips.states[situation.state], ...right.map(step => en.slips.nextSteps[step])]).every(words => body.detail!.includes(words))
    const answersRightly: Readonly<Record<number, () => boolean | undefined>> = {
      200: () => body.state === to && isLastStep(body.steps?.at(-1), { step, from: situation.state, to: to!, by: login }),
      409: () => body.code === 'conflict' && namesSlip(),
      403: () => body.code === 'not-permitted' && (login === 'auditor' || login === 'admin' || step === 'void' || namesSlip()),
      404: () => body.code === 'not-found' && body.state === undefined,
      422: () => body.code === 'office-not-authorised',
    }
    if (answer.statusCode !== status || answersRightly[status]?.() !== true) wrong.push({ ...situation, step, login, expected: status, was: answer.statusCode, body })
  }
  t.strictSame(wrong, [])
  t.strictSame(await readSlipStates(test, shared), before, 'refused steps change nothing')
  const count = (status: number) => attempts.filter(one => one.expected.status === status).length
  t.comment(`${attempts.length} attempts: ${[200, 403, 404, 409, 422].map(status => `${count(status)} × ${status}`).join(', ')}`)
})

function isLastStep (last: unknown, step: Record<string, string>): boolean {
  return Object.entries(step).every(([name, value]) => (last as Record<string, unknown>)[name] === value)
}

t.test('moves the envelope with each step', async t => {
  const ways = [
    [{ channel: 'porter', state: 'prepared', place: 'office' }, 'agent', 'dispatch', 'on-the-way'],
    [{ channel: 'porter', state: 'dispatched', place: 'on-the-way' }, 'porter', 'receive', 'desk'],
    [atDesk, 'porter', 'hand-over', 'holder'],
    [atDesk, 'porter', 'return', 'returned'],
    [{ channel: 'porter', state: 'voided', place: 'desk' }, 'porter', 'return', 'returned'],
    [{ channel: 'registered-letter', state: 'prepared', place: 'office' }, 'agent', 'post', 'post'],
    [{ channel: 'registered-letter', state: 'posted', place: 'post' }, 'agent', 'deliver', 'holder'],
    [atDesk, 'agent', 'void', 'desk'],
  ] as const
  for (const [situation, login, step, place] of ways) {
    const slip = await slipIn(situation)
    t.equal((await attempt(login, slip, step)).statusCode, 200)
    t.strictSame(pickEach(await readSlipStates(test, [slip]), 'envelope_at'), [{ envelope_at: place }], step)
  }
})

t.test('answers a repeated step with a conflict and records it once', async t => {
  for (const [situation, login, step, now] of [
    [{ channel: 'porter', state: 'prepared', place: 'office' }, 'agent', 'dispatch', 'dispatched'],
    [{ channel: 'porter', state: 'dispatched', place: 'on-the-way' }, 'porter', 'receive', 'at-porter'],
    [atDesk, 'porter', 'hand-over', 'handed-over'],
    [atDesk, 'porter', 'return', 'returned'],
    [{ channel: 'registered-letter', state: 'posted', place: 'post' }, 'agent', 'deliver', 'delivered'],
    [{ channel: 'registered-letter', state: 'expired', place: 'post' }, 'agent', 'return', 'expired'],
  ] as const) {
    const slip = await slipIn(situation)
    const [first, second] = [await take(tokens[login], slip, bodyOf(step)), await take(tokens[login], slip, bodyOf(step))]
    t.equal(first.statusCode, 200, step)
    t.strictSame(pick(second.json(), 'status', 'code', 'state'), { status: 409, code: 'conflict', state: now }, step)
    t.strictSame(pickEach(await readSlipStates(test, [slip]), 'steps'), [{ steps: 2 }])
    t.equal((await listAuditEvents(test, 'slip-step')).filter(event => event.slip === slip.number).length, 1)
  }
})

t.test('records one handover and one identity check for two concurrent porters', async t => {
  const slips = await insertSlips(test, Array.from({ length: 5 }, () => atDesk))
  for (const slip of slips) {
    const answers = await Promise.all([tokens.porter, tokens['second-porter']].map(async token => await take(token, slip, bodyOf('hand-over'))))
    t.strictSame(answers.map(answer => answer.statusCode).sort(), [200, 409])
    t.strictSame(pick(answers.find(answer => answer.statusCode === 409)!.json(), 'state', 'steps'), { state: 'handed-over', steps: [] })
    t.strictSame(pickEach(await readSlipStates(test, [slip]), 'state', 'steps', 'identityChecks'), [{ state: 'handed-over', steps: 2, identityChecks: 1 }])
    t.equal((await listAuditEvents(test, 'slip-step')).filter(event => event.slip === slip.number).length, 1)
  }
})

t.test('lets one of a concurrent void and handover win', async t => {
  const slips = await insertSlips(test, Array.from({ length: 5 }, () => atDesk))
  for (const slip of slips) {
    const [handedOver, voided] = await Promise.all([take(tokens.porter, slip, bodyOf('hand-over')), attempt('agent', slip, 'void')])
    t.equal(voided.statusCode, 200, 'an open slip can be voided before and after handover')
    if (handedOver.statusCode === 200) t.strictSame(handedOver.json<{ steps: Array<{ step: string }> }>().steps.map(({ step }) => step), ['issue', 'hand-over'])
    else t.strictSame(pick(handedOver.json(), 'status', 'state', 'steps'), { status: 409, state: 'voided', steps: ['return'] })
    t.strictSame(pickEach(await readSlipStates(test, [slip]), 'state', 'envelope_at'), [{ state: 'voided', envelope_at: handedOver.statusCode === 200 ? 'holder' : 'desk' }])
    t.equal(await tryCode(deps, slip.username, slip.code), undefined)
  }
})

t.test('asks for missing input at its field and changes nothing', async t => {
  const [porter, finland, abroad] = await insertSlips(test, [
    atDesk, { channel: 'registered-letter', state: 'prepared', place: 'office' }, { channel: 'registered-letter', state: 'prepared', place: 'office', country: 'DE' },
  ])
  const trackingNumber = createTrackingNumber()
  for (const [slip, login, body, path] of [
    [porter!, 'porter', { step: 'return' }, 'note'],
    [porter!, 'porter', { step: 'return', note: ' ' }, 'note'],
    [porter!, 'agent', { step: 'return', note: 'x'.repeat(201) }, 'note'],
    [porter!, 'porter', { step: 'hand-over', identityCheck: { ...passportCheck, validUntil: '31.12.2030' } }, 'identityCheck.validUntil'],
    [porter!, 'porter', { step: 'hand-over', identityCheck: { ...passportCheck, documentNumber: 'X123' } }, 'identityCheck'],
    [porter!, 'porter', { step: 'receive', identityCheck: passportCheck }, 'identityCheck'],
    [porter!, 'porter', { step: 'void' }, 'step'],
    [porter!, 'porter', {}, 'step'],
    [finland!, 'agent', { step: 'post', personalHandover: true }, 'trackingNumber'],
    [finland!, 'agent', { step: 'post', trackingNumber: 'RR473124828FI', personalHandover: true }, 'trackingNumber'],
    [finland!, 'agent', { step: 'post', trackingNumber: 'CP473124829FI', personalHandover: true }, 'trackingNumber'],
    [finland!, 'agent', { step: 'post', trackingNumber }, 'personalHandover'],
    [finland!, 'agent', { step: 'post', trackingNumber, personalHandover: false }, 'personalHandover'],
    [abroad!, 'agent', { step: 'post' }, 'trackingNumber'],
  ] as const) {
    t.strictSame(readProblem(await take(tokens[login], slip, body)), { status: 400, code: 'validation-failed', errors: [path] }, JSON.stringify(body))
  }
  t.strictSame(pickEach(await readSlipStates(test, [porter!, finland!, abroad!]), 'steps'), [{ steps: 1 }, { steps: 1 }, { steps: 1 }])
  const posted = (await take(tokens.agent, abroad!, { step: 'post', trackingNumber })).json<{ state: string, delivery: { letter: { personalHandover: boolean } } }>()
  t.strictSame([posted.state, posted.delivery.letter.personalHandover], ['posted', false], 'abroad, personal handover is optional')
  t.strictSame(readProblem(await take(tokens.agent, finland!, { step: 'post', trackingNumber, personalHandover: true })), { status: 409, code: 'conflict', errors: ['trackingNumber'] }, 'a tracking number belongs to one letter')
  t.equal((await take(tokens.agent, finland!, bodyOf('post'))).statusCode, 200)
})

t.test('records nothing but an event for a refused handover', async t => {
  const [slip, own] = await insertSlips(test, [atDesk, { ...atDesk, username: 'porter' }])
  const before = { written: await countIssueRows(test), slips: await readSlipStates(test, [slip!, own!]) }
  for (const [whose, identityCheck, code] of [
    [slip!, undefined, 'identity-not-checked'],
    [slip!, { ...passportCheck, photoMatches: false }, 'identity-not-checked'],
    [slip!, { ...passportCheck, validUntil: '2026-11-18' }, 'document-expired'],
    [slip!, { ...passportCheck, documentType: 'driving-licence', issuingCountry: 'SE' }, 'document-not-accepted'],
    [slip!, { ...passportCheck, nameMatches: false }, 'name-differs'],
    [own!, passportCheck, 'own-account'],
  ] as const) {
    const refusals = (await listAuditEvents(test, 'slip-refused')).length
    const answer = await take(tokens.porter, whose, { step: 'hand-over', ...identityCheck && { identityCheck } })
    t.strictSame(readProblem(answer), { status: 422, code, refusals: [code] })
    const events = await listAuditEvents(test, 'slip-refused')
    t.equal(events.length, refusals + 1)
    t.strictSame(pick(events.at(-1), 'slip', 'account', 'service_point', 'facts', 'texts'), {
      slip: whose.number, account: whose.accountId, service_point: 'porter-arabia', facts: { channel: 'porter', step: 'hand-over', codes: [code] }, texts: {},
    })
  }
  t.strictSame({ written: await countIssueRows(test), slips: await readSlipStates(test, [slip!, own!]) }, before)
  t.equal((await take(tokens['second-porter'], own!, bodyOf('hand-over'))).statusCode, 200, 'a colleague hands it over')
})

t.test('expires seven days after handover at 23:59:59, at most at the ceiling', async t => {
  const [early, late] = await insertSlips(test, [atDesk, { ...atDesk, expiresAt: new Date('2026-11-22T21:59:59Z'), ceilingAt: new Date('2026-11-23T21:59:59Z') }])
  t.equal((await take(tokens.porter, early!, bodyOf('hand-over'))).json().expiresAt, '2026-11-26T23:59:59+02:00')
  t.equal((await take(tokens.porter, late!, bodyOf('hand-over'))).json().expiresAt, '2026-11-23T23:59:59+02:00')
})

t.test('has the same transition table in the database and in the code', async t => {
  const ways = transitions.flatMap(({ channels, from, to }) => channels.flatMap(channel => from.map(state => `${channel} ${state} ${to}`)))
  const { rows } = await sql<{ way: string }>`select concat_ws(' ', channel, from_state, to_state) as way from slip_transitions`.execute(db)
  t.strictSame(rows.map(row => row.way).sort(), [...new Set(ways)].sort())
})

t.test('refuses illegal transitions and unchecked handovers in the database', async t => {
  const places: Partial<Record<Channel, EnvelopePlace>> = { counter: 'holder' }
  const slips = await insertSlips(test, channels.flatMap(channel => slipStates.map(state => ({ channel, state, place: places[channel] ?? 'office' }))))
  const allowed = new Set(transitions.flatMap(({ channels, from, to }) => channels.flatMap(channel => from.map(state => `${channel} ${state} ${to}`))))
  const wrong: string[] = []
  for (const { id, channel, state } of slips) {
    for (const to of slipStates.filter(to => to !== state)) {
      const ended = ['redeemed', 'returned', 'voided', 'expired', 'locked'].includes(to)
      const outcome = await db.transaction().execute(async trx => {
        await trx.updateTable('slips').set({ state: to, ended_at: ended ? clock.now() : null, void_reason: to === 'voided' ? 'lost' : null }).where('id', '=', id).execute()
        throw new Error('undo')
      }).catch((error: Error & { code?: string }) => error.code ?? error.message)
      if (outcome !== (allowed.has(`${channel} ${state} ${to}`) ? 'undo' : '23514')) wrong.push(`${channel} ${state} → ${to}: ${outcome}`)
    }
  }
  t.strictSame(wrong, [])
  const [slip, other] = await insertSlips(test, [atDesk, atDesk])
  await take(tokens.porter, other!, bodyOf('hand-over'))
  const { id: othersCheck } = await db.selectFrom('identity_checks').select('id').where('slip_id', '=', other!.id).executeTakeFirstOrThrow()
  const step = { slip_id: slip!.id, step: 'hand-over' as const, from_state: 'at-porter' as const, to_state: 'handed-over' as const, at: clock.now() }
  await t.rejects(db.insertInto('slip_steps').values(step).execute(), { code: '23514' }, 'no handover without a check')
  await t.rejects(db.insertInto('slip_steps').values({ ...step, identity_check_id: othersCheck }).execute(), { code: '23503' }, 'no handover with another slip’s check')
  await t.rejects(db.insertInto('slip_steps').values({ ...step, step: 'return', to_state: 'returned' }).execute(), { code: '23514' }, 'no return without a reason')
})

t.test('treats a slip as expired from its exact end, everywhere', async t => {
  const end = new Date(clock.now().getTime() + 60_000)
  const [first, second, live] = await insertSlips(test, [
    { channel: 'porter', state: 'dispatched', place: 'on-the-way', expiresAt: end }, { channel: 'porter', state: 'dispatched', place: 'on-the-way', expiresAt: end },
    { channel: 'counter', state: 'handed-over', place: 'holder', expiresAt: end },
  ])
  const numbers = [first, second, live].map(slip => slip!.number).sort()
  const listed = async (list: string, key: string, state: string) => (await api(tokens[list === '/slips' ? 'agent' : 'auditor'], { url: `${list}?state=${state}${list === '/slips' ? '&limit=200' : ''}` }))
    .json<{ items: Array<Record<string, string>> }>().items.map(item => item[key]!).filter(number => numbers.includes(number)).sort()
  const everywhere = async () => ({
    item: pick((await api(tokens.agent, { url: `/slips/${second!.number}` })).json(), 'state', 'live'),
    open: [await listed('/slips', 'number', 'dispatched'), await listed('/delivery-records', 'slipNumber', 'dispatched')],
    expired: [await listed('/slips', 'number', 'expired'), await listed('/delivery-records', 'slipNumber', 'expired')],
    code: (await tryCode(deps, live!.username, live!.code))?.number,
  })
  const dispatched = [first!.number, second!.number].sort()
  clock.set(new Date(end.getTime() - 1))
  t.strictSame(await everywhere(), { item: { state: 'dispatched', live: false }, open: [dispatched, dispatched], expired: [[], []], code: live!.number })
  t.equal((await take(tokens.porter, first!, { step: 'receive' })).statusCode, 200)
  clock.set(end)
  t.strictSame(await everywhere(), { item: { state: 'expired', live: false }, open: [[], []], expired: [numbers, numbers], code: undefined })
  t.strictSame(pick((await take(tokens.porter, second!, { step: 'receive' })).json(), 'status', 'state', 'steps'), { status: 409, state: 'expired', steps: ['return'] })
  t.strictSame(pickEach(await readSlipStates(test, [second!]), 'state', 'ended_at'), [{ state: 'dispatched', ended_at: null }], 'the stored state is not updated yet')
})

t.test('records each expiry once, at its own time, in concurrent sweeps', async t => {
  await recordExpiredSlips(db, clock.now())
  const end = new Date(clock.now().getTime() - 1234)
  const slips = await insertSlips(test, Array.from({ length: 120 }, () => ({ ...atDesk, expiresAt: end })))
  const recorded = await Promise.all([1, 2, 3].map(async () => await recordExpiredSlips(db, clock.now())))
  const missed = await recordExpiredSlips(db, clock.now())
  t.equal([...recorded, missed].reduce((total, count) => total + count), 120)
  t.strictSame((await readSlipStates(test, slips)).filter(slip => slip.state !== 'expired' || slip.ended_at?.getTime() !== end.getTime() || slip.steps !== 2), [])
  const events = (await listAuditEvents(test, 'slip-expired')).filter(event => slips.some(slip => slip.number === event.slip))
  t.equal(new Set(events.map(event => event.slip)).size, 120)
  t.equal(events.length, 120)
})

t.test('leaves a locked slip for the next sweep', postgresOnly, async t => {
  const [held, free] = await insertSlips(test, [0, 1].map(() => ({ ...atDesk, expiresAt: clock.now() })))
  await db.transaction().execute(async trx => {
    await lockSlip(trx, held!.number, clock.now())
    t.equal(await recordExpiredSlips(db, clock.now()), 1)
  })
  t.strictSame(pickEach(await readSlipStates(test, [free!]), 'state'), [{ state: 'expired' }])
  t.strictSame(pickEach(await readSlipStates(test, [held!]), 'state'), [{ state: 'at-porter' }])
  t.equal(await recordExpiredSlips(db, clock.now()), 1)
})
