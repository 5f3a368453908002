import fc from 'fast-check'
import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { requireAccountId, homeAddress, postSlip, issueSlipNumber, passportCheck, buildIssueRequest, countIssueRows } from '../helpers/issue-slips.js'
import { pick, readProblem } from '../helpers/projections.js'

const test = await buildTestApp(t)
const { app, api, signIn } = test
const agent = await signIn('agent')
const auditor = await signIn('auditor')
const accountId = await requireAccountId(test, 'matvi1207')
const counter = await buildIssueRequest(test, 'matvi1207')
const porter = await buildIssueRequest(test, 'matvi1207', 'porter')
const letter = await buildIssueRequest(test, 'matvi1207', 'registered-letter')
const letterWith = (changes: Record<string, unknown>) => ({ ...letter, letter: { recipient: 'Matti Virtanen', ...homeAddress, ...changes } })
const checkWith = (changes: Record<string, unknown>) => ({ ...counter, identityCheck: { ...passportCheck, ...changes } })
const raw = async (payload: string, contentType = 'application/json') => await postSlip(test, agent, payload, { 'content-type': contentType })

/** Returns the code points of a text as hex, because unprintable characters break a test's name. */
const named = (text: string) => [...text].map(sign => sign.codePointAt(0)!.toString(16)).join(' ')

interface ProblemBody { status: number, code: string, title: string, detail: string, errors: Array<{ path: string, message: string }> }

