import t from 'tap'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { normalisePassword, listPasswordIssues } from '../../src/passwords/policy.js'
import { pickEach } from '../helpers/projections.js'

const owner = { username: 'lukng2101', institution: metropolia }
const why = (typed: string, changes: Partial<typeof owner> = {}) => listPasswordIssues(normalisePassword(typed), { ...owner, ...changes }).map(fault => fault.message)

t.test('requires a length from the profile’s minimum to 256 code points', async t => {
  const chosen = 'seven grey herons walk slowly over the frozen bay, and one of them sings '
  const ofLength = (length: number) => chosen.repeat(Math.ceil(length / chosen.length)).slice(0, length)
  for (const length of [15, 64, 256]) t.strictSame(why(ofLength(length)), [], `${length} characters`)
  t.strictSame(why('x'), ['password-too-short'])
  t.strictSame(why(''), ['password-too-short'])
  t.strictSame(why(ofLength(14)), ['password-too-short'])
  for (const length of [257, 1_000, 100_000]) t.strictSame(why(ofLength(length)), ['password-too-long'], `${length} characters`)
  t.strictSame(pickEach(listPasswordIssues('too short', owner), 'values'), [{ values: { limit: 15, length: 9 } }], 'the issue has the required and the actual length')
  t.strictSame(why(ofLength(15), { institution: { ...metropolia, passwordMinimum: 16 } }), ['password-too-short'], 'a profile can require more')
})

t.test('counts one character for each code point', async t => {
  t.strictSame(why('🐈🦊🌲🚲🎻🍋🧊🪁🦉🌊🎈🧵🥨🛶🔔'), [])
  t.strictSame(why('🐈🦊🌲🚲🎻🍋🧊🪁🦉🌊🎈🧵🥨🛶'), ['password-too-short'], '14 code points, although 28 UTF-16 units')
})

t.test('accepts any Unicode and spaces anywhere, unchanged', async t => {
  for (const typed of ['   seven herons sing', 'Ольга идёт домой пешком', 'yö on pitkä ja äänetön', '雪が静かに降る夜の湖畔を歩いた', 'Ðе café of Łukasz ẞ', '👩‍👩‍👧 under the bridge']) {
    t.strictSame(why(typed), [], typed)
    t.equal(normalisePassword(typed), typed.normalize('NFC'))
  }
})

t.test('treats composed and decomposed marks as the same password', async t => {
  const composed = 'Yö Ängelholmissa é'
  t.not(composed.normalize('NFD'), composed)
  t.equal(normalisePassword(composed.normalize('NFD')), composed)
  t.strictSame(why('é'.repeat(14).normalize('NFD')), ['password-too-short'], '28 code points as typed, 14 as counted')
})

t.test('refuses control characters and lone surrogates', async t => {
  for (const sign of ['\0', '\t', '\r\n', '\u001b', '\u0085', '\ud83d']) t.strictSame(why(`seven herons ${sign} sing`), ['password-unprintable'], JSON.stringify(sign))
})

t.test('refuses the user name or the institution’s name in any spelling', async t => {
  for (const typed of ['sing, lukng2101, sing', 'sing LUK-NG 2101 sing', 'Łukng2101 walks slowly']) t.strictSame(why(typed), ['password-holds-username'], typed)
  for (const typed of ['grey METROPÓLIA herons', 'metro polia in the fog']) t.strictSame(why(typed), ['password-holds-institution'], typed)
  t.strictSame(why('seven herons of meikalainen', { username: 'meikalainen@tuni.example' }), ['password-holds-username'], 'the part of an address before the @')
  t.strictSame(why('seven channels freeze', { username: 'ann' }), [], 'a name of three letters is part of too many words')
  t.strictSame(why('seven channels freeze', { username: '' }), [])
  t.strictSame(why('the university of applied herons'), [], 'only the complete name counts as the institution’s name')
})

t.test('reports all reasons together', async t => {
  t.strictSame(why('metropolia\0lukng'), ['password-unprintable', 'password-holds-institution'])
  t.strictSame(why('Metropolia2026'), ['password-too-short', 'password-holds-institution'])
})

t.test('stays fast for any input', async t => {
  const begun = performance.now()
  t.strictSame(why(`a${'\u0315\u0300'.repeat(250_000)}`), ['password-too-long'], 'combining marks that NFC would sort for a minute')
  why('p4$$w0rd'.repeat(32))
  why('4@8({[<3€6 9$5+7!1|0%2'.repeat(11))
  t.ok(performance.now() - begun < 2_000)
})
