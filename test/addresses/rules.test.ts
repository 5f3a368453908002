import t from 'tap'
import { readBundledRegister } from '../../src/addresses/postcode-register.js'
import { listLetterRefusals } from '../../src/addresses/rules.js'
import { formatRefusal, translator } from '../../src/i18n/translate.js'
import { metropolia } from '../../src/institution/profiles/metropolia.js'
import { pick, pickEach } from '../helpers/projections.js'

const { entries, dataDate } = await readBundledRegister()
const byPostcode = new Map(entries.map(entry => [entry.postcode, entry]))
const refusals = (postcode: string, town?: string, country = 'FI') =>
  listLetterRefusals({ postcode, town, country }, byPostcode.get(postcode), { dataDate }, metropolia)
const codes = (postcode: string, town?: string) => refusals(postcode, town).map(({ code }) => code)

t.test('allows a letter to 02880 Veikkola: Kirkkonummi is outside the area', async t => {
  t.strictSame(refusals('02880', 'Veikkola'), [])
})

t.test('allows postcodes that begin like the area’s but are outside it', async t => {
  for (const [postcode, town] of [
    ['01120', 'Västerskog'], ['01150', 'Söderkulla'], ['01150', 'Sipoo'], ['01800', 'Klaukkala'], ['01900', 'Nurmijärvi'],
    ['02390', 'Sarvvik'], ['02430', 'Masala'], ['02430', 'Kirkkonummi'], ['02570', 'Siuntio'], ['02580', 'Siuntio'],
  ] as const) t.strictSame(refusals(postcode, town), [], `${postcode} ${town}`)
})

t.test('refuses a letter to Helsinki, Espoo, Vantaa and Kauniainen', async t => {
  for (const [postcode, town] of [['00560', 'Helsinki'], ['02770', 'Espoo'], ['01600', 'Vantaa'], ['02700', 'Kauniainen']] as const) {
    t.strictSame(codes(postcode, town), ['registered-letter-inside-area'], `${postcode} ${town}`)
  }
})

t.test('has 55 postcodes 00 to 02 outside the area and 20 others inside', async t => {
  const inside = (code: string) => metropolia.letterFreeArea.municipalities.includes(code)
  const looksInside = (postcode: string) => /^0[012]/.test(postcode)
  t.equal(entries.filter(({ postcode, municipality }) => looksInside(postcode) && !inside(municipality.code)).length, 55)
  t.equal(entries.filter(({ postcode, municipality }) => !looksInside(postcode) && inside(municipality.code)).length, 20)
  for (const { postcode, municipality } of entries) {
    if (codes(postcode).includes('registered-letter-inside-area') !== inside(municipality.code)) t.fail(postcode)
  }
})

t.test('refuses an organisation’s postcode that belongs to Helsinki', async t => {
  for (const postcode of ['20032', '15086']) {
    t.strictSame(pickEach(refusals(postcode), 'code', 'variant'), [
      { code: 'postcode-not-a-home', variant: 'organisation' }, { code: 'registered-letter-inside-area', variant: undefined },
    ], postcode)
  }
})

t.test('allows post boxes; refuses organisations, reply mail, lockers, pick-up points', async t => {
  const outside = (type: number) => entries.find(({ typeCode, municipality }) => typeCode === type && municipality.code === '837') ??
    entries.find(({ typeCode, municipality }) => typeCode === type && !metropolia.letterFreeArea.municipalities.includes(municipality.code))
  const answer = (type: number) => {
    const entry = outside(type)!
    return listLetterRefusals({ postcode: entry.postcode, country: 'FI' }, entry, { dataDate }, metropolia).map(({ code, variant }) => `${code} ${variant}`)
  }
  t.strictSame(answer(1), [])
  t.strictSame(answer(2), [])
  t.strictSame(answer(3), ['postcode-not-a-home organisation'])
  t.strictSame(answer(4), ['postcode-not-a-home organisation'])
  t.strictSame(answer(6), ['postcode-not-a-home not-an-address'])
  for (const type of [5, 7, 8, 9]) {
    const entry = { ...byPostcode.get('33100')!, typeCode: type }
    t.strictSame(pickEach(listLetterRefusals({ postcode: '33100', country: 'FI' }, entry, { dataDate }, metropolia), 'code', 'variant'), [{ code: 'postcode-not-a-home', variant: 'not-an-address' }])
  }
})

t.test('accepts post town or municipality in Finnish or Swedish, in any case', async t => {
  for (const [postcode, town] of [
    ['33100', 'Tampere'], ['33100', 'Tammerfors'], ['33100', 'TAMPERE'], ['02880', 'kyrkslatt'], ['02880', 'VEIKKOLA'],
    ['01120', 'Vasterskog'], ['01120', 'Sibbo'], ['91100', 'Ii'],
  ] as const) t.strictSame(refusals(postcode, town), [], `${postcode} ${town}`)
  t.strictSame(codes('02700', 'Grankulla'), ['registered-letter-inside-area'])
})

