import t from 'tap'
import { foldUsername, readUsername, removeOwnDomain } from '../../src/institution/user-names.js'

const domains = ['example.fi', 'student.example.fi']

t.test('reads a user name in any case, width and with invisible characters', async t => {
  for (const typed of ['annko4420', ' AnnKo4420 ', 'ａｎｎｋｏ４４２０', 'annko4420\u200b', '\u00adann\u200eko4420', 'annko٤٤٢٠', 'аnnkо4420', 'annko4420\r\n', '\u00a0annko4420', '\0annko4420']) {
    t.equal(foldUsername(typed), 'annko4420', JSON.stringify(typed))
  }
})

t.test('reads the Turkish letters İ and ı as i', async t => {
  for (const typed of ['ilkka1204', 'İLKKA1204', 'ılkka1204', 'I\u0307LKKA1204', 'ILKKA1204']) t.equal(foldUsername(typed), 'ilkka1204', JSON.stringify(typed))
})

t.test('keeps letters that have no Latin look-alike', async t => {
  t.equal(foldUsername('käyttäjä'), 'käyttäjä')
  t.equal(foldUsername('ß'), 'ß')
})

t.test('removes a domain of the institution in either form', async t => {
  for (const typed of ['annko4420@example.fi', 'AnnKo4420@EXAMPLE.FI', 'annko4420＠example.fi', 'annko4420@example.fi.', 'annko4420 @ example.fi', 'annko4420@student.example.fi', 'EXAMPLE\\annko4420', 'example.fi\\annko4420', 'EXAMPLE/annko4420', 'EXAMPLE￥annko4420', 'STUDENT\\annko4420', 'EXAMPLE\\annko4420@example.fi']) {
    t.strictSame(readUsername(typed, domains), { username: 'annko4420', hasOtherDomain: false }, typed)
  }
})

t.test('keeps another domain and reports it', async t => {
  for (const typed of ['annko4420@example.com', 'annko4420@sub.example.fi', 'other\\annko4420', 'annko4420@example', 'other\\annko4420@example.org']) {
    t.strictSame(readUsername(typed, typed === 'annko4420@example' ? ['else.fi'] : domains), { username: typed, hasOtherDomain: true }, typed)
  }
})

t.test('keeps every domain where user names contain an @ themselves', async t => {
  t.strictSame(readUsername('Anna.Korhonen@tuni.fi', []), { username: 'anna.korhonen@tuni.fi', hasOtherDomain: false })
})

t.test('reads odd signs as a part of the user name', async t => {
  for (const typed of ['@example.fi', '@', 'a@', '\\annko', 'annko\\', '']) t.strictSame(readUsername(typed, domains).username, typed)
})

t.test('removes the domain from a search for one user name only', async t => {
  t.equal(removeOwnDomain('annko4420@example.fi', domains), 'annko4420')
  for (const q of ['Anna Korhonen', 'ANNKO4420', 'annko4420@example.com', 'Anna annko4420@example.fi', '', 'annko4420@example.fi x']) t.equal(removeOwnDomain(q, domains), q)
  t.equal(removeOwnDomain('a@example.fi', []), 'a@example.fi')
})
