import fc from 'fast-check'
import t from 'tap'
import { letterSchema } from '../../src/addresses/schemas.js'
import { translator } from '../../src/i18n/translate.js'
import { formatFieldError, parseInput } from '../../src/institution/input.js'

const schema = letterSchema('FI')
const home = { recipient: 'Aino Aalto', lines: ['Kauppakatu 5 B 12'], postcode: '33100', town: 'Tampere', country: 'FI' }
const faults = (changes: Record<string, unknown>) => {
  const parsed = parseInput(schema, { ...home, ...changes })
  return parsed.ok ? [] : parsed.errors.map(({ path, message }) => `${path} ${message}`)
}

t.test('normalises an address', async t => {
  t.strictSame(parseInput(schema, { recipient: ' Aino  Aalto', lines: ['', 'c/o Virtanen ', ' ', 'Kauppakatu 5'], postcode: ' sw1a 1aa', town: 'London', country: 'gb' }), {
    ok: true, value: { recipient: 'Aino Aalto', lines: ['c/o Virtanen', 'Kauppakatu 5'], postcode: 'SW1A 1AA', town: 'London', country: 'GB' },
  })
})

t.test('reports every fault at its field', async t => {
  t.strictSame(faults({ recipient: ' ' }), ['recipient required'])
  t.strictSame(faults({ recipient: 'Aino\u0000' }), ['recipient control-characters'])
  t.strictSame(faults({ town: 'Tam\npere' }), ['town control-characters'])
  t.strictSame(faults({ recipient: 'Aino \u202eotlaA' }), ['recipient control-characters'])
  t.strictSame(faults({ recipient: 'Aino \ud800' }), ['recipient control-characters'])
  t.strictSame(faults({ lines: ['Kauppakatu 5', 'x'.repeat(46)] }), ['lines.1 line-too-long'])
  t.strictSame(faults({ lines: ['Kauppakatu 5', 'ABCEH-KMPTX-Y23ZK'] }), ['lines.1 holds-a-code'])
  t.strictSame(faults({ lines: [] }), ['lines lines-missing'])
  t.strictSame(faults({ lines: ['', ' '] }), ['lines lines-missing'])
  t.matchOnlyStrict(faults({ lines: 'Kauppakatu 5' }), [/^lines /])
  t.matchOnlyStrict(faults({ lines: [7] }), [/^lines\.0 /])
  t.strictSame(faults({ postcode: '331OO' }), ['postcode postcode-digits'])
  t.strictSame(faults({ postcode: '' }), ['postcode required'])
  t.strictSame(faults({ country: 'ZZ' }), ['country no-such-country'])
  t.strictSame(faults({ country: '' }), ['country required'])
  t.strictSame(faults({ country: undefined }), ['country required'])
  t.strictSame(faults({ town: 'x'.repeat(200_000) }), ['town line-too-long'])
  t.strictSame(faults({ town: 'x'.repeat(40) }), ['town line-too-long'], 'with its postcode')
})

t.test('allows three free lines in Finland and abroad', async t => {
  for (const place of [{}, { country: 'SE', postcode: '114 55', town: 'Stockholm' }, { country: 'GB', postcode: 'SW1A 1AA', town: 'London' }]) {
    t.strictSame(faults({ lines: ['a', 'b', 'c'], ...place }), [])
    t.strictSame(faults({ lines: ['a', 'b', 'c', 'd'], ...place }), ['lines too-many-lines'])
  }
})

t.test('stores the postcode in the usual form of the country', async t => {
  const postcode = (typed: string, country: string) => {
    const parsed = parseInput(schema, { ...home, town: 'X-town', postcode: typed, country })
    return parsed.ok ? parsed.value.postcode : parsed.errors
  }
  t.equal(postcode('ＦＩ-33100', 'FI'), '33100')
  t.equal(postcode('AX-22100', 'AX'), '22100')
  t.equal(postcode('22100', 'ax'), '22100')
  t.equal(postcode('se-11455', 'SE'), '114 55')
  t.equal(postcode('-', 'HK'), '')
  t.strictSame(faults({ postcode: '-' }), ['postcode required'])
  t.strictSame(faults({ postcode: undefined, country: 'IE', town: 'Doolin' }), [])
  t.strictSame(faults({ postcode: '00100', country: 'SE' }), ['postcode postcode-digits'])
})

