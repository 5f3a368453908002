import iconv from 'iconv-lite'
import t from 'tap'
import { type AccountCells, readAccountRow } from '../../src/accounts/account-row.js'

const context = { today: '2026-11-19' }
const person = { username: 'annte0001', display_name: 'Anna Testi', affiliations: 'student' }
const read = (cells: AccountCells, changes = {}) => readAccountRow({ ...person, ...cells }, { ...context, ...changes })

/** The value of a field, and the remarks as `code value`; for a rejected row its errors. */
function fieldOf (cells: AccountCells, field: string, changes = {}) {
  const row = read(cells, changes)
  if (!row.ok) return row.errors.map(({ path, message }) => `${path} ${message}`)
  return { value: new Map<string, unknown>(Object.entries(row.draft)).get(field), warnings: row.warnings.map(({ code }) => code), notes: row.notes.map(({ code }) => code) }
}

const clean = (value: unknown) => ({ value, warnings: [], notes: [] })
const warned = (value: unknown, ...warnings: string[]) => ({ value, warnings, notes: [] })
const noted = (value: unknown, ...notes: string[]) => ({ value, warnings: [], notes })

t.test('takes a person with a single name, in either column', async t => {
  const nameOf = (first: string, last: string) => fieldOf({ display_name: undefined, first_names: first, last_name: last }, 'displayName')
  t.strictSame(nameOf('', 'Suharti'), clean('Suharti'))
  t.strictSame(nameOf('Suharti', ''), clean('Suharti'))
  for (const none of ['-', '–', 'NULL', 'N/A', '#N/A', '.', 'FNU']) t.strictSame(nameOf(none, 'Suharti'), noted('Suharti', 'read-as-blank'), none)
  t.strictSame(nameOf('Jennifer', 'Null'), clean('Jennifer Null'), 'a real surname')
  t.strictSame(nameOf('Nil', 'None'), clean('Nil None'))
  t.strictSame(nameOf('-', 'NULL'), ['display_name required'])
  t.strictSame(fieldOf({ display_name: '', first_names: 'Anna', last_name: 'Testi' }, 'displayName'), clean('Anna Testi'), 'the other two columns replace an empty one')
})

t.test('reads dates of birth as files write them', async t => {
  const birth = (text: string, changes = {}) => fieldOf({ birth_date: text }, 'birthDate', changes)
  for (const text of ['1999-12-31', '31.12.1999', ' 31.12.1999 ']) t.strictSame(birth(text), clean('1999-12-31'), text)
  for (const text of ['31/12/1999', '1999-12-31 00:00:00', '1999-12-31T00:00:00Z', '31.12.99', '31 Dec 1999']) t.strictSame(birth(text), noted('1999-12-31', 'rewritten'), text)
  t.strictSame(birth('1.2.99'), noted('1999-02-01', 'rewritten'))
  t.strictSame(birth('1.2.05'), noted('2005-02-01', 'rewritten'))
})

t.test('drops a partial, impossible or ambiguous date of birth and takes the person', async t => {
  const birth = (text: string, changes = {}) => fieldOf({ birth_date: text }, 'birthDate', changes)
  for (const text of ['1990', '1990-00-00', '1990-05', '36525', '2001-02-30', '12/31/1999', '1.1.2030', '9999-12-31', '1900-01-01', 'unknown']) {
    t.strictSame(birth(text), warned(undefined, 'birth_date-dropped'), text)
  }
  t.strictSame(birth('01/02/1999'), noted('1999-02-01', 'rewritten'))
  t.strictSame(birth('01/02/1999', { hasMonthFirstDates: true }), warned(undefined, 'birth_date-dropped'), 'another row has the month first')
  t.strictSame(birth('13/02/1999', { hasMonthFirstDates: true }), noted('1999-02-13', 'rewritten'))
})

t.test('reads languages by tag, code and name', async t => {
  const language = (text: string) => fieldOf({ preferred_language: text }, 'preferredLanguage')
  for (const text of ['sv', 'SV']) t.strictSame(language(text), clean('sv'), text)
  for (const text of ['sv-FI', 'sv_SE.UTF-8', 'swe', 'Svenska', 'ruotsi', 'Swedish', 'sv-FI, en;q=0.5', 'ru; sv']) t.strictSame(language(text), noted('sv', 'rewritten'), text)
  t.strictSame(language('en_GB'), noted('en', 'rewritten'))
  t.strictSame(language('Suomi'), noted('fi', 'rewritten'))
  for (const text of ['ru', 'de-AT', 'Klingon', '1', '??']) {
    const expected = text === '??' ? noted(undefined, 'read-as-blank') : warned(undefined, 'preferred_language-dropped')
    t.strictSame(language(text), expected, text)
  }
})

t.test('reads words for nothing as blank', async t => {
  for (const text of ['NULL', 'null', 'N/A', 'n/a', '#N/A', '#PUUTTUU!', '#REF!', '####', '-', '--', '0', '000', 'None', 'nil', 'NaN', '(null)', String.raw`\N`, '.', '?']) {
    t.strictSame(fieldOf({ student_number: text }, 'studentNumber'), noted(null, 'read-as-blank'), text)
    t.strictSame(fieldOf({ birth_date: text }, 'birthDate'), noted(null, 'read-as-blank'), text)
    t.strictSame(fieldOf({ status: text }, 'status'), noted(undefined, 'read-as-blank'), text)
  }
  for (const text of ['NULL', '-', '0', '#N/A', '']) t.strictSame(fieldOf({ username: text }, 'username'), ['username required'], text)
  t.strictSame(fieldOf({ student_number: '' }, 'studentNumber'), clean(null))
  t.strictSame(fieldOf({}, 'studentNumber'), clean(undefined), 'no column')
})

