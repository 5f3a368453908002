import t from 'tap'
import { problemCodes } from '../../../src/http/problems.js'
import { listOperations, fetchOpenApiDocument } from '../../helpers/api-document.js'
import { buildTestApp } from '../../helpers/app.js'

const { app, deps } = await buildTestApp(t)

t.test('shows the API documentation to anyone, without scripts', async t => {
  const page = await app.inject('/docs')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-type'], 'text/html')

  t.test('has an anchor for every call, linked from the contents', async t => {
    for (const [name, { operationId, summary }] of listOperations(await fetchOpenApiDocument(app))) {
      t.match(page.body, `id="${operationId}"`, name)
      t.match(page.body, `href="#${operationId}"`)
      t.match(page.body, summary)
    }
  })

  t.test('has the anchor that each problem type refers to', async t => {
    for (const code of problemCodes) t.match(page.body, `id="problem-${code}"`)
    const problem = (await app.inject('/api/v1/accounts')).json<{ type: string }>()
    t.equal(problem.type, 'http://127.0.0.1:3000/docs#problem-not-signed-in')
  })

  t.test('shows examples as escaped JSON', async t => {
    t.match(page.body, '&quot;displayName&quot;: &quot;Matti Virtanen&quot;')
    t.notMatch(page.body, '<script>')
    t.notMatch(page.body, 'undefined')
    t.notMatch(page.body, '[object')
  })

  t.test('in the reader’s language', async t => {
    for (const [language, title, policy] of [
      ['fi', '<h1>Rajapinta</h1>', 'Tunnus on lukittu'], ['sv', '<h1>API</h1>', 'Kontot är låst'], ['en', '<h1>API</h1>', 'The account is locked'],
    ] as const) {
      const { body } = await app.inject({ url: '/docs', headers: { 'accept-language': language } })
      t.match(body, `<html lang="${language}"`)
      t.match(body, title)
      t.match(body, policy)
    }
  })
})

t.test('has a public accessibility statement with a contact', async t => {
  for (const [language, title] of [['fi', 'Saavutettavuusseloste'], ['sv', 'Tillgänglighetsutlåtande'], ['en', 'Accessibility statement']] as const) {
    const answer = await app.inject({ url: '/accessibility', headers: { 'accept-language': language } })
    t.equal(answer.statusCode, 200)
    t.match(answer.body, `<h1>${title}</h1>`)
    t.match(answer.body, `mailto:${deps.profile.contact.email}`)
  }
})
