import t from 'tap'
import { metropolia } from '../../src/institution/metropolia.js'
import { checkReissueLimit, type EarlierSlip } from '../../src/slips/reissue-limit.js'

const noon = new Date('2026-11-19T10:00:00Z')
const slip = (issuedAt: string): EarlierSlip => ({ issuedAt: new Date(issuedAt), endedAt: null, voidReason: null })
/** A slip that the printer spoiled, voided some minutes later. */
const jam = (issuedAt: string, minutes = 2): EarlierSlip => ({ ...slip(issuedAt), endedAt: new Date(Date.parse(issuedAt) + minutes * 60_000), voidReason: 'print-failed' })
const refused = (earlier: EarlierSlip[], now = noon) => checkReissueLimit(earlier, metropolia, now) !== undefined

t.test('the fifth slip in 30 days is refused, the fourth is not', async t => {
  t.notOk(refused(['2026-11-01', '2026-11-05', '2026-11-10'].map(day => slip(`${day}T10:00:00Z`))))
  t.ok(refused(['2026-11-01', '2026-11-05', '2026-11-10', '2026-11-18'].map(day => slip(`${day}T10:00:00Z`))))
})

t.test('the 30 days slide, and the refusal says on which day the next slip is possible', async t => {
  const four = ['2026-10-20T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z', '2026-11-18T10:00:00Z'].map(slip)
  t.ok(refused(four, new Date('2026-11-19T09:59:59.999Z')))
  t.notOk(refused(four, new Date('2026-11-19T10:00:00Z')))
  t.match(checkReissueLimit(four, metropolia, new Date('2026-11-18T10:30:00Z')), {
    code: 'reissue-limit', values: { slips: 4, days: 30, nextFi: '19.11.2026', nextSv: '19.11.2026', nextEn: '19 November 2026' },
  })
})

t.test('with more than four slips on the account, the next is possible once all but three have passed', async t => {
  const six = [1, 2, 3, 4, 5, 6].map(day => slip(`2026-11-0${day}T10:00:00Z`))
  t.match(checkReissueLimit(six, metropolia, noon), { values: { nextEn: '3 December 2026' } })
  t.ok(refused(six, new Date('2026-12-03T09:59:59Z')))
  t.notOk(refused(six, new Date('2026-12-03T10:00:00Z')))
})

t.test('the next possible day is the institution’s: a slip of 23:30 in Helsinki frees its own date', async t => {
  const four = ['2026-11-01T22:30:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z', '2026-11-18T10:00:00Z'].map(slip)
  t.match(checkReissueLimit(four, metropolia, noon), { values: { nextEn: '2 December 2026' } }, '22:30 UTC on the 1st is half past midnight on the 2nd')
})

t.test('a paper jam does not count: voided as print-failed within 10 minutes of issue', async t => {
  const three = ['2026-11-01T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z'].map(slip)
  t.notOk(refused([...three, jam('2026-11-19T09:00:00Z', 10)]))
  t.ok(refused([...three, jam('2026-11-19T09:00:00Z', 10.01)]), 'a moment after ten minutes it counts')
  t.ok(refused([...three, { ...jam('2026-11-19T09:00:00Z'), voidReason: 'lost' }]), 'voided for another reason it counts')
})

t.test('at most three paper jams a day are forgiven', async t => {
  const three = ['2026-11-01T10:00:00Z', '2026-11-05T10:00:00Z', '2026-11-10T10:00:00Z'].map(slip)
  const jams = ['07:00', '07:10', '07:20', '07:30'].map(time => jam(`2026-11-19T${time}:00Z`))
  t.notOk(refused([...three, ...jams.slice(0, 3)]))
  t.ok(refused([...three, ...jams]))
  t.notOk(refused([...three, ...jams.slice(0, 3), jam('2026-11-18T07:30:00Z')]), 'the day before has its own three')
  t.notOk(refused([...three, ...jams.slice(0, 2), jam('2026-11-18T21:50:00Z'), jam('2026-11-18T22:10:00Z')]), 'the day is the institution’s: 00:10 in Helsinki is the third of its day')
})

t.test('the limit is the profile’s', async t => {
  const strict = { ...metropolia, reissue: { ...metropolia.reissue, slips: 1, days: 7, printFailedADay: 0 } }
  t.equal(checkReissueLimit([slip('2026-11-12T10:00:00Z')], strict, noon), undefined)
  t.match(checkReissueLimit([slip('2026-11-12T10:00:01Z')], strict, noon), { code: 'reissue-limit', values: { slips: 1, days: 7 } })
  t.match(checkReissueLimit([jam('2026-11-19T09:00:00Z')], strict, noon), { code: 'reissue-limit' })
})
