import t from 'tap'
import { listCountries, countryName, isCountryCode } from '../../src/addresses/countries.js'

t.test('has a name for a country in each language', async t => {
  t.strictSame(['fi', 'sv', 'en'].map(language => countryName('GB', language as 'fi')), ['Iso-Britannia', 'Storbritannien', 'United Kingdom'])
  t.strictSame(['fi', 'sv', 'en'].map(language => countryName('CD', language as 'fi')),
    ['Kongon demokraattinen tasavalta', 'Demokratiska republiken Kongo', 'Democratic Republic of the Congo'])
})

t.test('accepts only ISO 3166-1 codes', async t => {
  for (const code of ['FI', 'AX', 'US', 'XK']) t.ok(isCountryCode(code), code)
  for (const code of ['ZZ', 'EU', 'UK', 'fi', '', 'FIN', '__proto__', 'constructor']) t.notOk(isCountryCode(code), code)
})

t.test('lists every country once, in the language’s alphabetical order', async t => {
  t.equal(listCountries('fi').length, 250)
  t.equal(new Set(listCountries('en').map(({ name }) => name)).size, 250)
  t.strictSame(listCountries('sv').slice(-2).map(({ name }) => name), ['Österrike', 'Östtimor'])
})
