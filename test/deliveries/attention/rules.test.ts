import t from 'tap'
import { calculateAttentionCutoffs, determineAttentionReason, calculateNextCollectionTimes, type UndeliveredEnvelope } from '../../../src/deliveries/attention/rules.js'
import { metropolia } from '../../../src/institution/profiles/metropolia.js'

/** Parse Helsinki times, in winter time and in summer time. */
const winter = (moment: string) => new Date(`${moment}+02:00`)
const summer = (moment: string) => new Date(`${moment}+03:00`)
const isLate = (dispatchedAt: Date, now: Date) => dispatchedAt < calculateAttentionCutoffs(now, metropolia).overdueBefore
const needsReminder = (collectBy: Date, now: Date) => collectBy < calculateAttentionCutoffs(now, metropolia).reminderBefore

/** Returns whether an envelope is late one second before a moment, and at that moment. */
const lateFrom = (dispatchedAt: Date, end: Date) => [isLate(dispatchedAt, new Date(end.getTime() - 1000)), isLate(dispatchedAt, end)]

t.test('an envelope is late after the working day that follows its dispatch', async t => {
  t.strictSame(lateFrom(winter('2026-11-16T10:00'), winter('2026-11-18T00:00')), [false, true], 'sent on Monday, late on Wednesday')
  t.strictSame(lateFrom(winter('2026-11-16T23:59:59'), winter('2026-11-18T00:00')), [false, true], 'also when sent just before midnight')
  t.strictSame(lateFrom(winter('2026-11-17T00:00'), winter('2026-11-19T00:00')), [false, true], 'sent at midnight counts to the next day')
})

t.test('weekends and public holidays are not working days', async t => {
  t.strictSame(lateFrom(winter('2026-11-20T10:00'), winter('2026-11-24T00:00')), [false, true], 'sent on Friday, it has all of Monday')
  t.strictSame(lateFrom(winter('2026-11-21T10:00'), winter('2026-11-24T00:00')), [false, true], 'sent on Saturday, it has all of Monday too')
  t.strictSame(lateFrom(winter('2026-12-23T10:00'), winter('2026-12-29T00:00')), [false, true], 'before Christmas: the 24th to the 27th are closed')
  t.strictSame(lateFrom(winter('2026-12-04T10:00'), winter('2026-12-08T00:00')), [false, true], 'Independence Day is a Sunday in 2026')
  t.strictSame(lateFrom(summer('2026-06-18T10:00'), summer('2026-06-23T00:00')), [false, true], 'before Midsummer: Friday’s eve and Saturday are closed')
})

t.test('clock changes move the end of the day, not the day', async t => {
  t.strictSame(lateFrom(winter('2026-03-27T10:00'), summer('2026-03-31T00:00')), [false, true], 'over the clock change of 29 March')
  t.strictSame(lateFrom(summer('2026-10-23T10:00'), winter('2026-10-27T00:00')), [false, true], 'over the clock change of 25 October')
})

/** Returns whether a reminder is due one second before a midnight, and at that midnight. */
const remindedFrom = (collectBy: Date, midnight: Date) => [needsReminder(collectBy, new Date(midnight.getTime() - 1000)), needsReminder(collectBy, midnight)]

t.test('reminds on the last working day two or more days before the deadline', async t => {
  t.strictSame(remindedFrom(winter('2026-12-04T18:00'), winter('2026-12-02T00:00')), [false, true], 'a Friday deadline on Wednesday')
  t.strictSame(remindedFrom(winter('2026-12-07T18:00'), winter('2026-12-04T00:00')), [false, true], 'a Monday deadline on Friday, not on Saturday when no one works')
  t.strictSame(remindedFrom(winter('2026-12-08T18:00'), winter('2026-12-04T00:00')), [false, true], 'a Tuesday deadline on Friday too')
  t.strictSame(remindedFrom(winter('2026-12-09T18:00'), winter('2026-12-07T00:00')), [false, true], 'a Wednesday deadline on Monday')
  t.strictSame(remindedFrom(winter('2026-12-28T18:00'), winter('2026-12-23T00:00')), [false, true], 'over Christmas')
  t.strictSame(remindedFrom(winter('2026-12-29T18:00'), winter('2026-12-23T00:00')), [false, true], 'also for a deadline two days after Christmas')
  t.strictSame(remindedFrom(summer('2026-06-22T18:00'), summer('2026-06-18T00:00')), [false, true], 'over Midsummer')
  t.strictSame(remindedFrom(summer('2026-03-31T20:00'), winter('2026-03-27T00:00')), [false, true], 'over the clock change of 29 March')
  t.strictSame(remindedFrom(winter('2026-10-28T18:00'), winter('2026-10-26T00:00')), [false, true], 'after the clock change of 25 October')
})

t.test('derives the problem from the place, the deadline and the opening hours', async t => {
  const friday = winter('2026-12-04T18:00')
  const arabia = metropolia.servicePoints.find(({ id }) => id === 'porter-arabia')!
  const closed = { ...arabia, hours: { ...arabia.hours, exceptions: { '2026-12-03': null, '2026-12-04': null } } }
  const concern = (envelope: Partial<UndeliveredEnvelope>, moment: string, desk = arabia) => {
    const now = winter(moment)
    return determineAttentionReason({ place: 'desk', desk: 'porter-arabia', collect_by: friday, dispatched_at: winter('2026-12-01T10:00'), ended: null, ...envelope }, now, calculateAttentionCutoffs(now, metropolia), calculateNextCollectionTimes([desk], now, metropolia))
  }
  t.equal(concern({}, '2026-12-04T17:59:59'), 'collection-ends')
  t.equal(concern({}, '2026-12-04T18:00'), 'collection-over')
  t.equal(concern({ place: 'on-the-way' }, '2026-12-02T12:00'), 'collection-ends', 'it still has today to arrive')
  t.equal(concern({ place: 'on-the-way' }, '2026-12-03T12:00'), 'not-received')
  t.equal(concern({ place: 'on-the-way' }, '2026-12-05T12:00'), 'not-received')
  t.equal(concern({ place: 'office', dispatched_at: null }, '2026-12-03T12:00'), 'collection-ends')
  t.equal(concern({ place: 'office', dispatched_at: null }, '2026-12-05T12:00'), 'collection-over')
  t.equal(concern({}, '2026-12-02T18:00', closed), 'collection-ends', 'the desk is open until eight')
  t.equal(concern({}, '2026-12-02T20:00', closed), 'hours-changed', 'the desk does not open again before Saturday')
  t.equal(concern({ place: 'on-the-way' }, '2026-12-03T12:00', closed), 'hours-changed')
  t.equal(concern({}, '2026-12-04T18:00', closed), 'collection-over', 'after the deadline the hours are no longer the problem')
  t.equal(concern({ ended: 'voided' }, '2026-12-04T18:00', closed), 'not-returned')
})
