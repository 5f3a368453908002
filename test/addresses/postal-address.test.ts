import t from 'tap'
import { listLongLines, isPostcodeOfCountry, formatWindowLines } from '../../src/addresses/postal-address.js'

const home = { recipient: 'Łukasz Nguyễn-Đặng', lines: ['Kauppakatu 5 B 12'], postcode: '33100', town: 'Tampere', country: 'FI' }

t.test('prints recipient, street, postcode and town in capitals in Finland', async t => {
  t.strictSame(formatWindowLines(home, 'FI'), ['Łukasz Nguyễn-Đặng', 'Kauppakatu 5 B 12', '33100 TAMPERE'])
  t.strictSame(formatWindowLines({ ...home, lines: ['c/o Virtanen', 'as 4', 'Västerskogsvägen 1'], postcode: '01120', town: 'västerskog' }, 'FI'),
    ['Łukasz Nguyễn-Đặng', 'c/o Virtanen', 'as 4', 'Västerskogsvägen 1', '01120 VÄSTERSKOG'])
})

t.test('prints the country in English capitals as the last line abroad', async t => {
  t.strictSame(formatWindowLines({ ...home, lines: ['Königsallee 1'], postcode: '40212', town: 'Düsseldorf', country: 'DE' }, 'FI'),
    ['Łukasz Nguyễn-Đặng', 'Königsallee 1', '40212 DÜSSELDORF', 'GERMANY'])
  t.strictSame(formatWindowLines({ ...home, lines: ['88 Queensway'], postcode: '', town: 'Hong Kong', country: 'HK' }, 'FI').slice(-2), ['HONG KONG', 'HONG KONG'])
})

t.test('warns about a line of more than 30 characters', async t => {
  const address = { ...home, lines: ['x'.repeat(30), 'Suvantokatu 12 Rappukäytävä Bee'], town: 'Vanha-Ulvilan Kirkonkylän asema' }
  t.strictSame(listLongLines(address, 'FI', 30), [{ path: ['lines', 1], length: 31 }, { path: ['town'], length: 37 }])
  t.strictSame(listLongLines(home, 'FI', 30), [])
})

t.test('formats postcodes as their country does', async t => {
  for (const [postcode, country] of [['33100', 'FI'], ['114 55', 'SE'], ['SW1A 1AA', 'GB'], ['K1A 0B1', 'CA'], ['22100', 'AX'], ['', 'AE'], ['00100', 'KE']] as const) {
    t.ok(isPostcodeOfCountry(postcode, country), `${country} ${postcode}`)
  }
  for (const [postcode, country] of [['3310', 'FI'], ['331OO', 'FI'], ['', 'FI'], ['1145', 'SE'], ['33100', 'AX'], ['?', 'AE']] as const) {
    t.notOk(isPostcodeOfCountry(postcode, country), `${country} ${postcode}`)
  }
})