t.test('refuses what is no address', async t => {
  const lines = (...typed: string[]) => faults({ lines: typed })
  for (const typed of ['-', '.', '–', ' - ']) t.strictSame(lines(typed), ['lines lines-missing'], typed)
  t.strictSame(lines('c/o Virtanen'), ['lines lines-missing'])
  for (const typed of ['n/a', 'N/A', 'none', 'x', 'XXX', 'tuntematon', 'Okänd', 'ei tiedossa', 'saknas', '0', '123']) t.strictSame(lines(typed), ['lines.0 not-an-address'], typed)
  for (const typed of [
    'No fixed abode', 'of no fixed abode', 'NO FIXED ADDRESS', 'ei vakituista asuntoa', 'Ei vakinaista asuntoa', 'asunnoton', 'Utan fast adress', 'utan fast bostad', 'bostadslös',
    'ei vakituista asuinpaikkaa', 'Vailla vakinaista asuntoa', 'utan stadigvarande bostad', 'no known address', 'uten fast bopel', 'ohne festen Wohnsitz', 'osoite tuntematon', 'Adress saknas',
    'kotiosoite puuttuu', 'turvakielto', 'hemlig adress', 'address missing', 'same as before', 'see e-mail', 'ask student', 'none given',
  ]) t.strictSame(lines(typed), ['lines.0 no-fixed-address'], typed)
  for (const typed of [
    'Pakettiautomaatti 1234', 'Posti pakettiautomaatti', 'Postin pakettiautomaatille', 'Postiautomaatti K-Market', 'SmartPOST Kamppi', 'Smart Post', 'Paketautomat 12', 'Postens paketautomat',
    'Matkahuolto Tampere', 'Postin noutopiste', 'Parcel locker 5', 'Packstation 145', 'Pakkeautomat', 'Pick-up point', 'Postin automaatti', 'Automaatti 4432', 'DPD Pickup', 'Postin pakettilokero', 'S-market Kaleva, pakettiautomaatti', 'PostNord utlämningsställe',
  ]) t.strictSame(lines('Kauppakatu 5', typed), ['lines.1 parcel-locker'], typed)
  for (const typed of ['aino@example.com', 'Kauppakatu 5, aino@example.com', '+358 40 123 4567', 'Kauppakatu 5 puh. 040 123 4567', '040 123 4567', 'tel 0401234567', 'p. 0401234567', 'Kauppakatu 5, 040 123 4567', 'https://example.com']) {
    t.strictSame(lines(typed), ['lines.0 contact-in-address'], typed)
  }
  for (const typed of ['33100 Tampere', '33100', 'TAMPERE', 'Tampere 33100', '33100, Tampere']) t.strictSame(lines('Kauppakatu 5', typed), ['lines.1 place-in-line'], typed)
  for (const typed of ['Otakaari 1, 02150 Espoo', '02150 Espoo', 'Otakaari 1 FI-02150 ESPOO']) t.strictSame(lines(typed), ['lines.0 place-in-line'], typed)
  t.strictSame(faults({ town: '33100 Tampere' }), ['town postcode-in-town'])
  t.strictSame(faults({ town: '-' }), ['town required'])
  t.strictSame(faults({ town: 'n/a' }), ['town required'])
})

t.test('accepts real addresses that look like none', async t => {
  for (const typed of [
    'Rantala', 'Kylmälä 12', 'PL 12', 'PB 12', 'Poste restante', 'c/o Virtanen, Kauppakatu 5', 'Tuntemattoman sotilaan tie 3', 'Okändsgatan 1', 'Pakettikuja 2', 'Postikatu 1', 'Automaatintie 4',
    'Tampereentie 5', 'Matkahuollontie 3', 'Telakkakatu 1234567', 'Hotel 12', 'Nonegatan 2', 'Xantosgatan 4', 'Mobilgatan 12', 'Hentestedveien 1',
  ]) t.strictSame(faults({ lines: [typed] }), [], typed)
  t.strictSame(faults({ lines: ['c/o Virtanen', 'Kauppakatu 5', '-'] }), [])
})

t.test('refuses an address abroad that names Finland', async t => {
  const sweden = { country: 'SE', postcode: '114 55', town: 'Stockholm' }
  t.strictSame(faults({ ...sweden, lines: ['Kauppakatu 5', 'Finland'] }), ['lines.1 other-country'])
  t.strictSame(faults({ ...sweden, lines: ['Kauppakatu 5, 33100 Tampere, Suomi'] }), ['lines.0 other-country'])
  t.strictSame(faults({ ...sweden, town: 'Helsinki, Finland' }), ['town other-country'])
  t.strictSame(faults({ ...sweden, lines: ['Finlandsgatan 5'] }), [])
  t.strictSame(faults({ ...home, lines: ['Kauppakatu 5', 'Finland'] }), [], 'at home')
})

t.test('reports all faults together', async t => {
  t.strictSame(faults({ recipient: undefined, lines: ['a', 'x'.repeat(46)], postcode: 'ABC', town: '' }).sort(),
    ['lines.1 line-too-long', 'postcode postcode-digits', 'recipient required', 'town required'])
})

t.test('names the limit in the message', async t => {
  const parsed = parseInput(schema, { ...home, lines: ['a', 'b', 'c', 'd'] })
  t.match(!parsed.ok && formatFieldError(translator('en'), parsed.errors[0]!), /^Enter at most 3 lines/)
})

t.test('answers an address or faults for any input, never an exception', async t => {
  const anything = fc.record({
    recipient: fc.anything(), lines: fc.oneof(fc.anything(), fc.array(fc.anything())), postcode: fc.anything(), town: fc.anything(), country: fc.oneof(fc.constant('FI'), fc.anything()),
  }, { requiredKeys: [] })
  t.doesNotThrow(() => fc.assert(fc.property(anything, body => { parseInput(schema, body) })))
})