t.test('reads student numbers that a spreadsheet has written', async t => {
  const number = (text: string) => fieldOf({ student_number: text }, 'studentNumber')
  t.strictSame(number('0012345'), clean('0012345'))
  t.strictSame(number('="0012345"'), clean('0012345'))
  for (const text of ["'0012345", '００１２３４５']) t.strictSame(number(text), noted('0012345', 'rewritten'), text)
  t.strictSame(number('12345.0'), noted('12345', 'rewritten'))
  for (const text of ['1.23E+05', '1E5', '1 1', 'x'.repeat(31), 'ä']) t.strictSame(number(text), warned(undefined, 'student_number-dropped'), text)
})

t.test('undoes the guard against formulas in rejected rows', async t => {
  t.strictSame(fieldOf({ student_number: "'-" }, 'studentNumber'), noted(null, 'read-as-blank'))
  for (const [guarded, name] of [["'=Anna", '=Anna'], ["'+Anna", '+Anna'], ["'@Anna", '@Anna'], ["'-Anna", '-Anna'], ["'\tAnna", 'Anna']] as const) {
    t.strictSame(fieldOf({ display_name: guarded }, 'displayName'), clean(name), guarded)
  }
  t.strictSame(fieldOf({ display_name: "'t Hooft" }, 'displayName'), clean("'t Hooft"), 'an apostrophe of the name')
})

t.test('takes user names with an apostrophe, full width or a dotted I', async t => {
  for (const text of ["O'Brien01", 'O’Brien01', 'ｏ＇ｂｒｉｅｎ０１']) t.strictSame(fieldOf({ username: text }, 'username'), clean("o'brien01"), text)
  t.strictSame(fieldOf({ username: 'İbrahim01' }, 'username'), clean('ibrahim01'))
  t.strictSame(fieldOf({ username: "'obrien" }, 'username'), ['username username-shape'])
  t.strictSame(fieldOf({ username: 'åsa' }, 'username'), ['username username-shape'])
})

t.test('keeps an unknown status from opening a new account', async t => {
  const row = read({ status: 'enabled' })
  t.strictSame(row.ok && [row.draft.status, row.draft.statusOfNew, row.warnings], [undefined, 'locked', [{ column: 'status', code: 'status-dropped', values: { value: 'enabled' } }]])
  for (const text of ['Not yet entitled', 'NOT_YET_ENTITLED']) t.strictSame(fieldOf({ status: text }, 'status'), clean('not-yet-entitled'), text)
})

t.test('removes invisible characters and keeps joiners that shape letters', async t => {
  const name = (text: string) => fieldOf({ display_name: text }, 'displayName')
  for (const text of ['Anna\u00ad Testi', '\u200eAnna Testi\u200f', 'An\u200bna Te\u2060sti', 'An\u200cna Tes\u200dti']) t.strictSame(name(text), noted('Anna Testi', 'invisible-removed'), JSON.stringify(text))
  for (const kept of ['علی\u200cرضا', 'മോഹന\u0d4d\u200d', 'क\u094d\u200dष', 'क\u094d\u200cष']) t.strictSame(name(kept), clean(kept.normalize()), JSON.stringify(kept))
  t.strictSame(name('علی\u200c رضا'), noted('علی رضا', 'invisible-removed'), 'a joiner at the end of a word')
  t.strictSame(name('A\u0007B \ue123C'), warned('AB C', 'characters-removed'))
  t.strictSame(name('Anna\u00a0\n Testi'), clean('Anna Testi'))
})

t.test('warns of letters that were decoded twice or lost', async t => {
  const likely = (text: string) => { const row = read({ display_name: text }); return row.ok && row.warnings.map(({ code, values }) => [code, values['likely'] ?? values['value']]) }
  for (const right of ['Päivi Mäkinen', 'Åsa Öberg', 'Ольга Ким', 'Zażółć', 'Nguyễn', 'O’Brien', 'àé']) {
    const bytes = Buffer.from(right)
    t.strictSame((likely(bytes.toString('latin1')) || []).at(-1), ['decoded-twice', right], `${right}, read as ISO 8859-1`)
    t.strictSame(likely(iconv.decode(bytes, 'windows-1252')), [['decoded-twice', right]], `${right}, read as Windows-1252`)
  }
  t.strictSame(likely('MÃƒÂ¤kinen'), [['decoded-twice', 'Mäkinen']], 'twice')
  t.strictSame(fieldOf({ display_name: 'MÃ¤kinen' }, 'displayName'), warned('MÃ¤kinen', 'decoded-twice'), 'imported as it is')
  for (const text of ['M?kinen', 'M\ufffdkinen', 'M√§kinen', 'M├ñkinen', 'M&auml;kinen', 'M„kinen', 'M¤kinen']) t.strictSame(likely(text), [['letters-damaged', text]], text)
})

t.test('does not warn of names that are right', async t => {
  for (const text of [
    'Łukasz Nguyễn-Đặng', 'Siobhán O’Brien-Niemelä', "D'Angelo", 'Åsa Öberg', 'Ãngela Ângelo', 'Çağrı Yıldız', 'Kivi, Anna-Liisa', 'Anna (Annie) Testi', 'Anna ”Annu” Testi', 'J.R. Testi', 'Gal·la Testi',
    'Γεώργιος Παπαδόπουλος', 'Ольга Кузнецова', '王小明', 'L’Étoile', 'Šárka Žižková', 'María José', 'ʻOkina', 'Anna Testi-O´Neil',
  ]) t.strictSame(fieldOf({ display_name: text }, 'displayName'), clean(text.normalize()), text)
})
