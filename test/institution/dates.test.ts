import fc from 'fast-check'
import t from 'tap'
import { parseDate } from '../../src/institution/dates.js'

const today = '2026-11-27'
const parseExpiry = (text: string) => parseDate(text, { kind: 'expiry', today })
const parseBirth = (text: string) => parseDate(text, { kind: 'birth', today })

t.test('refuses six digits that are another date when read as in a passport’s code lines', async t => {
  for (const text of ['251130', '260131', '301231', '311230', '150531']) t.equal(parseDate(text, { kind: 'expiry', today: '2026-11-27' }), undefined, text)
  t.equal(parseDate('010203', { kind: 'birth', today: '2026-11-27' }), undefined)
  t.equal(parseDate('310531', { kind: 'expiry', today: '2026-11-27' }), '2031-05-31', 'both orders are the same date')
  t.equal(parseDate('311299', { kind: 'birth', today: '2026-11-27' }), '1999-12-31', 'the other order is no date')
})

t.test('reads numbers day first, with any separator or none', async t => {
  for (const text of ['31.12.2030', '31/12/2030', '31-12-2030', '31 12 2030', '31,12,2030', '31/12-2030', '31. 12. 2030', '31122030', '31.12.30', '31 12 30', ' 31.12.2030. ']) {
    t.equal(parseExpiry(text), '2030-12-31', text)
  }
  for (const text of ['1.5.2031', '01 05 2031', '01-05-2031', '01.05.31', '01052031', '010531']) t.equal(parseExpiry(text), '2031-05-01', text)
})

t.test('reads a year of four digits first', async t => {
  for (const text of ['2030-12-31', '2030/12/31', '2030. 12. 31.', '2030 12 31', '20301231']) t.equal(parseExpiry(text), '2030-12-31', text)
})

t.test('reads month names in the languages of documents', async t => {
  const writings = [
    '01 MAY 2031', '01 MAY 31', '01MAY2031', '1st May 2031', 'May 1, 2031', '2031 May 1', '1. toukokuuta 2031', '1 toukok. 2031', '1. TOUKO 2031',
    '1 maj 2031', 'den 1 maj 2031', '1:a maj 2031', '1. mai 2031', '01 MAY/MAI 2031', '01 MAI / MAY 31', '01 MEI/MAI/MAY 2031', '01-MAY-2031', '01 MEITH/MAY 2031',
  ]
  for (const text of writings) t.equal(parseExpiry(text), '2031-05-01', text)
  for (const text of ['1. marraskuuta 2031', '01 NOV 2031', '1 marras 2031']) t.equal(parseExpiry(text), '2031-11-01', text)
  for (const text of ['01 MAR 2031', '1 mars 2031', '01 MÄRZ 2031', '01 MAALIS/MARS 31']) t.equal(parseExpiry(text), '2031-03-01', text)
  for (const text of ['1 Sep 2031', '1 Sept. 2031', '1 syys 2031']) t.equal(parseExpiry(text), '2031-09-01', text)
})

t.test('reads characters of other keyboards and programs', async t => {
  const writings = ['31\u00a012\u00a02030', '31\u202f12\u202f2030', '３１．１２．２０３０', '31\u221212\u20132030', '٣١/١٢/٢٠٣٠', '۳۱/۱۲/۲۰۳۰', '३१-१२-२०३०', '\u200e31\u200e.\u200e12\u200e.\u200e2030', '31⁄12⁄2030']
  for (const text of writings) t.equal(parseExpiry(text), '2030-12-31', text)
})

t.test('drops the time of day that a program wrote', async t => {
  for (const text of ['1999-12-31 00:00:00', '1999-12-31T00:00:00Z', '1999-12-31T00:00:00.000+00:00', '31.12.1999 0:00', '31.12.1999 0.00.00', '31.12.1999 klo 15.57', '1999-12-31 23:59:59']) {
    t.equal(parseBirth(text), '1999-12-31', text)
  }
  for (const text of ['1999-12-31T22:00:00Z', '1999-12-31 22:00 +02:00', '31.12.1999 25:00', '31.12.1999 12:60', '15:57']) t.equal(parseBirth(text), undefined, text)
})

t.test('refuses days that do not exist and dates that are written month first', async t => {
  for (const text of ['31.2.2030', '30.2.2028', '29.2.2030', '0.1.2030', '1.0.2030', '32.1.2030', '12/31/2030', '12-31-2030', '2030-31-12', '05/31/2030', '31/Foo/2030']) {
    t.equal(parseExpiry(text), undefined, text)
  }
})