t.test('refuses the town of another postcode', async t => {
  const [turku] = refusals('33100', 'Turku')
  t.strictSame(pick(turku!.values, 'town', 'place'), { town: 'Turku', place: { fi: 'Tampere', sv: 'Tampere (Tammerfors)', en: 'Tampere' } })
  t.strictSame(codes('33100', 'Turku'), ['postcode-town-mismatch'])
  t.strictSame(refusals('02880', 'Espoo')[0]!.values!['place'], { fi: 'Veikkola (Kirkkonummi)', sv: 'Veikkola (Kyrkslätt)', en: 'Veikkola (Kirkkonummi)' })
  t.strictSame(codes('02880', 'Espoo'), ['postcode-town-mismatch'])
  t.strictSame(codes('02770', 'Tampere'), ['postcode-town-mismatch', 'registered-letter-inside-area'])
})

t.test('checks only the postcode when no town is given', async t => {
  t.strictSame(codes('33100'), [])
  t.strictSame(codes('33100', ''), [])
})

t.test('refuses an unknown postcode for that reason alone', async t => {
  t.strictSame(codes('99998', 'Helsinki'), ['postcode-unknown'])
  t.strictSame(pick(refusals('99998', 'Helsinki')[0]!.values, 'postcode', 'dataDate'), { postcode: '99998', dataDate: '2024-04-13' })
})

t.test('allows a letter abroad to a place that is not at home', async t => {
  t.strictSame(refusals('02770', 'Stockholm', 'SE'), [])
  t.strictSame(refusals('331 00', 'Värnamo', 'SE'), [])
  t.strictSame(refusals('00100', 'Roma', 'IT'), [])
  t.strictSame(refusals('25087', 'Salò', 'IT'), [])
  t.strictSame(refusals('', 'Dubai', 'AE'), [])
})

t.test('refuses a home address under another country', async t => {
  const abroad = (postcode: string, town: string, country: string) => {
    const register = { dataDate, areaTowns: ['Helsinki', 'Helsingfors', 'Espoo', 'Esbo', 'Vantaa', 'Vanda', 'Kauniainen', 'Grankulla'] }
    return listLetterRefusals({ postcode, town, country }, byPostcode.get(postcode.replace(' ', '')), register, metropolia)
  }
  const inLine = (line: string, country = 'EE') => listLetterRefusals({ postcode: '10111', town: 'Tallinn', lines: ['Laeva 2', line], country }, undefined, { dataDate, areaTowns: ['Helsinki', 'Espoo'] }, metropolia).map(({ code, variant }) => `${code} ${variant}`)
  t.strictSame(inLine('00100 Helsinki'), ['postcode-town-mismatch country'])
  t.strictSame(inLine('Otakaari 1, 02150 ESPOO'), ['postcode-town-mismatch country'])
  t.strictSame(inLine('Helsinki tee 5'), [], 'a street in Tallinn')
  const named = (...args: Parameters<typeof abroad>) => abroad(...args).map(({ code, variant }) => variant === undefined ? code : `${code} ${variant}`)
  t.strictSame(named('00100', 'Helsinki', 'DE'), ['postcode-town-mismatch country', 'registered-letter-inside-area'])
  t.strictSame(named('027 70', 'ESBO', 'SE'), ['postcode-town-mismatch country', 'registered-letter-inside-area'])
  t.strictSame(named('33100', 'Tammerfors', 'DE'), ['postcode-town-mismatch country'])
  t.strictSame(named('114 55', 'Helsingfors', 'SE'), ['postcode-town-mismatch country'])
  t.strictSame(named('', 'Espoo (Finland)', 'AE'), ['postcode-town-mismatch country'])
  t.strictSame(named('114 55', 'Esbovik', 'SE'), [])
  t.equal(formatRefusal(translator('en'), abroad('33100', 'Tampere', 'NL')[0]!),
    '33100 Tampere is in Finland, but the country chosen for the letter is the Netherlands. Choose Finland as the country, or ask for the right postcode and town.')
  t.match(formatRefusal(translator('fi'), abroad('114 55', 'Espoo', 'SE')[0]!), /^Espoo: paikan maa on Suomi, mutta kirjeen maaksi on valittu Ruotsi\./)
})

t.test('formats a refusal with what, why and what next, in the reader’s language', async t => {
  const [refusal] = refusals('02770', 'Espoo')
  t.equal(formatRefusal(translator('en'), refusal!), 'Postcode 02770 is in Espoo (postcode data of 13 April 2024). Registered letters go only outside the Helsinki metropolitan area. Offer: counter, or the porter at a campus (Arabia, Karamalmi, Myllypuro or Myyrmäki).')
  t.match(formatRefusal(translator('fi'), refusal!), /^Postinumeron 02770 kunta on Espoo \(postinumerotiedot 13\.4\.2024\)\. /)
  t.match(formatRefusal(translator('sv'), refusal!), /^Postnumret 02770 ligger i Esbo .*utanför huvudstadsregionen\./)
})

t.test('leaves no gap in any sentence', async t => {
  const all = [...refusals('99998', 'X'), ...refusals('20032', 'X'), ...refusals(entries.find(({ typeCode }) => typeCode === 6)!.postcode, 'X')]
  t.strictSame(new Set(all.map(({ code }) => code)), new Set(['postcode-unknown', 'postcode-town-mismatch', 'postcode-not-a-home', 'registered-letter-inside-area']))
  for (const language of ['fi', 'sv', 'en'] as const) {
    for (const refusal of all) t.notMatch(formatRefusal(translator(language), refusal), /\{\{|undefined/)
  }
})
