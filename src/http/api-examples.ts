/**
 * Examples for the readers of the API, by operation: what is sent, and what comes back. All people are made
 * up. Pure; a test holds every one against its schema.
 */

export interface OperationExamples {
  readonly body?: unknown
  /** By status. */
  readonly answers?: Readonly<Record<string, unknown>>
}

const matti = { id: '6f1d2c52-7f0b-4b0e-9a43-1f2f1a0c7e11', username: 'matvi1207', displayName: 'Matti Virtanen', affiliation: 'student' }
const account = { ...matti, status: 'active', preferredLanguage: 'fi' }
const identityCheck = {
  documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-05-31', photoMatches: true, nameMatches: true, birthDateMatches: true,
}
const number = '7KM-2QX-9TH'
const issue = {
  step: 'issue', from: null, to: 'handed-over', at: '2026-11-21T15:57:00+02:00', by: 'agent', servicePoint: 'helpdesk-myllypuro', identityCheck: 'passport',
}
const slip = {
  number,
  state: 'handed-over',
  live: true,
  channel: 'counter',
  account: matti,
  issuedAt: issue.at,
  issuedBy: 'agent',
  servicePoint: 'helpdesk-myllypuro',
  expiresAt: '2026-11-28T23:59:59+02:00',
  delivery: { channel: 'counter' },
  steps: [issue],
}
const taken = (step: string, from: string, to: string, at: string, by: string, servicePoint: string, more = {}) => ({ step, from, to, at, by, servicePoint, ...more })
const handedOver = {
  ...slip,
  channel: 'porter',
  expiresAt: '2026-11-30T23:59:59+02:00',
  requestReference: 'REQ-20417',
  delivery: { channel: 'porter', porter: { servicePointId: 'porter-arabia', collectBy: '2026-12-04T18:00:00+02:00' } },
  steps: [
    { ...issue, to: 'prepared', identityCheck: undefined },
    taken('dispatch', 'prepared', 'dispatched', '2026-11-21T16:10:00+02:00', 'agent', 'helpdesk-myllypuro'),
    taken('receive', 'dispatched', 'at-porter', '2026-11-23T08:40:00+02:00', 'porter', 'porter-arabia'),
    taken('hand-over', 'at-porter', 'handed-over', '2026-11-23T11:05:00+02:00', 'porter', 'porter-arabia', { identityCheck: 'passport' }),
  ],
}
const voided = {
  ...slip,
  state: 'voided',
  live: false,
  steps: [issue, { step: 'void', from: 'handed-over', to: 'voided', at: '2026-11-21T16:02:10+02:00', by: 'agent', servicePoint: 'helpdesk-myllypuro', note: 'print-failed' }],
}
const insideArea = 'Postcode 02770 is in Espoo (postcode data of 13 April 2024). Registered letters go only outside the Helsinki metropolitan area. Offer: counter, or the porter at a campus (Arabia, Karamalmi, Myllypuro, Myyrmäki).'
const prohibited = (channel: string, name: string) => ({
  channel, allowed: false, refusals: [{ code: 'channel-prohibited', detail: `A code is never sent or told by ${name}, to anyone. It goes only on paper: offer one of the ways that are allowed.` }],
})
const helpdesk = { id: 'helpdesk-myllypuro', kind: 'helpdesk', name: 'Helpdesk Myllypuro' }

/** A problem as it is answered; `type` leads to the problem's line on the page. */
function problem (status: number, code: string, title: string, detail: string, more: object = {}) {
  return { type: `https://slipdesk.example.org/docs#problem-${code}`, title, status, detail, code, ...more }
}

const reservation = '0b9d6b0e-5a55-4f0f-9a53-3f6a3f1f6a10'
const notAccepted = problem(422, 'code-not-accepted', 'The code was not accepted', 'The user name and code were not accepted.')
/** Of the tree that Certificate Transparency publishes for tests. */
const rootOfAnotherLeaf = 'lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c='