t.test('refuses partial, ambiguous and long texts', async t => {
  const writings = [
    '', ' ', '.', '31.12.', '31.12', '12/2030', 'May 2031', '2030', '2030-12', '47848', '1052031', '991231', '99-12-31', '31.12.030', '31.12.20300',
    '1 jui 2031', '01 MAY/JUN 2031', '1 ma 2031', '1.5.2031 or 2.5.2031', '1.5.2031 1.5.2031', '31..12..2030', `31.12.2030${' '.repeat(40)}`, '31.12.2030\u00001',
  ]
  for (const text of writings) t.equal(parseExpiry(text), undefined, text)
})

t.test('reads a two-digit year of an expiry from 20 years ago to 60 years ahead', async t => {
  t.equal(parseExpiry('31.12.06'), '2006-12-31')
  t.equal(parseExpiry('1.1.86'), '2086-01-01')
  t.equal(parseDate('1.1.25', { kind: 'other', today }), '2025-01-01')
  for (const text of ['31.12.05', '1.1.87', '31.12.99']) t.equal(parseExpiry(text), undefined, text)
  t.equal(parseDate('1.1.05', { kind: 'expiry', today: '2070-01-01' }), '2105-01-01')
})

t.test('reads a two-digit year of a birth as the latest one in the past', async t => {
  t.equal(parseBirth('27.11.26'), '2026-11-27')
  t.equal(parseBirth('28.11.26'), '1926-11-28')
  t.equal(parseBirth('31.12.99'), '1999-12-31')
  t.equal(parseBirth('29 FEB 00'), '2000-02-29')
})

t.test('refuses years that no date of its kind has', async t => {
  for (const text of ['31.12.1899', '1.1.2087', '01-01-9999', '0001-01-01']) t.equal(parseExpiry(text), undefined, text)
  t.equal(parseExpiry('1.1.2086'), '2086-01-01')
  t.equal(parseBirth('28.11.2026'), undefined)
  t.equal(parseBirth('1.1.1900'), '1900-01-01')
})

const toParts = (day: string) => [day.slice(8), day.slice(5, 7), day.slice(0, 4)] as const
const numericStyles: ReadonlyArray<(day: string) => string> = [
  day => toParts(day).join('.'),
  day => toParts(day).map(Number).join('/'),
  day => toParts(day).join('-'),
  day => toParts(day).join(' '),
  day => toParts(day).join(''),
  day => day,
  day => day.replaceAll('-', ''),
  day => `${day}T00:00:00Z`,
]
const formats = ['en-GB', 'en-US', 'fi-FI', 'sv-FI', 'nb-NO', 'da-DK', 'de-DE', 'fr-FR', 'nl-NL'].flatMap(language =>
  (['long', 'short'] as const).map(month => new Intl.DateTimeFormat(language, { timeZone: 'UTC', day: 'numeric', month, year: 'numeric' })))
const anyDay = fc.date({ min: new Date('1900-01-01'), max: new Date('2086-12-31'), noInvalidDate: true }).map(date => date.toISOString().slice(0, 10))

t.test('reads back every date in every style that it supports', async () => {
  fc.assert(fc.property(anyDay, day => numericStyles.every(write => parseExpiry(write(day)) === day)), { numRuns: 500 })
  fc.assert(fc.property(anyDay, fc.constantFrom(...formats), (day, format) => parseExpiry(format.format(new Date(day)).toUpperCase()) === day), { numRuns: 500 })
})

t.test('reads back two-digit years of every date in their range', async () => {
  const recent = fc.date({ min: new Date('2006-01-01'), max: new Date('2086-12-31'), noInvalidDate: true }).map(date => date.toISOString().slice(0, 10))
  const short = (day: string, joint: string) => [day.slice(8), day.slice(5, 7), day.slice(2, 4)].join(joint)
  fc.assert(fc.property(recent, fc.constantFrom('.', ' ', '-', '/'), (day, joint) => parseExpiry(short(day, joint)) === day))
  fc.assert(fc.property(recent, day => [day, undefined].includes(parseExpiry(short(day, '')))))
})

t.test('returns a date in range or nothing for any text', async () => {
  const typed = fc.string({ unit: fc.constantFrom(...'0123456789./- TZ:maykuut,٣٠３'), maxLength: 24 })
  fc.assert(fc.property(fc.oneof(typed, fc.string()), text => {
    const day = parseBirth(text)
    return day === undefined || (/^\d{4}-\d{2}-\d{2}$/.test(day) && day >= '1900-01-01' && day <= today)
  }), { numRuns: 2000 })
})
