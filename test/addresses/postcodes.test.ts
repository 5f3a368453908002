import fc from 'fast-check'
import t from 'tap'
import { listCountries } from '../../src/addresses/countries.js'
import { getPostcodeShape, isPostcodeRequired } from '../../src/addresses/postcode-shapes.js'
import { describePostcodeFault, normalizePostcode } from '../../src/addresses/postcodes.js'
import { translator } from '../../src/i18n/translate.js'
import { formatFieldError } from '../../src/institution/input.js'

const codes = listCountries('en').map(({ code }) => code)
const sentence = (language: 'fi' | 'sv' | 'en', country: string) => formatFieldError(translator(language), { path: 'postcode', ...describePostcodeFault(country, false) })

t.test('writes a postcode as its country does, however it was typed', async t => {
  const readings: ReadonlyArray<readonly [string, string, string[]]> = [
    ['FI', '33100', ['33100', 'FI-33100', 'fi 33100', 'FIN-33100', '３３１００', 'ＦＩ－33100', '٣٣١٠٠', '३३१००', ' 331 00 ', '\u200e33100\u00ad', '33100.']],
    ['FI', '22100', ['AX-22100', 'AX 22100', 'FI-22100', '22100']],
    ['FI', '02770', ['02770', 'FI-02770', '０２７７０', 'fi02770', '02 770']],
    ['SE', '114 55', ['11455', '114 55', 'SE-114 55', 'se11455', 'S-114 55', 'S 11455', '114-55', '１１４ ５５']],
    ['LV', 'LV-1010', ['1010', 'LV1010', 'LV 1010', 'lv-1010']],
    ['LT', '03500', ['LT-03500', '03500']],
    ['IE', 'D02 AF30', ['D02AF30', 'd02 af30', 'D02-AF30']],
    ['GB', 'SW1A 1AA', ['SW1A1AA', 'sw1a 1aa', 'SW1 A1AA', 'GB-SW1A 1AA']],
    ['GB', 'W1A 1HQ', ['w1a1hq']],
    ['GB', 'M2 5BQ', ['M25BQ', 'm2-5bq']],
    ['PL', '00-950', ['00950', '00-950', 'PL-00-950', '00 950']],
    ['NL', '1012 AB', ['1012ab', '1012 AB', 'NL-1012AB']],
    ['PT', '1250-096', ['1250096', '1250-096', '1250 096']],
    ['BR', '01310-100', ['01310100', '01310-100']],
    ['CA', 'K1A 0B1', ['K1A0B1', 'k1a-0b1']],
    ['JP', '100-0005', ['1000005', '〒100-0005', '１００－０００５']],
    ['US', '62704', ['62704']],
    ['US', '22162-1010', ['221621010', '22162 1010', '22162–1010']],
    ['IN', '110001', ['110 001', '110001']],
    ['DE', '40212', ['D-40212', 'DE-40212', '40212']],
    ['LU', '4750', ['L-4750', 'LU4750']],
    ['LI', '9490', ['FL-9490', '9490']],
    ['CH', '3030', ['CH-3030', '3030']],
    ['CZ', '100 00', ['10000', '100 00']],
    ['GR', '151 24', ['15124', 'GR-15124']],
    ['MT', 'VLT 1117', ['VLT1117', 'vlt 1117']],
    ['XK', '10000', ['10000']],
    ['JE', 'JE2 3AB', ['je23ab']],
    ['SA', '12345-6789', ['123456789', '12345-6789']],
    ['GH', 'GA-144-3048', ['ga-144-3048', 'GA–144–3048']],
  ]
  for (const [country, expected, typed] of readings) {
    for (const text of typed) t.equal(normalizePostcode(text, country), expected, `${country} ${text}`)
  }
})

t.test('refuses the postcode of another country', async t => {
  for (const [text, country] of [
    ['FI-33100', 'SE'], ['SE-114 55', 'FI'], ['00100', 'SE'], ['02770', 'SE'], ['1145', 'SE'], ['331OO', 'FI'], ['3310', 'FI'], ['AX-33100', 'FI'],
    ['SW1A', 'GB'], ['1234', 'US'], ['00000', 'DE'], ['n/a', 'GB'], ['?', 'AE'], ['?', 'FI'], ['x'.repeat(200), 'AE'], ['D-114 55', 'SE'],
  ] as const) t.equal(normalizePostcode(text, country), undefined, `${country} ${text}`)
})

t.test('reads a dash as no postcode, and zeros where an address needs none', async t => {
  for (const country of ['HK', 'AE', 'QA', 'IE', 'FI']) t.equal(normalizePostcode('-', country), '', country)
  for (const text of ['0000', '00000', 'N/A', 'none', ' – ', '']) t.equal(normalizePostcode(text, 'HK'), '', text)
  t.equal(normalizePostcode('999077', 'HK'), '999077')
  for (const country of ['HK', 'AE', 'QA', 'IE', 'KE']) t.notOk(isPostcodeRequired(country), country)
  for (const country of ['FI', 'SE', 'GB', 'US', 'IN', 'IS', 'HR', 'XK', 'BR']) t.ok(isPostcodeRequired(country), country)
})

t.test('names the shape of the country, in the reader’s language', async t => {
  t.equal(sentence('en', 'SE'), 'In Sweden a postcode has five digits, for example 114 55. Check the postcode and the country.')
  t.equal(sentence('en', 'NL'), 'In the Netherlands a postcode looks like 1234 AB or 2490 AA. Check the postcode and the country.')
  t.match(sentence('en', 'US'), /^In the United States a postcode looks like 95014 or 22162-1010\./)
  t.equal(sentence('fi', 'SE'), 'Kun maa on Ruotsi, postinumerossa on viisi numeroa, esimerkiksi 114 55. Tarkista postinumero ja maa.')
  t.equal(sentence('sv', 'IN'), 'När landet är Indien har postnumret sex siffror, till exempel 110034. Kontrollera postnumret och landet.')
  t.match(sentence('en', 'AE'), /Leave it empty if addresses in the United Arab Emirates have none\.$/)
})

t.test('gives every country an example that it accepts and that stays as it is', async t => {
  for (const code of codes) {
    for (const example of getPostcodeShape(code)?.examples ?? []) {
      if (normalizePostcode(example, code) !== example) t.fail(`${code} ${example} ${normalizePostcode(example, code)}`)
    }
    for (const language of ['fi', 'sv', 'en'] as const) t.notMatch(sentence(language, code), /\{\{|undefined/, code)
  }
  t.equal(codes.filter(code => getPostcodeShape(code) !== undefined).length, 179)
})

t.test('answers the same for a postcode that it has normalised', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[A-Z]{0,2}[0-9]{3,9}[A-Z]{0,2}$/)), fc.constantFrom(...codes), (text, code) => {
    const once = normalizePostcode(text, code)
    return once === undefined || normalizePostcode(once, code) === once
  })))
})
