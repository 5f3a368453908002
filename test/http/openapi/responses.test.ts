/** Checks that answers match the API document, whatever data they contain. */
import t, { type Test } from 'tap'
import type { Content } from '../../../src/http/openapi/document.js'
import { createSchemaChecker, fetchOpenApiDocument } from '../../helpers/api-document.js'
import { buildTestApp } from '../../helpers/app.js'

const identityCheck = { documentType: 'passport', issuingCountry: 'SE', validUntil: '2030-05-31', photoMatches: true, nameMatches: { reason: 'A changed name' }, birthDateMatches: true }
const letter = { recipient: 'Matti Virtanen', lines: ['Kylätie 3'], postcode: '02880', town: 'Veikkola', country: 'FI' }
const abroad = { recipient: 'Anna Korhonen', lines: ['Storgatan 1'], postcode: '111 29', town: 'Stockholm', country: 'SE' }

t.test('answers match the document', async t => {
  const { app, api, signIn } = await buildTestApp(t)
  const document = await fetchOpenApiDocument(app)
  const misfits = createSchemaChecker(document)
  const agent = await signIn('agent')
  const auditor = await signIn('auditor')
  const accounts = (await api(agent, { url: '/accounts?limit=200' })).json<{ items: Array<{ id: string, username: string }> }>().items
  const idOf = (username: string): string => accounts.find(account => account.username === username)!.id

  /** Requests an address and validates the answer against the schema of its path and status. */
  async function fits (t: Test, token: string, url: string, path: string, expected = 200): Promise<void> {
    const answer = await api(token, { url })
    t.equal(answer.statusCode, expected, url)
    const content: Content = document.paths[`/api/v1${path}`]!['get']!.responses[expected]!.content!
    t.strictSame(misfits(Object.values(content)[0]!.schema, answer.json()), [], `${url} matches its schema`)
  }

  const numbers: string[] = []
  for (const payload of [
    { accountId: idOf('lukng2101'), channel: 'counter', identityCheck },
    { accountId: idOf('annko4420'), channel: 'porter', porter: { servicePointId: 'porter-arabia' }, requestReference: 'HD-2026-1' },
    { accountId: idOf('matvi1207'), channel: 'registered-letter', letter, requestReference: 'HD-2026-2', language: 'sv' },
    { accountId: idOf('annko5562'), channel: 'registered-letter', letter: abroad, requestReference: 'HD-2026-3', language: 'fi' },
  ]) {
    const answer = await api(agent, { method: 'POST', url: '/slips', payload })
    t.equal(answer.statusCode, 201, answer.statusCode === 201 ? payload.channel : answer.body)
    t.equal(answer.headers['content-type'], 'application/pdf')
    t.equal(answer.headers.location, `/api/v1/slips/${String(answer.headers['slip-number'])}`)
    numbers.push(String(answer.headers['slip-number']))
  }

  t.test('of lists and of single items, for every channel', async t => {
    await fits(t, agent, '/accounts?limit=5', '/accounts')
    await fits(t, agent, '/service-points?limit=2', '/service-points')
    await fits(t, agent, '/postcodes/02770', '/postcodes/{postcode}')
    await fits(t, auditor, '/slips?limit=2', '/slips')
    await fits(t, auditor, '/delivery-records', '/delivery-records')
    for (const number of numbers) await fits(t, auditor, `/slips/${number}`, '/slips/{number}')
  })

  t.test('of every account, whatever its affiliation, status and name', async t => {
    for (const { id } of accounts) {
      await fits(t, agent, `/accounts/${id}`, '/accounts/{id}')
      await fits(t, agent, `/accounts/${id}/channels?postcode=02770&town=Espoo`, '/accounts/{id}/channels')
    }
  })

  t.test('of a voided slip', async t => {
    const answer = await api(agent, { method: 'POST', url: `/slips/${numbers[0]}/void`, payload: { reason: 'print-failed' } })
    t.equal(answer.statusCode, 200)
    t.strictSame(misfits({ $ref: '#/components/schemas/Slip' }, answer.json()), [])
    await fits(t, auditor, `/slips/${numbers[0]}`, '/slips/{number}')
  })

  t.test('of problems', async t => {
    await fits(t, agent, '/accounts?limit=0', '/accounts', 400)
    await fits(t, 'no-such-token', '/accounts', '/accounts', 401)
    await fits(t, auditor, '/accounts', '/accounts', 403)
    await fits(t, agent, '/slips/ABC', '/slips/{number}', 404)
    const refused = await api(agent, { method: 'POST', url: '/slips', payload: { accountId: idOf('vilma8417'), channel: 'sms' } })
    t.equal(refused.statusCode, 422)
    t.strictSame(misfits({ $ref: '#/components/schemas/Problem' }, refused.json()), [])
  })
})