export const apiExamples: Readonly<Record<string, OperationExamples>> = {
  'post-sessions': {
    body: { login: 'agent', password: 'demo-slipdesk-2026', servicePointId: helpdesk.id },
    answers: {
      201: {
        token: 'nP0oD4m3g1v0p8yTq7Wc2sLxUuRfHk5JbZaE6iVtXdY',
        expiresAt: '2026-11-22T01:30:00+02:00',
        staff: { login: 'agent', name: 'Aino Virtanen', roles: ['agent'] },
        servicePoint: helpdesk,
      },
      401: problem(401, 'not-signed-in', 'Sign in first', 'The login or the password is wrong. Check both and try again.'),
    },
  },
  'get-service-points': {
    answers: {
      200: {
        items: [
          { ...helpdesk, openNow: true, closesAt: '2026-11-20T16:00:00+02:00' },
          { id: 'porter-arabia', kind: 'porter', name: 'Porters Arabia', openNow: false, opensAt: '2026-11-23T08:00:00+02:00' },
        ],
      },
    },
  },
  'get-accounts': { answers: { 200: { items: [account], next: 'WyJhY2NvdW50cyIsWyJ2aXJ0YW5lbiJdXQ' } } },
  'get-accounts-id': { answers: { 200: { ...account, openSlip: { number, state: 'handed-over' } } } },
  'get-accounts-id-channels': {
    answers: {
      200: {
        items: [
          { channel: 'counter', allowed: true, refusals: [] },
          { channel: 'porter', allowed: true, refusals: [] },
          { channel: 'registered-letter', allowed: false, refusals: [{ code: 'registered-letter-inside-area', detail: insideArea }] },
          prohibited('email', 'e-mail'),
          prohibited('sms', 'text message'),
          prohibited('phone', 'phone'),
        ],
      },
    },
  },
  'get-postcodes-postcode': {
    answers: {
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
    answers: {
      400: problem(400, 'validation-failed', 'Something needs to be corrected', 'Some of what was sent cannot be used. Each field says what to change.', {
        errors: [{ path: 'letter.postcode', message: 'A Finnish postcode has five digits.' }],
      }),
      409: problem(409, 'conflict', 'This cannot be done now', `This request has already made slip ${number}. It is not printed a second time: void it and reissue if the paper was lost.`),
      422: problem(422, 'registered-letter-inside-area', 'The rules do not allow this', insideArea, {
        refusals: [{ code: 'registered-letter-inside-area', detail: insideArea }],
      }),
    },
  },
  'get-slips': { answers: { 200: { items: [slip], next: 'WyJzbGlwcyIsWyIyMDI2LTExLTIxIl1d' } } },
  'get-slips-number': { answers: { 200: slip } },
  'post-slips-number-steps': {
    body: { step: 'hand-over', identityCheck },
    answers: { 200: handedOver },
  },
  'post-slips-number-void': {
    body: { reason: 'print-failed' },
    answers: {
      200: voided,
      409: problem(409, 'conflict', 'This cannot be done now', `Slip ${number} has already been redeemed: its code is used up. Nothing was changed.`),
    },
  },
  'post-redemptions': {
    body: { username: matti.username, code: 'K7QXM-2P9VR-4TDH8', reserve: true },
    answers: {
      200: { reservation, slipNumber: number, accountId: matti.id, confirmBy: '2026-11-22T10:20:00+02:00' },
      422: notAccepted,
    },
  },
  'post-redemptions-reservation-confirm': {
    answers: { 200: { slipNumber: number, accountId: matti.id, redeemedAt: '2026-11-22T10:15:04+02:00' }, 422: notAccepted },
  },
  'get-audit-proofs-inclusion': { answers: { 200: { hashes: [rootOfAnotherLeaf] } } },
  'get-audit-proofs-consistency': { answers: { 200: { hashes: [rootOfAnotherLeaf] } } },
  'get-delivery-records-exports-id': {
    answers: {
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
    answers: {
      200: {
        items: [{
          slipNumber: number,
          username: matti.username,
          displayName: matti.displayName,
          affiliation: matti.affiliation,
          channel: 'counter',
          state: 'handed-over',
          issuedAt: issue.at,
          issuedBy: 'agent',
          servicePoint: helpdesk.id,
          requestReference: null,
          trackingNumber: null,
          steps: [issue],
        }],
      },
    },
  },
}
