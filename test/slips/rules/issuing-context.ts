/** An issuing context that allows every channel: a student at a helpdesk, on Thursday at 9:30 in Helsinki. */
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import type { IssuingContext, ResolvedIssueRequest, LetterAddress } from '../../../src/slips/rules/issuing-rules.js'

export const thursday = new Date('2026-11-19T07:30:00Z')

export const desks = metropolia.servicePoints.filter(point => point.kind === 'porter')

type Changes = Partial<Omit<IssuingContext, 'account'>> & { readonly account?: Partial<IssuingContext['account']> }

export function createIssuingContext ({ account, ...changes }: Changes = {}): IssuingContext {
  return {
    account: {
      username: 'matvi1207', displayName: 'Matti Virtanen', latinName: null, lastName: null, affiliation: 'student', status: 'active', birthDate: null, hasNamesake: false, ...account,
    },
    earlierSlips: [],
    agentLogin: 'agent',
    office: 'helpdesk',
    porterDesks: desks,
    profile: metropolia,
    now: thursday,
    ...changes,
  }
}

export const goodCheck = { documentType: 'passport', issuingCountry: 'FI', validUntil: '2030-12-31', photoMatches: true, nameMatches: true } as const

export const tampere: LetterAddress = {
  destination: { postcode: '33100', town: 'Tampere', country: 'FI' },
  found: { postcode: '33100', town: { fi: 'TAMPERE', sv: 'TAMMERFORS' }, municipality: { code: '837', fi: 'Tampere', sv: 'Tammerfors' }, typeCode: 1 },
  dataDate: '2024-04-13',
}

export const espoo: LetterAddress = {
  destination: { postcode: '02770', town: 'Espoo', country: 'FI' },
  found: { postcode: '02770', town: { fi: 'ESPOO', sv: 'ESBO' }, municipality: { code: '049', fi: 'Espoo', sv: 'Esbo' }, typeCode: 1 },
  dataDate: '2024-04-13',
}

/** A valid request for each channel. */
export const validRequests = {
  counter: { channel: 'counter', identityCheck: goodCheck },
  porter: { channel: 'porter', requestReference: 'REQ-1', porterDesk: desks[0]! },
  'registered-letter': { channel: 'registered-letter', requestReference: 'REQ-1', letter: { recipient: 'Matti Virtanen', isShared: false, ...tampere } },
} as const satisfies Record<string, ResolvedIssueRequest>
