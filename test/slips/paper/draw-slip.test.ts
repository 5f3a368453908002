import t from 'tap'
import { UnprintableTextError } from '../../../src/slips/paper/check-printable.js'
import { renderSlip } from '../../../src/slips/paper/draw-slip.js'
import { counterContent, sampleSlip, allSampleSlips, extremeSlips, letterContent, porterContent } from './sample-slips.js'
import { readPdf } from '../../helpers/read-pdf.js'

const code = 'DEMXX-DEMXX-DEMXE'

t.test('a slip is tagged, in the holder’s language, and titled with its number', async t => {
  const pdf = await readPdf(await renderSlip({ ...sampleSlip, languages: ['sv', 'en'], delivery: porterContent }))
  t.equal(pdf.tagged, true)
  t.equal(pdf.language, 'sv')
  t.equal(pdf.title, 'Aktiveringslapp DEM-XSP-8QV')
})

t.test('a slip is read in the order of the paper: title, facts, steps, code, help', async t => {
  const { structure, text } = await readPdf(await renderSlip(sampleSlip))
  t.strictSame(structure.slice(0, 4), [{ role: 'Root' }, { role: 'Document' }, { role: 'H1' }, { role: 'P', lang: 'en' }])
  t.equal(structure.filter(part => part.role === 'LI').length, 3)
  t.equal(structure.filter(part => part.role === 'Lbl').length, 3)
  const order = ['Aktivointilappu', 'Annettu', 'Hei Łukasz', '1Mene', '2Kirjoita', '3Keksi', 'Käyttäjätunnus', code, 'Emme koskaan', 'Apua', 'Sivu 1/1']
  const places = order.map(words => text.indexOf(words))
  t.strictSame(places, places.toSorted((a, b) => a - b))
  t.notOk(places.includes(-1))
})

t.test('figures have a text instead, which never is the code', async t => {
  const { structure } = await readPdf(await renderSlip({ ...sampleSlip, delivery: porterContent }))
  t.strictSame(structure.filter(part => part.role === 'Figure'), [
    { role: 'Figure', alt: 'Lapun numeron DEM-XSP-8QV viivakoodi' },
    { role: 'Figure', alt: 'QR-koodi, joka avaa aktivointisivun' },
    { role: 'Figure', alt: 'Lapun numeron DEM-XSP-8QV viivakoodi' },
  ])
})

t.test('nothing but the page itself knows the code or the holder', async t => {
  for (const [name, paper] of allSampleSlips) {
    const file = await renderSlip(paper)
    const { metadata, structure } = await readPdf(file)
    const about = metadata + JSON.stringify(structure)
    for (const secret of [code, code.replaceAll('-', ''), paper.username, paper.displayName]) {
      t.notOk(about.includes(secret), name)
      t.notOk(file.includes(secret), `${name}: nothing of it stands uncompressed in the file`)
      t.notOk(file.includes(Buffer.from(secret, 'utf16le').swap16()), name)
    }
  }
})

t.test('names are printed as they are spelled, and can be copied so', async t => {
  for (const displayName of ['Łukasz Nguyễn-Đặng', 'Ольга Çağrı', 'Íñigo Åström-Öhman', 'Ştefan Țepeș', 'Þóra Ægisdóttir', 'Ελένη Παπαδοπούλου']) {
    const { text } = await readPdf(await renderSlip({ ...sampleSlip, displayName }))
    t.match(text, `Hei ${displayName}!`)
  }
})

t.test('a name that is typed in parts is composed before it is printed', async t => {
  const { text } = await readPdf(await renderSlip({ ...sampleSlip, displayName: 'Åsa\u200b\u202e Öhman'.normalize('NFD') }))
  t.match(text, 'Hei Åsa Öhman!')
})

t.test('a character that the typeface lacks is not lost but marked, and the slip says so', async t => {
  const { text } = await readPdf(await renderSlip(extremeSlips['a name that the typeface cannot write']!))
  t.match(text, 'Hei \ufffd\ufffd\ufffd (Wang Xiaoming) \ufffd!')
  t.match(text.replaceAll('\n', ' '), '\ufffd on merkki, jota tämän lapun kirjasimella ei voi kirjoittaa.')
})

t.test('a user name or an address that cannot be written exactly is not printed at all', async t => {
  await t.rejects(renderSlip({ ...sampleSlip, username: '小明1234' }), new UnprintableTextError('username', ['小', '明']))
  const windowLines = ['王小明', 'Kauppakatu 5 B 12', '33100 TAMPERE']
  await t.rejects(renderSlip({ ...sampleSlip, delivery: { ...letterContent, windowLines } }), new UnprintableTextError('windowLines', ['王', '小', '明']))
})

t.test('an address of six lines is not printed: the window shows five', async t => {
  const windowLines = ['Łukasz Nguyễn-Đặng', 'c/o Virtanen', 'A 12', 'Kauppakatu 5', '33100 TAMPERE', 'FINLAND']
  await t.rejects(renderSlip({ ...sampleSlip, delivery: { ...letterContent, windowLines } }), RangeError)
})

t.test('a slip in English prints English only, unless a second language is given', async t => {
  const { text, structure } = await readPdf(await renderSlip({ ...sampleSlip, languages: ['en'] }))
  t.match(text, 'Activation slip')
  t.notMatch(text, 'Aktivointilappu')
  t.equal(structure.find(part => part.lang !== undefined), undefined)
})

t.test('one slip never decides what stands in another: not before, not after, not meanwhile', async t => {
  const others = [...Object.values(extremeSlips), { ...sampleSlip, displayName: 'A\u2010B\u00a0C \ufb01', username: 'fi-\u2010' }]
  const alone = await renderSlip({ ...sampleSlip, delivery: counterContent })
  const together = await Promise.all([...others, { ...sampleSlip, delivery: counterContent }, ...others].map(renderSlip))
  t.ok(alone.equals(together[others.length]!), 'byte for byte the same')
  t.match((await readPdf(alone)).text, 'https://hd.metropolia.fi/')
})