t.test('reports every bad field with path and message and writes nothing', async t => {
  const table: Array<[what: string, body: unknown, path: string, sentence: RegExp, ...also: string[]]> = [
    ['no body at all', undefined, '', /Enter a value/],
    ['letters in a postcode', letterWith({ postcode: '33A00' }), 'letter.postcode', /five digits/],
    ['a postcode too long', letterWith({ postcode: '3'.repeat(17) }), 'letter.postcode', /five digits|at most/],
    ['no postcode', letterWith({ postcode: '' }), 'letter.postcode', /Enter a value/],
    ['30 February', checkWith({ validUntil: '2027-02-30' }), 'identityCheck.validUntil', /This date does not exist/],
    ['a day in Finnish', checkWith({ validUntil: '31.12.2030' }), 'identityCheck.validUntil', /This date does not exist/],
    ['a word for no expiry', checkWith({ validUntil: 'None' }), 'identityCheck.validUntil', /This date does not exist/],
    ['a word for the birth date', checkWith({ birthDateMatches: 'yes' }), 'identityCheck.birthDateMatches', /wrong type/],
    ['a long reason for the birth date', checkWith({ birthDateMatches: { reason: 'x'.repeat(201) } }), 'identityCheck.birthDateMatches.reason', /200 characters/],
    ['no day', checkWith({ validUntil: undefined }), 'identityCheck.validUntil', /Enter a value/],
    ['a Finnish postcode in Sweden', letterWith({ country: 'SE', postcode: 'FI-33100', town: 'Stockholm' }), 'letter.postcode', /^In Sweden a postcode has five digits, for example 114 55\./],
    ['a Swedish postcode in Finland', letterWith({ postcode: 'SE-114 55' }), 'letter.postcode', /^In Finland a postcode has five digits, for example 33100\./],
    ['no fixed address', letterWith({ lines: ['No fixed abode'] }), 'letter.lines.0', /^A registered letter needs an address/],
    ['a parcel locker', letterWith({ lines: ['Kauppakatu 5', 'Pakettiautomaatti 1234'] }), 'letter.lines.1', /^A letter cannot go to a parcel locker/],
    ['a dash for an address', letterWith({ lines: ['-'] }), 'letter.lines', /Enter the street address or PO box/],
    ['an e-mail address in an address', letterWith({ lines: ['Kauppakatu 5', 'aino@example.com'] }), 'letter.lines.1', /not part of a postal address/],
    ['an address in Sweden that ends in Finland', letterWith({ country: 'SE', postcode: '114 55', town: 'Helsinki, Finland' }), 'letter.town', /says Finland, but the country chosen for the letter is Sweden/],
    ['an unknown country of a letter', letterWith({ country: 'XX' }), 'letter.country', /This country does not exist/],
    ['an unknown issuing country', checkWith({ issuingCountry: 'Suomi' }), 'identityCheck.issuingCountry', /This country does not exist/],
    ['an unknown document', checkWith({ documentType: 'library-card' }), 'identityCheck.documentType', /passport/],
    ['a number for a tick', checkWith({ photoMatches: 1 }), 'identityCheck.photoMatches', /wrong type/],
    ['a word for the name', checkWith({ nameMatches: 'yes' }), 'identityCheck.nameMatches', /wrong type/],
    ['a reason that is a number', checkWith({ nameMatches: { reason: 7 } }), 'identityCheck.nameMatches.reason', /wrong type/],
    ['a reason too long', checkWith({ nameMatches: { reason: 'x'.repeat(201) } }), 'identityCheck.nameMatches.reason', /200 characters/],
    ['a document number, which is never stored', checkWith({ documentNumber: 'X1234567' }), 'identityCheck', /no field with this name: documentNumber/],
    ['an unknown field', { ...counter, code: 'AAAAA-AAAAA-AAAAA' }, '', /no field with this name: code/],
    ['an unknown channel', { ...counter, channel: 'pigeon' }, 'channel', /counter, porter, registered-letter/],
    ['no channel', { ...counter, channel: undefined }, 'channel', /Enter a value/],
    ['an account id that is none', { ...counter, accountId: 'matvi1207' }, 'accountId', /the id has the wrong format/],
    ['an account id that is a number', { ...counter, accountId: 7 }, 'accountId', /the id has the wrong format/],
    ['no account id', { ...counter, accountId: undefined }, 'accountId', /Enter a value/],
    ['an unknown language', { ...counter, language: 'de' }, 'language', /fi, sv or en/],
    ['an unknown desk', { ...porter, porter: { servicePointId: 'porter-nowhere' } }, 'porter.servicePointId', /Choose one/],
    ['no desk', { ...porter, porter: {} }, 'porter.servicePointId', /Enter a value/],
    ['a reference too long', { ...porter, requestReference: 'x'.repeat(101) }, 'requestReference', /100 characters/],
    ['lines that are no list', letterWith({ lines: 'Kauppakatu 5' }), 'letter.lines', /wrong type/],
    ['no lines', letterWith({ lines: [] }), 'letter.lines', /Enter the street address or PO box/],
    ['too many lines', letterWith({ lines: ['a', 'b', 'c', 'd'] }), 'letter.lines', /Enter at most 3 lines/],
    ['a line too long', letterWith({ lines: ['x'.repeat(46)] }), 'letter.lines.0', /45 characters/],
    ['a line that is a number', letterWith({ lines: [7] }), 'letter.lines.0', /wrong type/],
    ['a list', [], '', /wrong type/],
    ['a text', 'counter', '', /wrong type/],
    ['a number', 7, '', /wrong type/],
    ['a list for an object', { ...counter, identityCheck: [] }, 'identityCheck', /wrong type/],
    ['null for an object', { ...letter, letter: null }, 'letter', /wrong type/],
    ['no letter and a reference too long', { ...letter, letter: undefined, requestReference: 'x'.repeat(101) }, 'letter', /needs `letter`/, 'requestReference'],
    ['a desk for a counter slip and no day', { ...checkWith({ validUntil: undefined }), porter: { servicePointId: 'porter-arabia' } }, 'porter', /does not belong/, 'identityCheck.validUntil'],
    ['deep JSON', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, '', /no field with this name: a/, 'accountId', 'channel'],
  ]
  const before = await countIssueRows(test)
  for (const [what, body, path, sentence, ...also] of table) {
    const answer = typeof body === 'string' && body.startsWith('{') ? await raw(body) : body === undefined ? await postSlip(test, agent, undefined) : await raw(JSON.stringify(body))
    const { errors, ...problem } = readProblem(answer)
    t.strictSame(problem, { status: 400, code: 'validation-failed' }, what)
    t.strictSame([...new Set(errors)].sort(), [path, ...also].sort(), what)
    t.match(answer.json<ProblemBody>().errors.find(error => error.path === path)?.message, sentence, what)
  }
  t.strictSame(await countIssueRows(test), before)
})

