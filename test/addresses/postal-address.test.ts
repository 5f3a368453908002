import t from 'tap'
import { listCountries } from '../../src/addresses/countries.js'
import { formatPlaceLines, formatWindowLines, listLongLines, MAX_PRINTED_LINES, type PostalAddress } from '../../src/addresses/postal-address.js'

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

t.test('prints the lines in the order of the country', async t => {
  const lines = (address: Partial<PostalAddress>) => formatWindowLines({ ...home, lines: ['Street 1'], ...address }, 'FI').slice(1)
  t.strictSame(lines({ postcode: 'SW1A 1AA', town: 'London', country: 'GB' }), ['Street 1', 'LONDON', 'SW1A 1AA', 'UNITED KINGDOM'])
  t.strictSame(lines({ postcode: '62704', town: 'Springfield IL', country: 'US' }), ['Street 1', 'SPRINGFIELD IL 62704', 'UNITED STATES'])
  t.strictSame(lines({ postcode: '110001', town: 'New Delhi', country: 'IN' }), ['Street 1', 'NEW DELHI 110001', 'INDIA'])
  t.strictSame(lines({ postcode: 'D02 AF30', town: 'Dublin 2', country: 'IE' }), ['Street 1', 'DUBLIN 2', 'D02 AF30', 'IRELAND'])
  t.strictSame(lines({ postcode: '', town: 'Doolin', country: 'IE' }), ['Street 1', 'DOOLIN', 'IRELAND'])
  t.strictSame(lines({ postcode: '75001', town: 'Paris', country: 'FR' }), ['Street 1', '75001 PARIS', 'FRANCE'])
  t.strictSame(lines({ postcode: '114 55', town: 'Stockholm', country: 'SE' }), ['Street 1', 'SE-114 55 STOCKHOLM', 'SWEDEN'])
  t.strictSame(lines({ postcode: 'LV-1010', town: 'Rīga', country: 'LV' }), ['Street 1', 'RĪGA, LV-1010', 'LATVIA'])
  t.strictSame(lines({ postcode: '1037', town: 'Budapest', country: 'HU' }), ['BUDAPEST', 'Street 1', '1037', 'HUNGARY'])
  t.strictSame(lines({ postcode: '100-0005', town: 'Tokyo', country: 'JP' }), ['Street 1, TOKYO', '100-0005', 'JAPAN'])
  t.strictSame(lines({ postcode: '', town: 'Dubai', country: 'AE' }), ['Street 1', 'DUBAI', 'UNITED ARAB EMIRATES'])
})

t.test('prints a town or postcode that the format of the country lacks', async t => {
  const lines = (address: Partial<PostalAddress>) => formatWindowLines({ ...home, lines: ['Street 1'], ...address }, 'FI')
  t.strictSame(lines({ postcode: '018956', town: 'Singapore', country: 'SG' }), [home.recipient, 'Street 1', 'SINGAPORE 018956', 'SINGAPORE'])
  t.strictSame(lines({ postcode: '', town: 'Macao', country: 'MO' }), [home.recipient, 'Street 1', 'MACAO'])
  t.strictSame(lines({ postcode: 'GY1 1AA', town: 'St Peter Port', country: 'GG' }), [home.recipient, 'Street 1', 'ST PETER PORT', 'GY1 1AA', 'GUERNSEY'])
  t.strictSame(lines({ postcode: 'GA-144-3048', town: 'Accra', country: 'GH' }), [home.recipient, 'Street 1', 'ACCRA GA-144-3048', 'GHANA'])
  t.strictSame(lines({ postcode: '050012', town: 'Almaty', country: 'KZ' }), [home.recipient, 'Street 1', 'ALMATY', '050012', 'KAZAKHSTAN'])
})

t.test('prints each part of an address once, in at most seven lines, for every country', async t => {
  const parts = { recipient: 'Recipient', lines: ['First', 'Second', 'Third'], postcode: '7Q7', town: 'Localtown' }
  for (const { code } of listCountries('en')) {
    const lines = formatWindowLines({ ...parts, country: code }, code === 'FI' ? 'SE' : 'FI')
    const text = `${lines.join('\n')}\n`
    const isComplete = ['Recipient', 'First', 'Second', 'Third', '7Q7', 'LOCALTOWN'].every(part => text.split(part).length === 2)
    if (!isComplete || lines[0] !== 'Recipient' || lines.length > MAX_PRINTED_LINES) t.fail(`${code}: ${lines.join(' / ')}`)
    const domestic = formatWindowLines({ ...parts, country: code }, code)
    if (domestic.some(line => /^[A-Z]{1,3}-?7Q7/.test(line))) t.fail(`${code}: ${domestic.join(' / ')}`)
  }
  t.equal(MAX_PRINTED_LINES, 7)
})

t.test('lists town and postcode in the order of the country, with its name', async t => {
  t.strictSame(formatPlaceLines({ postcode: '33100', town: 'Tampere', country: 'FI' }, 'FI', 'sv'), ['33100 Tampere'])
  t.strictSame(formatPlaceLines({ postcode: 'SW1A 1AA', town: 'London', country: 'GB' }, 'FI', 'sv'), ['London', 'SW1A 1AA', 'Storbritannien'])
  t.strictSame(formatPlaceLines({ postcode: '', town: 'Tokyo', country: 'JP' }, 'FI', 'en'), ['Tokyo', 'Japan'])
})

t.test('traces a long line to its field in any order', async t => {
  const long = { ...home, lines: ['Street 1', 'x'.repeat(31)], postcode: '1037', town: 'x'.repeat(40), country: 'HU' }
  t.strictSame(listLongLines(long, 'FI', 30), [{ path: ['town'], length: 40 }, { path: ['lines', 1], length: 31 }])
})
