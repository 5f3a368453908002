import t from 'tap'
import { translator } from '../../../src/i18n/translate.js'
import { formatCollectBy, formatIssuedAt, formatValidUntil } from '../../../src/slips/paper/slip-texts.js'

const zone = 'Europe/Helsinki'
const say = { en: translator('en', zone), fi: translator('fi', zone), sv: translator('sv', zone) }

t.test('the last day of a code is written out with its weekday', async t => {
  const friday = new Date('2026-12-04T21:59:59Z')
  t.equal(formatValidUntil(friday, say.en), 'Valid until Friday 4\u00a0December 2026')
  t.equal(formatValidUntil(friday, say.fi), 'Voimassa perjantaihin 4.\u00a0joulukuuta 2026\u00a0asti')
  t.equal(formatValidUntil(friday, say.sv), 'Giltig till och med fredag den\u00a04\u00a0december 2026')
})

t.test('the day is the institution’s own, not the day in Greenwich', async t => {
  t.equal(formatValidUntil(new Date('2026-12-03T22:30:00Z'), say.en), 'Valid until Friday 4\u00a0December 2026')
})

t.test('every weekday bends as Finnish wants it', async t => {
  const words = [7, 8, 9, 10, 11, 12, 13].map(day => formatValidUntil(new Date(Date.UTC(2026, 11, day, 12)), say.fi).split(' ')[1])
  t.strictSame(words, ['maanantaihin', 'tiistaihin', 'keskiviikkoon', 'torstaihin', 'perjantaihin', 'lauantaihin', 'sunnuntaihin'])
})

t.test('a porter slip says until when to collect it and for how long it then works', async t => {
  const by = new Date('2026-12-04T16:00:00Z')
  t.equal(formatCollectBy(by, 7, say.en), 'Collect by Friday 4\u00a0December 18.00; then valid 7\u00a0days')
  t.equal(formatCollectBy(by, 1, say.en), 'Collect by Friday 4\u00a0December 18.00; then valid 1\u00a0day')
  t.equal(formatCollectBy(by, 7, say.fi), 'Nouda viimeistään perjantaina 4.\u00a0joulukuuta klo\u00a018.00; voimassa 7\u00a0päivää noudosta')
  t.equal(formatCollectBy(by, 1, say.fi), 'Nouda viimeistään perjantaina 4.\u00a0joulukuuta klo\u00a018.00; voimassa 1\u00a0päivän noudosta')
  t.equal(formatCollectBy(by, 7, say.sv), 'Hämta senast fredag den\u00a04\u00a0december kl.\u00a018.00; giltig i 7\u00a0dagar därefter')
})

t.test('the moment of issue is written as each language does', async t => {
  const at = new Date('2026-11-20T07:05:00Z')
  t.equal(formatIssuedAt(at, say.fi), '20.11.2026 klo 9.05')
  t.equal(formatIssuedAt(at, say.sv), '20.11.2026 kl. 9.05')
  t.equal(formatIssuedAt(at, say.en), '20 November 2026 9.05')
})
