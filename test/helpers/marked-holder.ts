/** Somebody about whom as much is kept as ever can be, every word of it a marker that can be searched for. */
import { upsertAccounts } from '../../src/accounts/upsert-accounts.js'
import type { TestApp } from './app.js'
import { requireAccountId, readPrintedCode, postSlip, passportCheck } from './counter.js'
import { tryCode } from './try-code.js'

export interface MarkedHolder {
  readonly id: string
  readonly username: string
  /** Oldest first: to the porter, by letter, at the counter; all of them have ended; the first one's code was tried too early. */
  readonly numbers: readonly [string, string, string]
  /** Whatever tells of the person, as it was typed. */
  readonly markers: readonly string[]
}

/** @param mark two digits: who it is, so that there can be several @param tracking of the letter */
export async function createMarkedHolder (test: TestApp, mark: string, tracking: string): Promise<MarkedHolder> {
  const { deps, api, signIn } = test
  const username = `marky${mark}`
  const [first, last] = [`Žofie${mark}`, `Mårker${mark}`]
  const studentNumber = `9900${mark}`
  await deps.db.transaction().execute(async trx => await upsertAccounts(trx, [{
    username, displayName: `${first} ${last}`, affiliation: 'student', studentNumber, birthDate: '1987-03-14', preferredLanguage: 'sv',
  }], deps.now()))
  const id = await requireAccountId(test, username)
  await deps.directory.setPassword({ id, username }, `password of ${username}`)
  await signIn(`${username}@example.org`).catch(() => {})

  const [agent, porter] = [await signIn('agent'), await signIn('porter')]
  const step = async (token: string, number: string, payload: Record<string, unknown>) => {
    const answer = await api(token, { method: 'POST', url: `/slips/${number}/steps`, payload })
    if (answer.statusCode !== 200) throw new Error(answer.body)
  }
  const make = async (wish: Record<string, unknown>) => {
    test.clock.advance({ minutes: 1 })
    const answer = await postSlip(test, agent, { accountId: id, ...wish }, { 'idempotency-key': `${username}-${String(wish['channel'])}` })
    return { number: String(answer.headers['slip-number']), code: await readPrintedCode(answer.rawPayload) }
  }
  const { number: toPorter, code } = await make({ channel: 'porter', porter: { servicePointId: 'porter-arabia' }, requestReference: `REF-P-${mark}` })
  await step(agent, toPorter, { step: 'dispatch' })
  await step(porter, toPorter, { step: 'receive' })
  await tryCode(deps, username, code)
  const lookedAt = { ...passportCheck, issuingCountry: 'MH', validUntil: '2033-03-03', nameMatches: { reason: `name-reason-${mark}` } }
  await step(porter, toPorter, { step: 'hand-over', identityCheck: lookedAt })

  const { number: byLetter } = await make({
    channel: 'registered-letter', requestReference: `REF-L-${mark}`, letter: { recipient: `${first} ${last}`, lines: [`c/o Street-${mark}`, `Gatan ${mark}`], postcode: '33100', town: 'Tampere', country: 'FI' },
  })
  await step(agent, byLetter, { step: 'post', trackingNumber: tracking, personalHandover: true })
  await step(agent, byLetter, { step: 'return', note: `returned-words-${mark}` })

  const { number: atCounter } = await make({ channel: 'counter', identityCheck: lookedAt })
  await api(agent, { method: 'POST', url: `/slips/${atCounter}/void`, payload: { reason: `void-words-${mark}` } })
  return {
    id,
    username,
    numbers: [toPorter, byLetter, atCounter],
    markers: [
      username, first, last, `zofie${mark}`, `marker${mark}`, studentNumber, '1987-03-14', `REF-P-${mark}`, `REF-L-${mark}`, `Street-${mark}`, `Gatan ${mark}`, tracking,
      `name-reason-${mark}`, `returned-words-${mark}`, `void-words-${mark}`, '2033-03-03', '"MH"', 'Tampere',
    ],
  }
}
