import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { pick, readProblem } from '../helpers/projections.js'

t.test('answers about a postcode over the API', async t => {
  const { api, signIn } = await buildTestApp(t)
  const token = await signIn('agent')
  const get = async (postcode: string, headers = {}) => await api(token, { method: 'GET', url: `/postcodes/${postcode}`, headers })

  await t.test('allows a letter to a postcode outside the area', async t => {
    const answer = await get('02880')
    t.equal(answer.statusCode, 200)
    t.match(answer.headers['content-type'], /^application\/json/)
    t.strictSame(answer.json(), {
      postcode: '02880',
      town: { fi: 'VEIKKOLA', sv: 'VEIKKOLA' },
      municipality: { code: '257', name: 'Kirkkonummi' },
      kind: 'street',
      registeredLetter: 'allowed',
      dataDate: '2024-04-13',
    })
  })

  await t.test('names the municipality in the reader’s language', async t => {
    t.strictSame((await get('33100', { 'accept-language': 'sv' })).json().municipality, { code: '837', name: 'Tammerfors' })
    t.strictSame((await get('33100', { 'accept-language': 'fi' })).json().municipality, { code: '837', name: 'Tampere' })
  })

  await t.test('refuses a letter inside the area and to a postcode without homes', async t => {
    t.strictSame(pick((await get('02700')).json(), 'kind', 'registeredLetter', 'town'), { kind: 'street', registeredLetter: 'refused', town: { fi: 'KAUNIAINEN', sv: 'GRANKULLA' } })
    t.strictSame(pick((await get('20032')).json(), 'kind', 'registeredLetter'), { kind: 'corporate', registeredLetter: 'refused' })
  })

  await t.test('reads a postcode in every way in which it is written', async t => {
    for (const typed of ['FI-02880', 'fi 02880', '０２８８０', '02 880', '%D9%A0%D9%A2%D9%A8%D9%A8%D9%A0']) {
      const answer = await get(typed.startsWith('%') ? typed : encodeURIComponent(typed))
      t.strictSame([answer.statusCode, answer.json().postcode, answer.json().municipality.name], [200, '02880', 'Kirkkonummi'], typed)
    }
  })

  await t.test('reports an invalid postcode at its field', async t => {
    for (const postcode of ['2880', '028800', '02B80', '%00', '-', 'SE-02880', 'x'.repeat(150)]) {
      const answer = await get(postcode)
      t.equal(answer.statusCode, 400, postcode)
      t.matchOnlyStrict(pick(answer.json(), 'code', 'errors'), { code: 'validation-failed', errors: [{ path: 'postcode', message: /five digits/ }] }, postcode)
    }
  })

  await t.test('answers 404 for a postcode that is not in the register', async t => {
    const answer = await get('99998')
    t.equal(answer.statusCode, 404)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.strictSame(readProblem(answer), { status: 404, code: 'not-found' })
  })

  await t.test('requires signing in', async t => {
    t.equal((await api(undefined, { method: 'GET', url: '/postcodes/33100' })).statusCode, 401)
  })
})
