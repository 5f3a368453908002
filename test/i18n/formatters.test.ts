import t from 'tap'
import { formatDate, formatDateTime, formatDayAndMonth, formatDuration, formatNumber, formatPercent, formatTime, formatTypedDate, formatValue, formatWeekday, formatWeekdayName, listCalendarWords, parseTime } from '../../src/i18n/formatters.js'
import { languages, mapLanguages, type TextValue } from '../../src/i18n/locales.js'

const timeZone = 'Europe/Helsinki'
const morning = new Date('2026-09-04T05:07:00Z')
const midnight = new Date('2026-12-03T22:30:00Z')

/** Formats a value in each language. */
function write (value: TextValue | Date, form?: string) {
  return mapLanguages(language => formatValue(value, form, { language, timeZone }))
}

t.test('writes moments in tables on the institution’s clock', async t => {
  t.equal(formatDateTime(morning, timeZone, 'fi'), '4.9.2026 8.07')
  t.equal(formatDateTime(morning, timeZone, 'sv'), '4.9.2026 8.07')
  t.equal(formatDateTime(morning, timeZone, 'en'), '4 Sept 2026 08:07')
  t.equal(formatDateTime(new Date('2026-11-20T22:30:00Z'), timeZone, 'en'), '21 Nov 2026 00:30')
  t.equal(formatTime(new Date('2026-11-20T22:05:00Z'), timeZone), '0.05')
})

t.test('writes days in tables, charts and fields', async t => {
  t.equal(formatDate('2026-12-04', 'fi'), '4.12.2026')
  t.equal(formatDate('2026-12-04', 'sv'), '4.12.2026')
  t.equal(formatDate('2026-12-04', 'en'), '4 Dec 2026')
  t.strictSame(languages.map(language => formatDayAndMonth('2026-11-16', language)), ['16.11.', '16.11', '16 Nov'])
  t.equal(formatTypedDate('2026-02-01'), '1.2.2026')
})

t.test('writes a day and a moment in a sentence', async t => {
  t.strictSame(write(midnight, 'day'), { fi: '4.12.2026', sv: '4.12.2026', en: '4 December 2026' })
  t.strictSame(write('2026-12-04', 'day'), { fi: '4.12.2026', sv: '4.12.2026', en: '4 December 2026' })
  t.strictSame(write('2026-12-04', 'dayAndMonth'), { fi: '4.12.', sv: '4.12', en: '4 December' })
  t.strictSame(write('2026-12-04', 'shortDay'), { fi: 'pe 4.12.', sv: 'fre 4.12', en: 'Fri 4 December' })
  t.strictSame(write(morning, 'moment'), { fi: '4.9.2026 klo\u00a08.07', sv: '4.9.2026 kl.\u00a08.07', en: '4 Sept 2026 08:07' })
  t.strictSame(write(morning, 'time'), { fi: '8.07', sv: '8.07', en: '8.07' })
})

t.test('writes the table forms in a text too', async t => {
  t.strictSame(write(morning, 'dateTime'), { fi: '4.9.2026 8.07', sv: '4.9.2026 8.07', en: '4 Sept 2026 08:07' })
  t.strictSame(write('2026-12-04', 'date'), { fi: '4.12.2026', sv: '4.12.2026', en: '4 Dec 2026' })
})

t.test('writes a day with its weekday and month', async t => {
  t.strictSame(write(midnight, 'onDay'), { fi: 'perjantaina 4.\u00a0joulukuuta', sv: 'fredag den\u00a04\u00a0december', en: 'Friday 4\u00a0December' })
  t.strictSame(write(midnight, 'untilDay'), {
    fi: 'perjantaihin 4.\u00a0joulukuuta 2026', sv: 'fredag den\u00a04\u00a0december 2026', en: 'Friday 4\u00a0December 2026',
  })
})

