import t from 'tap'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { calculateLifetime, checkReissueLimit, type EarlierSlip } from '../../../src/slips/rules/limits.js'

const ends = (channel: 'counter' | 'porter' | 'registered-letter', issuedAt: string, country?: string) =>
  calculateLifetime(channel, new Date(issuedAt), metropolia, country).expiresAt.toISOString()

t.test('expires by channel: 7, 14, 21 or 30 days, at 23:59:59 in Helsinki', async t => {
  t.equal(ends('counter', '2026-11-19T07:30:00Z'), '2026-11-26T21:59:59.000Z')
  t.equal(ends('porter', '2026-11-19T07:30:00Z'), '2026-12-03T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'FI'), '2026-12-10T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'SE'), '2026-12-19T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'AX'), '2026-12-19T21:59:59.000Z', 'the post treats Åland as abroad')
})

t.test('counts days from 23:50 and 00:10 correctly', async t => {
  t.equal(ends('counter', '2026-11-19T21:50:00Z'), '2026-11-26T21:59:59.000Z')
  t.equal(ends('counter', '2026-11-19T22:10:00Z'), '2026-11-27T21:59:59.000Z')
  t.equal(ends('counter', '2026-07-01T20:50:00Z'), '2026-07-08T20:59:59.000Z', 'in summer time')
  t.equal(ends('counter', '2026-07-01T21:10:00Z'), '2026-07-09T20:59:59.000Z', 'in summer time')
})

t.test('keeps the last day whole over a clock change', async t => {
  t.equal(ends('counter', '2026-10-20T09:00:00Z'), '2026-10-27T21:59:59.000Z', 'over the end of summer time, 25 October 2026')
  t.equal(ends('counter', '2026-10-18T20:50:00Z'), '2026-10-25T21:59:59.000Z', 'on that day, which has 25 hours')
  t.equal(ends('counter', '2027-03-25T09:00:00Z'), '2027-04-01T20:59:59.000Z', 'over the beginning of summer time, 28 March 2027')
  t.equal(ends('counter', '2027-03-21T21:50:00Z'), '2027-03-28T20:59:59.000Z', 'on that day, which has 23 hours')
})

t.test('limits every slip to 45 days, whatever the profile says', async t => {
  t.equal(calculateLifetime('counter', new Date('2026-11-19T07:30:00Z'), metropolia).ceilingAt.toISOString(), '2027-01-03T21:59:59.000Z')
  const long = { ...metropolia, lifetimes: { ...metropolia.lifetimes, counterDays: 400 } }
  t.equal(calculateLifetime('counter', new Date('2026-11-19T07:30:00Z'), long).expiresAt.toISOString(), '2027-01-03T21:59:59.000Z')
})

const noon = new Date('2026-11-19T10:00:00Z')
const slip = (issuedAt: string): EarlierSlip => ({ issued_at: new Date(issuedAt), ended_at: null, void_reason: null })
/** Creates a slip that was voided as print-failed some minutes after its issue. */
const jam = (issuedAt: string, minutes = 2): EarlierSlip => ({ ...slip(issuedAt), ended_at: new Date(Date.parse(issuedAt) + minutes * 60_000), void_reason: 'print-failed' })
const refused = (earlier: EarlierSlip[], now = noon) => checkReissueLimit(earlier, metropolia, now) !== undefined

t.test('allows the fourth slip in 30 days and refuses the fifth', async t => {
  t.notOk(refused(['2026-11-01', '2026-11-05', '2026-11-10'].map(day => slip(`${day}T10:00:00Z`))))
  t.ok(refused(['2026-11-01', '2026-11-05', '2026-11-10', '2026-11-18'].map(day => slip(`${day}T10:00:00Z`))))
})

t.test('slides the 30 days and names the next possible day', async t => {
  const four = ['2026-10-20T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z', '2026-11-18T10:00:00Z'].map(slip)
  t.ok(refused(four, new Date('2026-11-19T09:59:59.999Z')))
  t.notOk(refused(four, new Date('2026-11-19T10:00:00Z')))
  t.strictSame(checkReissueLimit(four, metropolia, new Date('2026-11-18T10:30:00Z')), {
    code: 'reissue-limit', values: { slips: 4, days: 30, next: '2026-11-19' },
  })
})

t.test('allows the next slip when all but three have left the period', async t => {
  const six = [1, 2, 3, 4, 5, 6].map(day => slip(`2026-11-0${day}T10:00:00Z`))
  t.strictSame(checkReissueLimit(six, metropolia, noon)?.values, { slips: 4, days: 30, next: '2026-12-03' })
  t.ok(refused(six, new Date('2026-12-03T09:59:59Z')))
  t.notOk(refused(six, new Date('2026-12-03T10:00:00Z')))
})

t.test('counts the next possible day by the institution’s calendar', async t => {
  const four = ['2026-11-01T22:30:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z', '2026-11-18T10:00:00Z'].map(slip)
  t.strictSame(checkReissueLimit(four, metropolia, noon)?.values, { slips: 4, days: 30, next: '2026-12-02' }, '22:30 UTC on the 1st is half past midnight on the 2nd')
})

t.test('does not count a slip voided as print-failed within ten minutes', async t => {
  const three = ['2026-11-01T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z'].map(slip)
  t.notOk(refused([...three, jam('2026-11-19T09:00:00Z', 10)]))
  t.ok(refused([...three, jam('2026-11-19T09:00:00Z', 10.01)]), 'it counts when voided after more than ten minutes')
  t.ok(refused([...three, { ...jam('2026-11-19T09:00:00Z'), void_reason: 'lost' }]), 'it counts when voided for another reason')
})

t.test('ignores at most three paper jams a day', async t => {
  const three = ['2026-11-01T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z'].map(slip)
  const jams = ['07:00', '07:10', '07:20', '07:30'].map(time => jam(`2026-11-19T${time}:00Z`))
  t.notOk(refused([...three, ...jams.slice(0, 3)]))
  t.ok(refused([...three, ...jams]))
  t.notOk(refused([...three, ...jams.slice(0, 3), jam('2026-11-18T07:30:00Z')]), 'the day before has its own limit of three')
  t.notOk(refused([...three, ...jams.slice(0, 2), jam('2026-11-18T21:50:00Z'), jam('2026-11-18T22:10:00Z')]), 'the day is the institution’s: 00:10 in Helsinki is the third of its day')
})

t.test('takes the limit from the profile', async t => {
  const strict = { ...metropolia, reissue: { ...metropolia.reissue, slips: 1, days: 7, printFailedADay: 0 } }
  t.equal(checkReissueLimit([slip('2026-11-12T10:00:00Z')], strict, noon), undefined)
  t.strictSame(checkReissueLimit([slip('2026-11-12T10:00:01Z')], strict, noon), { code: 'reissue-limit', values: { slips: 1, days: 7, next: '2026-11-19' } })
  t.equal(checkReissueLimit([jam('2026-11-19T09:00:00Z')], strict, noon)?.code, 'reissue-limit')
})
