/**
 * Examples for the API reference, by operation: requests and answers. All people are fictional. Pure; a test checks
 * every example against its schema.
 */
import type { Content, OpenApiDocument, OperationObject } from './document.js'

interface OperationExamples {
  readonly body?: unknown
  /** By status. */
  readonly responses?: Readonly<Record<string, unknown>>
}

const matti = { id: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11', username: 'matvi1207', displayName: 'Matti Virtanen', affiliation: 'student' }
const account = { ...matti, status: 'active', preferredLanguage: 'fi' }
const identityCheck = {
  documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-05-31', photoMatches: true, nameMatches: true, birthDateMatches: true,
}
const EXAMPLE_SLIP_NUMBER = '7KM-2QX-9TH'
const issueStep = {
  step: 'issue', from: null, to: 'handed-over', at: '2026-11-21T15:57:00+02:00', by: 'agent', servicePoint: 'helpdesk-myllypuro', identityCheck: 'passport',
}
const counterSlip = {
  number: EXAMPLE_SLIP_NUMBER,
  state: 'handed-over',
  live: true,
  channel: 'counter',
  account: matti,
  issuedAt: issueStep.at,
  issuedBy: 'agent',
  servicePoint: 'helpdesk-myllypuro',
  expiresAt: '2026-11-28T23:59:59+02:00',
  delivery: { channel: 'counter' },
  steps: [issueStep],
}
const handedOverSlip = {
  ...counterSlip,
  channel: 'porter',
  expiresAt: '2026-11-30T23:59:59+02:00',
  requestReference: 'REQ-20417',
  delivery: { channel: 'porter', porter: { servicePointId: 'porter-arabia', collectBy: '2026-12-04T18:00:00+02:00' } },
  steps: [
    { ...issueStep, to: 'prepared', identityCheck: undefined },
    { step: 'dispatch', from: 'prepared', to: 'dispatched', at: '2026-11-21T16:10:00+02:00', by: 'agent', servicePoint: 'helpdesk-myllypuro' },
    { step: 'receive', from: 'dispatched', to: 'at-porter', at: '2026-11-23T08:40:00+02:00', by: 'porter', servicePoint: 'porter-arabia' },
    { step: 'hand-over', from: 'at-porter', to: 'handed-over', at: '2026-11-23T11:05:00+02:00', by: 'porter', servicePoint: 'porter-arabia', identityCheck: 'passport' },
  ],
}
const voidedSlip = {
  ...counterSlip,
  state: 'voided',
  live: false,
  steps: [issueStep, { step: 'void', from: 'handed-over', to: 'voided', at: '2026-11-21T16:02:10+02:00', by: 'agent', servicePoint: 'helpdesk-myllypuro', note: 'print-failed' }],
}
const INSIDE_AREA_DETAIL = 'Postcode 02770 is in Espoo (postcode data of 13 April 2024). Registered letters go only outside the Helsinki metropolitan area. Offer: counter, or the porter at a campus (Arabia, Karamalmi, Myllypuro, Myyrmäki).'
const prohibitedChannel = (channel: string, name: string) => ({
  channel, allowed: false, refusals: [{ code: 'channel-prohibited', detail: `Codes are never sent or given by ${name}, to anyone. They are only printed on paper. Offer one of the allowed channels.` }],
})
const helpdesk = { id: 'helpdesk-myllypuro', kind: 'helpdesk', name: 'Helpdesk Myllypuro' }

interface ProblemMembers {
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors?: unknown
  readonly refusals?: unknown
}

/** A problem as the API returns it; `type` links to the description of the problem. */
function problemExample (status: number, { code, title, detail, ...more }: ProblemMembers) {
  return { type: `https://slipdesk.example.org/docs#problem-${code}`, title, status, detail, code, ...more }
}

const EXAMPLE_RESERVATION_ID = '0b9d6b0e-5a55-4f0f-9a53-3f6a3f1f6a10'
const codeNotAccepted = problemExample(422, { code: 'code-not-accepted', title: 'The code was not accepted', detail: 'The user name and code were not accepted.' })
/** A hash of the tree that Certificate Transparency publishes for tests. */
const EXAMPLE_HASH = 'lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c='

const apiExamples: Readonly<Record<string, OperationExamples>> = {
  'post-sessions': {
    body: { login: 'agent', password: 'demo-slipdesk-2026', servicePointId: helpdesk.id },
    responses: {
      201: {
        token: 'nP0oD4m3g1v0p8yTq7Wc2sLxUuRfHk5JbZaE6iVtXdY',
        expiresAt: '2026-11-22T01:30:00+02:00',
        staff: { login: 'agent', name: 'Aino Virtanen', roles: ['agent'] },
        servicePoint: helpdesk,
      },
      401: problemExample(401, { code: 'not-signed-in', title: 'Sign in first', detail: 'The login or the password is wrong. Check both and try again.' }),
    },
  },
  'get-service-points': {
    responses: {
      200: {
        items: [
          { ...helpdesk, openNow: true, closesAt: '2026-11-20T16:00:00+02:00' },
          { id: 'porter-arabia', kind: 'porter', name: 'Porters Arabia', openNow: false, opensAt: '2026-11-23T08:00:00+02:00' },
        ],
      },
    },
  },
  'get-accounts': { responses: { 200: { items: [account], next: 'WyJhY2NvdW50cyIsWyJ2aXJ0YW5lbiJdXQ' } } },
  'get-accounts-id': { responses: { 200: { ...account, openSlip: { number: EXAMPLE_SLIP_NUMBER, state: 'handed-over' } } } },
  'get-accounts-id-channels': {
    responses: {
      200: {
        items: [
          { channel: 'counter', allowed: true, refusals: [] },
          { channel: 'porter', allowed: true, refusals: [] },
          { channel: 'registered-letter', allowed: false, refusals: [{ code: 'registered-letter-inside-area', detail: INSIDE_AREA_DETAIL }] },
          prohibitedChannel('email', 'e-mail'),
          prohibitedChannel('sms', 'text message'),
          prohibitedChannel('phone', 'phone'),
        ],
      },
    },
  },
  'get-postcodes-postcode': {
    responses: {
      200: {
        postcode: '02880',
        town: { fi: 'VEIKKOLA', sv: 'VEIKKOLA' },
        municipality: { code: '257', name: 'Kirkkonummi' },
        kind: 'street',
        registeredLetter: 'allowed',
        dataDate: '2024-04-13',
      },
    },
  },
  'post-slips': {
    body: { accountId: matti.id, channel: 'counter', identityCheck, language: 'fi' },
    responses: {
      400: problemExample(400, {
        code: 'validation-failed',
        title: 'Check what you entered',
        detail: 'Some of the values cannot be used. Each field says what to change.',
        errors: [{ path: 'letter.postcode', message: 'In Finland a postcode has five digits, for example 33100. Check the postcode and the country.' }],
      }),
      409: problemExample(409, { code: 'conflict', title: 'This cannot be done now', detail: `Slip ${EXAMPLE_SLIP_NUMBER} has already been issued for this request. It cannot be printed again. If the paper is lost, void the slip and issue a new one.` }),
      422: problemExample(422, {
        code: 'registered-letter-inside-area',
        title: 'The rules do not allow this',
        detail: INSIDE_AREA_DETAIL,
        refusals: [{ code: 'registered-letter-inside-area', detail: INSIDE_AREA_DETAIL }],
      }),
    },
  },
  'get-slips': { responses: { 200: { items: [counterSlip], next: 'WyJzbGlwcyIsWyIyMDI2LTExLTIxIl1d' } } },
  'get-slips-number': { responses: { 200: counterSlip } },
  'post-slips-number-steps': {
    body: { step: 'hand-over', identityCheck },
    responses: { 200: handedOverSlip },
  },
  'post-slips-number-void': {
    body: { reason: 'print-failed' },
    responses: {
      200: voidedSlip,
      409: problemExample(409, { code: 'conflict', title: 'This cannot be done now', detail: `Slip ${EXAMPLE_SLIP_NUMBER} has already been redeemed: its code is used up. Nothing was changed.` }),
    },
  },
  'post-redemptions': {
    body: { username: matti.username, code: 'K7QXM-2P9VR-4TDH8', reserve: true },
    responses: {
      200: { reservation: EXAMPLE_RESERVATION_ID, slipNumber: EXAMPLE_SLIP_NUMBER, accountId: matti.id, confirmBy: '2026-11-22T10:20:00+02:00' },
      422: codeNotAccepted,
    },
  },
  'post-redemptions-reservation-confirm': {
    responses: { 200: { slipNumber: EXAMPLE_SLIP_NUMBER, accountId: matti.id, redeemedAt: '2026-11-22T10:15:04+02:00' }, 422: codeNotAccepted },
  },
  'get-audit-proofs-inclusion': { responses: { 200: { hashes: [EXAMPLE_HASH] } } },
  'get-audit-proofs-consistency': { responses: { 200: { hashes: [EXAMPLE_HASH] } } },
  'get-delivery-records-exports-id': {
    responses: {
      200: {
        format: 'slipdesk-export-1',
        export: {
          id: '5d0c1a6e-52d5-4cf6-9d3c-0b9a3a1f0c55',
          institution: 'Metropolia University of Applied Sciences',
          exportedBy: 'auditor',
          exportedAt: '2026-11-22T10:15:04+02:00',
          timeZone: 'Europe/Helsinki',
          format: 'ndjson',
          filter: { channel: 'counter' },
          columns: ['slipNumber', 'state'],
          rows: 1,
          firstSequence: 1,
          lastSequence: 20,
          files: [{ name: 'delivery-records-2026-11-22.ndjson', bytes: 412, sha256: 'c0535e4be2b79ffd93291305436bf889314e4a3faec05ecffcbb7df31ad9e51a' }],
        },
        checkpoint: 'slipdesk.example/metropolia\n21\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— slipdesk.example/metropolia c29tZSBzaWduYXR1cmU=\n',
        proof: { leaf: '{"actor":"staff:…","at":"2026-11-22T08:15:04.000Z","facts":{"export":"…"},"id":"…","kind":"delivery-records-exported"}', index: 20, hashes: [] },
      },
    },
  },
  'get-delivery-records': {
    responses: {
      200: {
        items: [{
          slipNumber: EXAMPLE_SLIP_NUMBER,
          username: matti.username,
          displayName: matti.displayName,
          affiliation: matti.affiliation,
          channel: 'counter',
          state: 'handed-over',
          issuedAt: issueStep.at,
          issuedBy: 'agent',
          servicePoint: helpdesk.id,
          requestReference: null,
          trackingNumber: null,
          steps: [issueStep],
        }],
      },
    },
  },
}

// Adds the examples to the OpenAPI document, each beside its schema.

type Paths = OpenApiDocument['paths']

export function withExamples (paths: Paths): Paths {
  return mapValues(paths, methods => mapValues(methods, withExample))
}

function withExample (operation: OperationObject): OperationObject {
  const { body, responses = {} } = apiExamples[operation.operationId] ?? {}
  return {
    ...operation,
    ...operation.requestBody && { requestBody: { ...operation.requestBody, content: withJson(operation.requestBody.content, body) } },
    responses: mapValues(operation.responses, (response, status) => ({ ...response, ...response.content && { content: withJson(response.content, responses[status]) } })),
  }
}

/** Adds the example to the JSON contents. */
function withJson (content: Content, example: unknown): Content {
  return mapValues(content, (one, type) => example !== undefined && /[/+]json$/.test(type) ? { ...one, example } : one)
}

function mapValues<T> (record: Readonly<Record<string, T>>, change: (value: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
