import t from 'tap'
import { translator } from '../../../src/i18n/translate.js'
import { formatCollectBy, formatIssuedAt, formatValidUntil } from '../../../src/slips/paper/slip-texts.js'

const timeZone = 'Europe/Helsinki'
const translators = { en: translator('en', timeZone), fi: translator('fi', timeZone), sv: translator('sv', timeZone) }

t.test('formats the last day of a code with its weekday', async t => {
  const friday = new Date('2026-12-04T21:59:59Z')
  t.equal(formatValidUntil(friday, translators.en), 'Valid until Friday 4\u00a0December 2026')
  t.equal(formatValidUntil(friday, translators.fi), 'Voimassa perjantaihin 4.\u00a0joulukuuta 2026\u00a0asti')
  t.equal(formatValidUntil(friday, translators.sv), 'Giltig till och med fredag den\u00a04\u00a0december 2026')
})

t.test('uses the day in the institution’s time zone', async t => {
  t.equal(formatValidUntil(new Date('2026-12-03T22:30:00Z'), translators.en), 'Valid until Friday 4\u00a0December 2026')
})

t.test('inflects each weekday in Finnish', async t => {
  const weekdays = [7, 8, 9, 10, 11, 12, 13].map(day => formatValidUntil(new Date(Date.UTC(2026, 11, day, 12)), translators.fi).split(' ')[1])
  t.strictSame(weekdays, ['maanantaihin', 'tiistaihin', 'keskiviikkoon', 'torstaihin', 'perjantaihin', 'lauantaihin', 'sunnuntaihin'])
})

t.test('formats the last moment to collect a porter slip and its validity after that', async t => {
  const collectBy = new Date('2026-12-04T16:00:00Z')
  t.equal(formatCollectBy(collectBy, 7, translators.en), 'Collect by Friday 4\u00a0December 18.00; then valid 7\u00a0days')
  t.equal(formatCollectBy(collectBy, 1, translators.en), 'Collect by Friday 4\u00a0December 18.00; then valid 1\u00a0day')
  t.equal(formatCollectBy(collectBy, 7, translators.fi), 'Nouda viimeistään perjantaina 4.\u00a0joulukuuta klo\u00a018.00; voimassa 7\u00a0päivää noudosta')
  t.equal(formatCollectBy(collectBy, 1, translators.fi), 'Nouda viimeistään perjantaina 4.\u00a0joulukuuta klo\u00a018.00; voimassa 1\u00a0päivän noudosta')
  t.equal(formatCollectBy(collectBy, 7, translators.sv), 'Hämta senast fredag den\u00a04\u00a0december kl.\u00a018.00; giltig i 7\u00a0dagar därefter')
})

t.test('formats the time of issue in each language', async t => {
  const issuedAt = new Date('2026-11-20T07:05:00Z')
  t.equal(formatIssuedAt(issuedAt, translators.fi), '20.11.2026 klo 9.05')
  t.equal(formatIssuedAt(issuedAt, translators.sv), '20.11.2026 kl. 9.05')
  t.equal(formatIssuedAt(issuedAt, translators.en), '20 November 2026 9.05')
})
