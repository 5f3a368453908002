import t from 'tap'
import { listCountries, countryName, isCountryCode } from '../../src/addresses/countries.js'

t.test('a country has a name in each language', async t => {
  t.strictSame(['fi', 'sv', 'en'].map(language => countryName('GB', language as 'fi')), ['Iso-Britannia', 'Storbritannien', 'United Kingdom'])
  t.strictSame(['fi', 'sv', 'en'].map(language => countryName('CD', language as 'fi')),
    ['Kongon demokraattinen tasavalta', 'Demokratiska republiken Kongo', 'Democratic Republic of the Congo'])
})

t.test('only the codes of ISO 3166-1 are countries', async t => {
  for (const code of ['FI', 'AX', 'US', 'XK']) t.ok(isCountryCode(code), code)
  for (const code of ['ZZ', 'EU', 'UK', 'fi', '', 'FIN', '__proto__', 'constructor']) t.notOk(isCountryCode(code), code)
})

t.test('every country is listed once, by the language’s alphabet', async t => {
  t.equal(listCountries('fi').length, 250)
  t.equal(new Set(listCountries('en').map(({ name }) => name)).size, 250)
  t.strictSame(listCountries('sv').slice(-2).map(({ name }) => name), ['Österrike', 'Östtimor'])
})
