import t from 'tap'
import { toProblem } from '../../src/http/problem-mapping.js'
import { statusOf } from '../../src/http/problems.js'
import { Conflict, type DomainError, InvalidInput, NotFound, NotPermitted, NotSignedIn, Refused, TooManyAttempts, TooManyExports, Unavailable, UnreadableInput } from '../../src/institution/errors.js'
import { AlreadyIssued, ChannelNotSentHere, CodeNotAccepted, ErasureBlocked, IllegalTransition, KeyAlreadyUsed, ReissueNotAllowed, ReservationConfirmed, SlipEnded, SlipReserved, StepNotPermitted, TrackingNumberUsed } from '../../src/institution/slip-errors.js'

const number = '7KP-4MX-9QT'
const custody = { number, state: 'dispatched', allowedSteps: [{ step: 'receive', roles: ['porter'] }] } as const
const custodyWords = { steps: [['slips.nextSteps.receive', 'slips.actorRoles.porter']] }

/** Maps an error to its problem and returns the parts that are not empty. */
function describe (error: unknown) {
  const { code, variant, values, words, members, headers, errors, refusals } = toProblem(error)
  const parts = Object.entries({ values, words, members, headers, errors, refusals }).filter(([, part]) => Object.keys(part).length > 0)
  return { status: statusOf(code), code, variant, ...Object.fromEntries(parts) }
}

const cases: ReadonlyArray<readonly [DomainError, Record<string, unknown>]> = [
  [new NotFound('slip'), { status: 404, code: 'not-found', variant: 'slip' }],
  [new NotFound('account'), { status: 404, code: 'not-found', variant: 'account' }],
  [new NotFound('dispatch'), { status: 404, code: 'not-found', variant: 'detail' }],
  [new NotSignedIn(), { status: 401, code: 'not-signed-in', variant: 'detail', headers: { 'www-authenticate': 'Bearer' } }],
  [new NotSignedIn('wrong-login'), { status: 401, code: 'not-signed-in', variant: 'wrong-login', headers: { 'www-authenticate': 'Bearer' } }],
  [new NotPermitted(), { status: 403, code: 'not-permitted', variant: 'detail' }],
  [new NotPermitted('stale-form'), { status: 403, code: 'not-permitted', variant: 'form-too-old' }],
  [new ChannelNotSentHere('porter', ['helpdesk'], undefined), { status: 403, code: 'not-permitted', variant: 'sends-no-porter', values: { servicePoint: '–' }, words: { kinds: [['common.kinds.helpdesk']] } }],
  [new IllegalTransition(custody), { status: 409, code: 'conflict', variant: 'step', values: { number, state: 'dispatched' }, words: custodyWords, members: { state: 'dispatched', steps: ['receive'] } }],
  [new IllegalTransition({ ...custody, state: 'redeemed', allowedSteps: [] }), { status: 409, code: 'conflict', variant: 'step-none', values: { number, state: 'redeemed' }, words: { steps: [] }, members: { state: 'redeemed', steps: [] } }],
  [new StepNotPermitted(custody), { status: 403, code: 'not-permitted', variant: 'step', values: { number, state: 'dispatched' }, words: custodyWords, members: { state: 'dispatched', steps: ['receive'] } }],
  [new SlipEnded(number, 'expired', ['return']), { status: 409, code: 'conflict', variant: 'slip-expired', values: { number }, members: { state: 'expired', steps: ['return'] } }],
  [new SlipReserved(number, 'posted', 210), { status: 409, code: 'conflict', variant: 'slip-reserved', values: { number }, members: { state: 'posted' }, headers: { 'retry-after': '210' } }],
  [new AlreadyIssued(), { status: 409, code: 'conflict', variant: 'open-slip' }],
  [new KeyAlreadyUsed(number), { status: 409, code: 'conflict', variant: 'already-issued', values: { number }, headers: { location: `/api/v1/slips/${number}`, 'slip-number': number } }],
  [new ReissueNotAllowed(number, 15), { status: 409, code: 'conflict', variant: 'paper-jam-over', values: { number, minutes: 15 } }],
  [new TrackingNumberUsed('RR123456785FI'), { status: 409, code: 'conflict', variant: 'tracking-number-used', values: { trackingNumber: 'RR123456785FI' }, errors: [{ path: 'trackingNumber', message: 'tracking-number-used' }] }],
  [new ReservationConfirmed(number), { status: 409, code: 'conflict', variant: 'redeemed', values: { number } }],
  [new ErasureBlocked('open-slip', number), { status: 409, code: 'conflict', variant: 'erasure-open-slip', values: { number } }],
  [new Conflict('envelopes-changed'), { status: 409, code: 'conflict', variant: 'detail' }],
  [new Conflict('export-incomplete'), { status: 409, code: 'conflict', variant: 'export-not-whole' }],
  [new Conflict('hours-changed'), { status: 409, code: 'conflict', variant: 'other-hours' }],
  [new Conflict('last-administrator'), { status: 409, code: 'conflict', variant: 'last-administrator' }],
  [new Conflict('own-deactivation'), { status: 409, code: 'conflict', variant: 'own-deactivation' }],
  [new Refused([{ code: 'own-account' }, { code: 'request-required' }]), { status: 422, code: 'own-account', variant: 'detail', refusals: [{ code: 'own-account' }, { code: 'request-required' }] }],
  [new InvalidInput([{ path: 'to', message: 'required' }]), { status: 400, code: 'validation-failed', variant: 'detail', errors: [{ path: 'to', message: 'required' }] }],
  [new UnreadableInput(), { status: 400, code: 'validation-failed', variant: 'unreadable-body' }],
  [new CodeNotAccepted(), { status: 422, code: 'code-not-accepted', variant: 'detail' }],
  [new TooManyAttempts(61), { status: 429, code: 'too-many-requests', variant: 'sign-in', values: { minutes: 2 }, headers: { 'retry-after': '61' } }],
  [new TooManyExports('own', 4), { status: 429, code: 'too-many-requests', variant: 'own-exports', values: { count: 4 }, headers: { 'retry-after': '10' } }],
  [new TooManyExports('all', 6), { status: 429, code: 'too-many-requests', variant: 'all-exports', headers: { 'retry-after': '30' } }],
  [new Unavailable('directory-away-at-issue'), { status: 503, code: 'unavailable', variant: 'directory-away', headers: { 'retry-after': '5' } }],
  [new Unavailable('directory-ambiguous-at-issue'), { status: 503, code: 'unavailable', variant: 'directory-ambiguous' }],
  [new Unavailable('directory-away'), { status: 503, code: 'unavailable', variant: 'directory', headers: { 'retry-after': '30' } }],
  [new Unavailable('directory-ambiguous'), { status: 503, code: 'unavailable', variant: 'directory-several' }],
  [new Unavailable('password-may-be-set'), { status: 503, code: 'unavailable', variant: 'password-may-be-set' }],
  [new Unavailable('log-not-signed'), { status: 503, code: 'unavailable', variant: 'log-not-signed' }],
  [new Unavailable('log-held-back'), { status: 503, code: 'unavailable', variant: 'log-held-back', headers: { 'retry-after': '1' } }],
]