t.test('refuses control characters, NUL and lone surrogates in every text field', async t => {
  const before = await countIssueRows(test)
  for (const bad of ['a\u0000b', 'a\u0007b', 'a\nb', 'a\ud800b', 'a\u202eb', '\u2028x']) {
    const fields: Array<[unknown, string]> = [
      [letterWith({ recipient: bad }), 'letter.recipient'],
      [letterWith({ lines: [bad] }), 'letter.lines.0'],
      [letterWith({ postcode: bad }), 'letter.postcode'],
      [letterWith({ town: bad }), 'letter.town'],
      [letterWith({ country: bad }), 'letter.country'],
      [{ ...letter, requestReference: bad }, 'requestReference'],
      [{ ...porter, porter: { servicePointId: bad } }, 'porter.servicePointId'],
      [checkWith({ nameMatches: { reason: bad } }), 'identityCheck.nameMatches.reason'],
      [checkWith({ birthDateMatches: { reason: bad } }), 'identityCheck.birthDateMatches.reason'],
      [checkWith({ issuingCountry: bad }), 'identityCheck.issuingCountry'],
      [checkWith({ validUntil: bad }), 'identityCheck.validUntil'],
      [checkWith({ documentType: bad }), 'identityCheck.documentType'],
      [{ ...counter, accountId: bad }, 'accountId'],
      [{ ...counter, channel: bad }, 'channel'],
      [{ ...counter, language: bad }, 'language'],
    ]
    for (const [body, path] of fields) {
      const answer = await postSlip(test, agent, body)
      const { errors, ...problem } = readProblem(answer)
      t.strictSame({ ...problem, paths: [...new Set(errors)] }, { status: 400, code: 'validation-failed', paths: [path] }, `${path} ${named(bad)}`)
    }
  }
  t.strictSame(await countIssueRows(test), before)
})

