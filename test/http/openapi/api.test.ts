import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import t from 'tap'
import { projectRoot } from '../../helpers/project-root.js'
import { listFields } from '../../../src/http/openapi/api-reference.js'
import type { Content, OpenApiDocument, OperationObject } from '../../../src/http/openapi/document.js'
import { createSchemaChecker, listOperations, fetchOpenApiDocument } from '../../helpers/api-document.js'
import { buildTestApp } from '../../helpers/app.js'
import { pick } from '../../helpers/projections.js'

/** The contract: the parameters and body fields of each operation, its status, and fields of its answer. */
const contract: Readonly<Record<string, { takes: string[], status: string, gives: string[] }>> = {
  'POST /sessions': {
    takes: ['login', 'password', 'servicePointId'],
    status: '201',
    gives: ['token', 'expiresAt', 'staff.login', 'staff.name', 'staff.roles', 'servicePoint'],
  },
  'DELETE /sessions/current': { takes: [], status: '204', gives: [] },
  'GET /service-points': { takes: ['limit', 'cursor'], status: '200', gives: ['id', 'kind', 'name', 'openNow', 'opensAt', 'closesAt'].map(field => `items[].${field}`).concat('next') },
  'GET /accounts': {
    takes: ['q', 'limit', 'cursor'],
    status: '200',
    gives: ['id', 'username', 'displayName', 'affiliation', 'status', 'preferredLanguage'].map(field => `items[].${field}`).concat('next'),
  },
  'GET /accounts/{id}': { takes: ['id'], status: '200', gives: ['id', 'username', 'displayName', 'affiliation', 'status', 'preferredLanguage', 'openSlip.number', 'openSlip.state'] },
  'GET /accounts/{id}/channels': {
    takes: ['id', 'country', 'postcode', 'town'],
    status: '200',
    gives: ['items[].channel', 'items[].allowed', 'items[].refusals[].code', 'items[].refusals[].detail'],
  },
  'GET /postcodes/{postcode}': {
    takes: ['postcode'],
    status: '200',
    gives: ['postcode', 'town.fi', 'town.sv', 'municipality.code', 'municipality.name', 'kind', 'registeredLetter', 'dataDate'],
  },
  'POST /slips': {
    takes: [
      'Idempotency-Key', 'accountId', 'channel', 'requestReference', 'language', 'porter.servicePointId',
      'letter.recipient', 'letter.lines', 'letter.postcode', 'letter.town', 'letter.country',
      'identityCheck.documentType', 'identityCheck.issuingCountry', 'identityCheck.validUntil', 'identityCheck.photoMatches',
      'identityCheck.nameMatches', 'identityCheck.nameMatches.reason', 'identityCheck.birthDateMatches', 'identityCheck.birthDateMatches.reason',
    ],
    status: '201',
    gives: [],
  },
  'GET /slips': { takes: ['state', 'channel', 'servicePointId', 'accountId', 'from', 'to', 'limit', 'cursor'], status: '200', gives: ['items[].number', 'items[].steps[].step', 'next'] },
  'GET /slips/{number}': {
    takes: ['number'],
    status: '200',
    gives: [
      'number', 'state', 'live', 'channel', 'account', 'issuedAt', 'issuedBy', 'expiresAt', 'delivery',
      ...['step', 'from', 'to', 'at', 'by', 'servicePoint', 'identityCheck', 'note'].map(field => `steps[].${field}`),
    ],
  },
  'POST /slips/{number}/void': { takes: ['number', 'reason'], status: '200', gives: ['number', 'state'] },
  'POST /redemptions': { takes: ['username', 'code', 'reserve'], status: '200', gives: ['slipNumber', 'accountId', 'redeemedAt', 'reservation', 'confirmBy'] },
  'POST /redemptions/{reservation}/confirm': { takes: ['reservation'], status: '200', gives: ['slipNumber', 'accountId', 'redeemedAt'] },
  'DELETE /redemptions/{reservation}': { takes: ['reservation'], status: '204', gives: [] },
  'GET /audit/checkpoint': { takes: [], status: '200', gives: [] },
  'GET /audit/verifier-key': { takes: [], status: '200', gives: [] },
  'GET /audit/leaves': { takes: ['from', 'limit'], status: '200', gives: [] },
  'GET /audit/proofs/inclusion': { takes: ['leaf', 'size'], status: '200', gives: ['hashes'] },
  'GET /audit/proofs/consistency': { takes: ['from', 'to'], status: '200', gives: ['hashes'] },
  'GET /delivery-records': {
    takes: ['from', 'to', 'channel', 'state', 'servicePointId', 'format'],
    status: '200',
    gives: [
      'slipNumber', 'username', 'displayName', 'affiliation', 'channel', 'state', 'issuedAt', 'issuedBy', 'servicePoint',
      'requestReference', 'trackingNumber', 'steps',
    ].map(field => `items[].${field}`),
  },
}

