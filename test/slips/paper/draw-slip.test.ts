import t from 'tap'
import { UnprintableTextError } from '../../../src/slips/paper/check-printable.js'
import { renderSlip } from '../../../src/slips/paper/draw-slip.js'
import type { SlipContent } from '../../../src/slips/paper/slip-content.js'
import { counterContent, sampleSlip, allSampleSlips, extremeSlips, letterContent, porterContent } from './sample-slips.js'
import { readPdf } from '../../helpers/read-pdf.js'

const code = 'DEMXX-DEMXX-DEMXE'

t.test('tags the document, sets its language and has the slip number in the title', async t => {
  const { tagged, language, title } = await readPdf(await renderSlip({ ...sampleSlip, languages: ['sv', 'en'], delivery: porterContent }))
  t.strictSame({ tagged, language, title }, { tagged: true, language: 'sv', title: 'Aktiveringslapp DEM-XSP-8QV' })
})

t.test('is printed at actual size by default', async t => {
  t.equal((await readPdf(await renderSlip(sampleSlip))).printScaling, 'None')
})

t.test('has its parts in reading order', async t => {
  const { structure, text } = await readPdf(await renderSlip(sampleSlip))
  t.strictSame(structure.slice(0, 4), [{ role: 'Root' }, { role: 'Document' }, { role: 'H1' }, { role: 'P', lang: 'en' }])
  t.equal(structure.filter(part => part.role === 'LI').length, 3)
  t.equal(structure.filter(part => part.role === 'Lbl').length, 3)
  const parts = ['Aktivointilappu', 'Luotu', 'Hei Łukasz', '1Mene', '2Kirjoita', '3Keksi', 'Käyttäjätunnus', code, 'Emme koskaan', 'Apua', 'Sivu 1/1']
  const positions = parts.map(part => text.indexOf(part))
  t.strictSame(parts.filter((_, i) => positions[i] === -1), [], 'every part is found')
  t.strictSame(positions, positions.toSorted((a, b) => a - b))
})

t.test('gives each figure an alternative text without the code', async t => {
  const { structure } = await readPdf(await renderSlip({ ...sampleSlip, delivery: porterContent }))
  t.strictSame(structure.filter(part => part.role === 'Figure'), [
    { role: 'Figure', alt: 'Lapun numeron DEM-XSP-8QV viivakoodi' },
    { role: 'Figure', alt: 'QR-koodi, joka avaa aktivointisivun' },
    { role: 'Figure', alt: 'Lapun numeron DEM-XSP-8QV viivakoodi' },
  ])
})

t.test('has no code, user name or name in the metadata or in uncompressed data', async t => {
  for (const [name, content] of allSampleSlips) {
    const file = await renderSlip(content)
    const { metadata, structure } = await readPdf(file)
    const readable = metadata + JSON.stringify(structure)
    for (const secret of [code, code.replaceAll('-', ''), content.username, content.displayName]) {
      t.notOk(readable.includes(secret), `${name}: metadata and structure`)
      t.notOk(file.includes(secret), `${name}: uncompressed data`)
      t.notOk(file.includes(Buffer.from(secret, 'utf16le').swap16()), `${name}: uncompressed data in UTF-16`)
    }
  }
})

t.test('prints names as they are spelled, as text that can be copied', async t => {
  for (const displayName of ['Łukasz Nguyễn-Đặng', 'Ольга Çağrı', 'Íñigo Åström-Öhman', 'Ştefan Țepeș', 'Þóra Ægisdóttir', 'Ελένη Παπαδοπούλου']) {
    const { text } = await readPdf(await renderSlip({ ...sampleSlip, displayName }))
    t.match(text, `Hei ${displayName}!`)
  }
})

t.test('composes a decomposed name and removes invisible characters', async t => {
  const { text } = await readPdf(await renderSlip({ ...sampleSlip, displayName: 'Åsa\u200b\u202e Öhman'.normalize('NFD') }))
  t.match(text, 'Hei Åsa Öhman!')
})

t.test('marks a character that the typeface lacks and explains the mark', async t => {
  const { text } = await readPdf(await renderSlip(extremeSlips['a name that the typeface cannot write']!))
  t.match(text, 'Hei \ufffd\ufffd\ufffd (Wang Xiaoming) \ufffd!')
  t.match(text.replaceAll('\n', ' '), '\ufffd on merkki, jota ei voi tulostaa tämän lapun kirjasimella.')
})

t.test('refuses a user name that the typeface lacks characters of', async t => {
  t.strictSame(await findUnprintable({ ...sampleSlip, username: '小明1234' }), { field: 'username', characters: ['小', '明'] })
})

t.test('refuses an address that the typeface lacks characters of', async t => {
  const windowLines = ['王小明', 'Kauppakatu 5 B 12', '33100 TAMPERE']
  t.strictSame(await findUnprintable({ ...sampleSlip, delivery: { ...letterContent, windowLines } }), { field: 'windowLines', characters: ['王', '小', '明'] })
})

t.test('refuses an address of eight lines, because the window shows seven', async t => {
  const windowLines = ['Łukasz Nguyễn-Đặng', 'c/o Smith', 'Flat 2', '10 Downing Street', 'Westminster', 'LONDON', 'SW1A 2AA', 'UNITED KINGDOM']
  await t.rejects(renderSlip({ ...sampleSlip, delivery: { ...letterContent, windowLines } }), new RangeError('The window shows 7 lines, not 8.'))
})

t.test('prints one language if there is no second one', async t => {
  const { text, structure } = await readPdf(await renderSlip({ ...sampleSlip, languages: ['en'] }))
  t.match(text, 'Activation slip')
  t.notMatch(text, 'Aktivointilappu')
  t.strictSame(structure.filter(part => part.lang !== undefined), [])
})

t.test('renders the same bytes whatever slips are rendered before or at the same time', async t => {
  const slip = { ...sampleSlip, delivery: counterContent }
  const others = [...Object.values(extremeSlips), { ...sampleSlip, displayName: 'A\u2010B\u00a0C \ufb01', username: 'fi-\u2010' }]
  const alone = await renderSlip(slip)
  const together = await Promise.all([...others, slip, ...others].map(renderSlip))
  t.ok(alone.equals(together[others.length]!), 'byte for byte')
})

t.test('copies letters of a ligature as single letters', async t => {
  const { text } = await readPdf(await renderSlip(sampleSlip))
  t.match(text, 'https://hd.metropolia.fi/')
})

/** Returns the field and the characters for which a slip is refused. */
async function findUnprintable (content: SlipContent): Promise<Pick<UnprintableTextError, 'field' | 'characters'> | undefined> {
  try {
    await renderSlip(content)
  } catch (error) {
    if (!(error instanceof UnprintableTextError)) throw error
    return { field: error.field, characters: error.characters }
  }
  return undefined
}