t.test('maps each domain error to its problem', async t => {
  for (const [error, expected] of cases) t.strictSame(describe(error), expected, error.kind)
})

t.test('maps database errors through domain errors', async t => {
  const withDetails = (details: { code?: string, constraint?: string }, message = '') => Object.assign(new Error(message), details)
  const unreachable = { status: 503, code: 'unavailable', variant: 'detail', headers: { 'retry-after': '5' } }
  t.strictSame(describe(withDetails({ code: '08006' })), unreachable)
  t.strictSame(describe(withDetails({ code: 'ECONNREFUSED' })), unreachable)
  t.strictSame(describe(withDetails({}, 'Connection terminated unexpectedly')), unreachable)
  t.strictSame(describe(new AggregateError([withDetails({ code: 'ECONNREFUSED' })])), unreachable)
  t.strictSame(describe(withDetails({ code: '40P01' })), { status: 503, code: 'unavailable', variant: 'busy', headers: { 'retry-after': '1' } })
  t.strictSame(describe(withDetails({ code: '22P02' })), { status: 400, code: 'validation-failed', variant: 'unreadable-body', errors: [{ path: '', message: 'invalid' }] })
  t.strictSame(describe(withDetails({ code: '23505', constraint: 'one_open_slip_per_account' })), { status: 409, code: 'conflict', variant: 'open-slip' })
  t.strictSame(describe(withDetails({ code: '23505', constraint: 'slips_number_key' })), { status: 503, code: 'unavailable', variant: 'detail', headers: { 'retry-after': '1' } })
})

t.test('answers an unexpected error without saying anything about it', async t => {
  t.strictSame(describe(new TypeError('secret')), { status: 500, code: 'internal-error', variant: 'detail' })
})