t.test('inflects every Finnish weekday', async t => {
  const weekdays = (form: string) => [7, 8, 9, 10, 11, 12, 13].map(day => formatValue(`2026-12-${String(day).padStart(2, '0')}`, form, { language: 'fi' })?.split(' ')[0])
  t.strictSame(weekdays('onDay'), ['maanantaina', 'tiistaina', 'keskiviikkona', 'torstaina', 'perjantaina', 'lauantaina', 'sunnuntaina'])
  t.strictSame(weekdays('untilDay'), ['maanantaihin', 'tiistaihin', 'keskiviikkoon', 'torstaihin', 'perjantaihin', 'lauantaihin', 'sunnuntaihin'])
})

t.test('names weekdays from Monday to Sunday', async t => {
  const weekdays = [0, 1, 2, 3, 4, 5, 6]
  t.strictSame(weekdays.map(weekday => formatWeekday(weekday, 'sv')), ['mån', 'tis', 'ons', 'tors', 'fre', 'lör', 'sön'])
  t.strictSame(weekdays.map(weekday => formatWeekday(weekday, 'fi')), ['ma', 'ti', 'ke', 'to', 'pe', 'la', 'su'])
  t.strictSame(weekdays.map(weekday => formatWeekday(weekday, 'en')), ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])
  t.strictSame([formatWeekdayName(0, 'fi'), formatWeekdayName(6, 'sv'), formatWeekdayName(2, 'en')], ['Maanantai', 'Söndag', 'Wednesday'])
})

t.test('groups digits and joins lists as the language does', async t => {
  t.strictSame(write(12345), { fi: '12\u00a0345', sv: '12\u00a0345', en: '12,345' })
  t.equal(formatNumber(1234567, 'fi'), '1\u00a0234\u00a0567')
  t.strictSame(languages.map(language => formatPercent(1, 8, language)), ['12,5\u00a0%', '12,5\u00a0%', '12.5%'])
  t.equal(formatPercent(0, 0, 'en'), '–')
  t.strictSame(write(['a', 'b', 'c'], 'list'), { fi: 'a, b ja c', sv: 'a, b och c', en: 'a, b and c' })
  t.strictSame(write(['a', 'b', 'c'], 'orList'), { fi: 'a, b tai c', sv: 'a, b eller c', en: 'a, b or c' })
})

t.test('writes durations with their two largest units', async t => {
  t.equal(formatDuration(3 * 86_400 + 4 * 3600 + 300, 'fi'), '3 pv 4 t')
  t.equal(formatDuration(5 * 3600 + 20 * 60, 'sv'), '5 h 20 min')
  t.equal(formatDuration(59, 'en'), '0 h 1 min')
  t.strictSame(write(90_000, 'duration'), { fi: '1 pv 1 t', sv: '1 d 1 h', en: '1 d 1 h' })
})

t.test('picks the reader’s language of a text in every language', async t => {
  const name = { fi: 'Arabia, vahtimestarit', sv: 'Arabia, vaktmästarna', en: 'Arabia, porters' }
  t.strictSame(write(name), name)
})

t.test('refuses what it cannot write', async t => {
  t.throws(() => write(morning), /named formatter/)
  t.throws(() => write(['a']), /named formatter/)
  t.throws(() => write('a', 'sentence'), /no formatter is called sentence/)
  t.throws(() => write('a', 'toString'), /no formatter is called toString/)
  t.throws(() => write('2026-12-04', 'moment'), /needs a Date/)
  t.throws(() => write('a', 'list'), /needs an array/)
  t.throws(() => formatValue(morning, 'day', { language: 'en' }), /time zone/)
  t.equal(formatValue(undefined, 'day', { language: 'en' }), undefined)
})

t.test('lists every word of a calendar', async t => {
  const words = new Set(listCalendarWords('fi'))
  for (const word of ['maanantaina', 'keskiviikkoon', 'su', 'tammikuuta', 'joulukuuta']) t.ok(words.has(word), word)
})

t.test('parses a typed time only when there is such a time', async t => {
  for (const [typed, time] of [['8', '08:00'], [' 8.00 ', '08:00'], ['08:00', '08:00'], ['0800', '08:00'], ['8,30', '08:30'], ['23.59', '23:59'], ['0', '00:00']] as const) {
    t.equal(parseTime(typed), time, typed)
  }
  for (const none of ['24', '24.00', '8.60', '8.3', '8-16', 'noon', '-8', '']) t.equal(parseTime(none), undefined, none)
})