t.test('describes the API', async t => {
  const { app } = await buildTestApp(t)
  const document = await fetchOpenApiDocument(app)
  const operations = listOperations(document)

  t.test('in valid OpenAPI 3.1, as JSON, for anyone', async t => {
    const answer = await app.inject('/openapi.json')
    t.equal(answer.statusCode, 200)
    t.equal(answer.headers['content-type'], 'application/json; charset=utf-8')
    t.equal(document.openapi, '3.1.0')
    t.strictSame(await new Validator().validate(answer.json()), { valid: true })
  })

  t.test('under the institution’s name and the program’s version, API paths only', async t => {
    const { version } = JSON.parse(readFileSync(new URL('package.json', projectRoot), 'utf8')) as { version: string }
    t.strictSame(pick(document.info, 'title', 'version'), { title: 'Slipdesk, Metropolia University of Applied Sciences', version })
    t.ok(Object.keys(document.paths).every(path => path.startsWith('/api/v1/')))
  })

  t.test('with the input and output of every call of the contract', async t => {
    for (const [name, { takes, status, gives }] of Object.entries(contract)) {
      const operation = operations.find(([one]) => one === name)?.[1]
      t.ok(operation, `${name} is described`)
      if (operation === undefined) continue
      t.strictSame(takes.filter(one => !listTakenFields(operation, document).includes(one)), [], `${name} takes all parameters`)
      const content = operation.responses[status]?.content
      t.strictSame(gives.filter(one => !listContentFields(content, document).includes(one)), [], `${name} returns all fields`)
    }
  })

  t.test('with a bearer token for every call except signing in', async t => {
    t.strictSame((document as { security?: unknown }).security, [{ bearer: [] }])
    t.strictSame((document as { components: { securitySchemes?: unknown } }).components.securitySchemes, { bearer: { type: 'http', scheme: 'bearer', description: 'The token of POST /sessions' } })
    t.strictSame(operations.filter(([, { security }]) => security?.length === 0).map(([name]) => name), ['POST /sessions'])
  })

  t.test('with one schema for every problem', async t => {
    for (const [name, { responses }] of operations) {
      const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400)
      t.ok(failures.length >= 3, `${name} describes its errors`)
      for (const [status, { description, content }] of failures) {
        t.strictSame(Object.keys(content ?? {}), ['application/problem+json'], `${name} ${status}`)
        t.strictSame(content?.['application/problem+json']?.schema, { $ref: '#/components/schemas/Problem' })
        t.not(description, 'Default Response')
      }
    }
  })

  t.test('with PDF headers for the slip and four formats for the records', async t => {
    const paper = document.paths['/api/v1/slips']!['post']!
    t.strictSame(Object.keys(paper.responses['201']!.content!), ['application/pdf'])
    t.strictSame(Object.keys(paper.responses['201']!.headers!), ['Location', 'Slip-Number'])
    const records = document.paths['/api/v1/delivery-records']!['get']!
    t.strictSame(Object.keys(records.responses['200']!.content!), ['application/json', 'text/csv', 'application/x-ndjson', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'])
  })

  t.test('with times as date-time', async t => {
    const times = listFields(document.components.schemas['Slip']!, document.components.schemas).filter(({ path }) => /(At|By|\.at)$/.test(path) && !/[dD]By$/.test(path))
    t.strictSame(times.map(({ path, type }) => `${path} ${type}`), ['issuedAt date-time', 'expiresAt date-time', 'delivery.porter.collectBy date-time', 'steps[].at date-time'])
  })

  t.test('with examples that fit their schemas', async t => {
    const misfits = createSchemaChecker(document)
    for (const [name, { requestBody, responses }] of operations) {
      const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)].flatMap(content => Object.entries(content ?? {}))
      for (const [type, { schema, example }] of contents) {
        if (type === 'application/json') t.not(example, undefined, `${name} has an example`)
        if (example !== undefined) t.strictSame(misfits(schema, example), [], `${name}: the example fits`)
      }
    }
  })
})

function listTakenFields ({ parameters = [], requestBody }: OperationObject, document: OpenApiDocument): string[] {
  return [...parameters.map(({ name }) => name), ...listContentFields(requestBody?.content, document)]
}

function listContentFields (content: Content | undefined, document: OpenApiDocument): string[] {
  return Object.values(content ?? {}).flatMap(({ schema }) => listFields(schema, document.components.schemas).map(({ path }) => path))
}
