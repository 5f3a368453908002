import t from 'tap'
import { metropolia } from '../../src/institution/metropolia.js'
import { calculateLifetime } from '../../src/slips/lifetimes.js'

const ends = (channel: 'counter' | 'porter' | 'registered-letter', issuedAt: string, country?: string) =>
  calculateLifetime(channel, new Date(issuedAt), metropolia, country).expiresAt.toISOString()

t.test('a counter slip lives 7 days, a letter 21 inside Finland and 30 abroad, a porter slip 14 to collect; all end at 23:59:59 in Helsinki', async t => {
  t.equal(ends('counter', '2026-11-19T07:30:00Z'), '2026-11-26T21:59:59.000Z')
  t.equal(ends('porter', '2026-11-19T07:30:00Z'), '2026-12-03T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'FI'), '2026-12-10T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'SE'), '2026-12-19T21:59:59.000Z')
  t.equal(ends('registered-letter', '2026-11-19T07:30:00Z', 'AX'), '2026-12-19T21:59:59.000Z', 'Åland is abroad to the post')
})

t.test('a slip issued at 23:50 does not lose its last day, nor win one at 00:10', async t => {
  t.equal(ends('counter', '2026-11-19T21:50:00Z'), '2026-11-26T21:59:59.000Z')
  t.equal(ends('counter', '2026-11-19T22:10:00Z'), '2026-11-27T21:59:59.000Z')
  t.equal(ends('counter', '2026-07-01T20:50:00Z'), '2026-07-08T20:59:59.000Z', 'in summer time')
  t.equal(ends('counter', '2026-07-01T21:10:00Z'), '2026-07-09T20:59:59.000Z', 'in summer time')
})

t.test('the clock changes neither shorten nor lengthen a slip’s last day', async t => {
  t.equal(ends('counter', '2026-10-20T09:00:00Z'), '2026-10-27T21:59:59.000Z', 'over the end of summer time, 25 October 2026')
  t.equal(ends('counter', '2026-10-18T20:50:00Z'), '2026-10-25T21:59:59.000Z', 'on that very day, which has 25 hours')
  t.equal(ends('counter', '2027-03-25T09:00:00Z'), '2027-04-01T20:59:59.000Z', 'over the beginning of summer time, 28 March 2027')
  t.equal(ends('counter', '2027-03-21T21:50:00Z'), '2027-03-28T20:59:59.000Z', 'on that very day, which has 23 hours')
})

t.test('no slip lives longer than 45 days, whatever the profile says', async t => {
  t.equal(calculateLifetime('counter', new Date('2026-11-19T07:30:00Z'), metropolia).ceilingAt.toISOString(), '2027-01-03T21:59:59.000Z')
  const long = { ...metropolia, lifetimes: { ...metropolia.lifetimes, counterDays: 400 } }
  t.equal(calculateLifetime('counter', new Date('2026-11-19T07:30:00Z'), long).expiresAt.toISOString(), '2027-01-03T21:59:59.000Z')
})