t.test('reports an unreadable body with its own problem', async t => {
  const before = await countIssueRows(test)
  const table: Array<[what: string, answer: Awaited<ReturnType<typeof raw>>, status: number, code: string]> = [
    ['broken JSON', await raw('{"accountId":'), 400, 'validation-failed'],
    ['an empty body that should be JSON', await raw(''), 400, 'validation-failed'],
    ['null', await raw('null'), 400, 'validation-failed'],
    ['__proto__', await raw(`{"__proto__":{"channel":"counter"},"accountId":"${accountId}"}`), 400, 'validation-failed'],
    ['a constructor’s prototype', await raw('{"constructor":{"prototype":{"channel":"counter"}}}'), 400, 'validation-failed'],
    ['plain text', await raw('counter', 'text/plain'), 415, 'unsupported-media-type'],
    ['a form', await raw('channel=counter', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type'],
    ['XML', await raw('<slip/>', 'application/xml'), 415, 'unsupported-media-type'],
    ['a content type that is none', await raw('{}', 'json'), 415, 'unsupported-media-type'],
    ['200 kB', await raw(JSON.stringify({ ...counter, requestReference: 'x'.repeat(200_000) })), 413, 'too-large'],
    ['60 kB in one field', await raw(JSON.stringify({ ...counter, requestReference: 'x'.repeat(60_000) })), 400, 'validation-failed'],
  ]
  for (const [what, answer, status, code] of table) {
    t.strictSame(pick(readProblem(answer), 'status', 'code'), { status, code }, what)
    if (code === 'validation-failed') t.equal(readProblem(answer).errors?.length, 1, `${what} has a path and a sentence`)
  }
  t.strictSame(await countIssueRows(test), before)
})

t.test('answers any search, filter or address without a server error', async t => {
  await issueSlipNumber(test, agent, await buildIssueRequest(test, 'aasob1415'))
  const nasty = ["'; drop table slips; --", "' or 1=1 --", '%', '_', '\\', '\u0000', 'a\u0000b', '\ud800', '"', '<script>', '$' + '{7*7}', '{{7*7}}', '$t(common.product)', '🙂'.repeat(50), 'x'.repeat(200)]
  for (const text of nasty) {
    const typed = encodeURIComponent(text.replace('\ud800', '')) + (text === '\ud800' ? '%ED%A0%80' : '')
    for (const [token, url] of [
      [agent, `/accounts?q=${typed}`], [agent, `/accounts/${typed}`], [agent, `/accounts/${typed}/channels`], [agent, `/slips/${typed}`],
      [agent, `/slips?state=${typed}`], [agent, `/slips?channel=${typed}`], [agent, `/slips?servicePointId=${typed}`], [agent, `/slips?accountId=${typed}`],
      [agent, `/slips?from=${typed}`], [agent, `/slips?to=${typed}`], [agent, `/slips?cursor=${typed}`], [agent, `/slips?limit=${typed}`],
      [agent, `/accounts/${accountId}/channels?postcode=${typed}`], [agent, `/accounts/${accountId}/channels?postcode=33100&town=${typed}`], [agent, `/accounts/${accountId}/channels?country=${typed}`],
      [agent, `/postcodes/${typed}`], [auditor, `/delivery-records?servicePointId=${typed}`], [auditor, `/delivery-records?format=${typed}`],
      [auditor, `/delivery-records?from=${typed}`], [auditor, `/delivery-records?bom=${typed}`],
    ] as const) {
      const answer = await api(token, { url })
      t.ok(answer.statusCode < 500, `${url} ${answer.statusCode}`)
      if (answer.statusCode === 400) {
        t.ok(answer.json<ProblemBody>().errors.every(error => error.message !== ''), `${url} ${answer.body}`)
      }
    }
  }
  t.equal((await api(agent, { url: '/slips' })).json<{ items: unknown[] }>().items.length, 1, 'nothing was dropped')
})

t.test('applies the address rules however postcode and country are written', async t => {
  const refusals = async (query: string) => {
    const answer = await api(agent, { method: 'GET', url: `/accounts/${accountId}/channels?${query}` })
    return answer.statusCode === 200 ? answer.json().items[2].refusals.map(({ code }: { code: string }) => code) : [answer.statusCode, answer.json().errors[0].message]
  }
  for (const query of ['postcode=02770', 'postcode=FI-02770', `postcode=${encodeURIComponent('０２７７０')}`, 'postcode=fi%2002770&country=fi', 'postcode=02%20770&country=AX', 'postcode=FI-02770&town=Esbo']) {
    t.strictSame(await refusals(query), ['registered-letter-inside-area'], query)
  }
  t.strictSame(await refusals('postcode=FI-22100&country=ax&town=Mariehamn'), [])
  t.strictSame(await refusals('postcode=se-11455&country=se&town=Stockholm'), [])
  t.strictSame(await refusals('postcode=02770&country=DE&town=Espoo'), ['postcode-town-mismatch', 'registered-letter-inside-area'])
  t.strictSame(await refusals('postcode=11455&country=SE&town=Helsinki'), ['postcode-town-mismatch'])
  t.strictSame(await refusals('postcode=02770&country=SE'), [400, 'In Sweden a postcode has five digits, for example 114 55. Check the postcode and the country.'])
})

t.test('reports an invalid filter at its field', async t => {
  const table: Array<[query: string, path: string, sentence: RegExp]> = [
    ['from=2026-02-30', 'from', /This time does not exist/], ['to=yesterday', 'to', /This time does not exist/], ['from=2026-11-20&to=2026-11-19', 'to', /ends before it begins/],
    ['state=lost', 'state', /prepared, dispatched/], ['channel=email', 'channel', /counter, porter or registered-letter/], ['accountId=7', 'accountId', /the id has the wrong format/],
    ['servicePointId=Helpdesk%00', 'servicePointId', /Choose one/], ['limit=0', 'limit', /at least 1/], ['limit=201', 'limit', /at most 200/], ['limit=many', 'limit', /./],
    ['cursor=x', 'cursor', /Start again/], ['state=prepared&state=posted', 'state', /./], ['cursor=a&cursor=b', 'cursor', /./],
  ]
  for (const [query, path, sentence] of table) {
    const answer = await api(agent, { url: `/slips?${query}` })
    t.equal(answer.statusCode, 400, query)
    t.matchOnlyStrict(pick(answer.json(), 'code', 'errors'), { code: 'validation-failed', errors: [{ path, message: sentence }] }, query)
  }
  for (const query of ['from=0000-01-01', 'to=9999-12-31', 'from=2026-11-19&to=2026-11-19', 'from=2026-11-19T07:30:00%2B02:00', 'from=0000-01-01T00:00:00Z', 'to=9999-12-31T23:59:59Z']) {
    t.equal((await api(agent, { url: `/slips?${query}` })).statusCode, 200, query)
  }
})

t.test('refuses foreign and invented cursors, and lists end', async t => {
  for (const username of ['sofla2247', 'onnhe9102', 'aadko3374']) await issueSlipNumber(test, agent, await buildIssueRequest(test, username))
  const first = (await api(agent, { url: '/slips?limit=2' })).json<{ items: Array<{ number: string }>, next: string }>()
  const second = (await api(agent, { url: `/slips?limit=2&cursor=${first.next}` })).json<{ items: Array<{ number: string }>, next?: string }>()
  t.equal(new Set([...first.items, ...second.items].map(slip => slip.number)).size, 4, 'each slip once')
  t.notOk('next' in second, 'the last page has no cursor')
  const accounts = (await api(agent, { url: '/accounts?limit=2' })).json<{ next: string }>()
  const made = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url')
  for (const url of [
    `/slips?cursor=${accounts.next}`, `/accounts?cursor=${first.next}`, `/slips?state=voided&cursor=${first.next}`,
    `/slips?cursor=${made(['slips', []])}`, `/slips?cursor=${made({})}`, `/slips?cursor=${made(null)}`, '/slips?cursor=%00', `/slips?cursor=${'A'.repeat(1900)}`,
  ]) {
    const answer = await api(agent, { url })
    t.equal(answer.statusCode, 400, url)
    t.matchOnlyStrict(pick(answer.json(), 'code', 'errors'), { code: 'validation-failed', errors: [{ path: 'cursor', message: /cursor/ }] }, url)
  }
  t.equal((await api(agent, { url: `/slips?cursor=${'A'.repeat(2001)}` })).statusCode, 400)
  t.equal((await api(await signIn('porter'), { url: `/slips?cursor=${first.next}` })).statusCode, 400, 'a porter cannot use an agent’s cursor')
})

t.test('finds nothing for an id of another kind', async t => {
  const slip = await api(agent, { url: '/slips?limit=1' }).then(answer => answer.json<{ items: Array<{ number: string }> }>().items[0]!.number)
  const staff = (await test.deps.db.selectFrom('staff').select('id').where('login', '=', 'agent').executeTakeFirstOrThrow()).id
  for (const id of [slip, staff, 'agent', 'porter-arabia', '7', accountId.slice(1)]) {
    t.strictSame(readProblem(await api(agent, { url: `/accounts/${id}` })), { status: 404, code: 'not-found' }, id)
  }
  t.strictSame(readProblem(await postSlip(test, agent, { ...counter, accountId: staff })), { status: 404, code: 'not-found' })
  t.strictSame(readProblem(await api(agent, { url: `/slips/${accountId}` })), { status: 404, code: 'not-found' })
})

t.test('reports faults in the language of the client', async t => {
  const message = async (language: string) => {
    const { title, errors } = (await postSlip(test, agent, checkWith({ validUntil: '2027-02-30' }), { 'accept-language': language })).json<ProblemBody>()
    return [title, ...errors.map(error => error.message)]
  }
  t.matchOnlyStrict(await message('fi'), ['Tarkista tiedot', /Tällaista päivää ei ole/])
  t.matchOnlyStrict(await message('sv-FI'), ['Kontrollera uppgifterna', /Det finns ingen sådan dag/])
  t.matchOnlyStrict(await message('de'), ['Check what you entered', /This date does not exist/])
})

t.test('shows typed text literally, never as a translation template', async t => {
  for (const town of ['$t(common.product)', '{{postcode}}', '<b>Turku</b>']) {
    const answer = await postSlip(test, agent, letterWith({ town }))
    t.equal(answer.statusCode, 422, town)
    t.ok(answer.json<ProblemBody>().detail.includes(town), answer.body)
  }
})

t.test('answers any body with a problem, never with a server error', async () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('counter', 'porter', 'registered-letter', 'FI', '33100', 'passport', '2030-12-31', accountId, 'porter-arabia', '\u0000'))
  const anyValue: fc.Arbitrary<unknown> = fc.oneof(anyText, fc.boolean(), fc.integer(), fc.constant(null), fc.array(anyText, { maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }))
  const maybe = (good: unknown) => fc.oneof({ weight: 3, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: anyValue })
  const anyBody = fc.oneof({ weight: 1, arbitrary: fc.jsonValue() }, {
    weight: 4,
    arbitrary: fc.record({
      accountId: maybe(accountId),
      channel: maybe('registered-letter'),
      identityCheck: fc.oneof(fc.constant(undefined), fc.record({ documentType: maybe('passport'), issuingCountry: maybe('FI'), validUntil: maybe('2030-12-31'), photoMatches: maybe(false), nameMatches: maybe(false) }), anyValue),
      porter: fc.oneof(fc.constant(undefined), fc.record({ servicePointId: maybe('porter-arabia') }), anyValue),
      letter: fc.oneof(fc.record({ recipient: maybe('Somebody Else'), lines: fc.oneof(fc.array(maybe('Kauppakatu 5'), { maxLength: 5 }), anyValue), postcode: maybe('33100'), town: maybe('Tampere'), country: maybe('FI') }), anyValue),
      requestReference: maybe('REQ-1'),
      language: maybe('fi'),
    }, { requiredKeys: [] }),
  })
  await fc.assert(fc.asyncProperty(anyBody, async body => {
    const answer = await raw(JSON.stringify(body))
    if (![400, 404, 422].includes(answer.statusCode)) throw new Error(`${answer.statusCode} ${answer.body.slice(0, 300)}`)
    const problem = answer.json<ProblemBody>()
    if (problem.code === 'validation-failed' && (problem.errors ?? []).length === 0) throw new Error(answer.body)
  }), { numRuns: 300 })
})

t.test('answers 404 for an address that cannot be decoded', async t => {
  t.equal((await app.inject({ url: '/api/v1/accounts/%zz' })).statusCode, 404)
  t.equal((await app.inject({ url: '/%' })).statusCode, 404)
})
