import type { Translation } from '../en/index.js'
import type { paper as en } from '../en/paper.js'

export const paper: Translation<typeof en> = {
  title: 'Aktivointilappu',
  metadataTitle: 'Aktivointilappu {{number}}',
  greeting: 'Hei {{name}}! Tällä lapulla otat käyttäjätunnuksesi käyttöön.',
  greetingNameless: 'Tällä lapulla otat käyttäjätunnuksesi käyttöön.',
  unwritten: '{{sign}} on merkki, jota ei voi tulostaa tämän lapun kirjasimella.',
  issued: 'Luotu',
  slipNumber: 'Lapun numero',
  username: 'Käyttäjätunnus',
  code: 'Koodi',
  validUntil: 'Voimassa {{end, untilDay}}\u00a0asti',
  collectBy_one: 'Nouda viimeistään {{collectBy, onDay}} klo\u00a0{{collectBy, time}}; voimassa {{count}}\u00a0päivän noudosta',
  collectBy_other: 'Nouda viimeistään {{collectBy, onDay}} klo\u00a0{{collectBy, time}}; voimassa {{count}}\u00a0päivää noudosta',
  issuedAt: '{{at, day}} klo {{at, time}}',
  steps: {
    open: 'Mene tähän osoitteeseen tai lue QR-koodi puhelimen kameralla:',
    type: 'Kirjoita käyttäjätunnuksesi ja koodi. Koodin voi kirjoittaa pienillä kirjaimilla.',
    passphrase: 'Keksi salalause, jossa on vähintään {{count}} merkkiä. Sanat ja välilyönnit käyvät.',
  },
  qrAlt: 'QR-koodi, joka avaa aktivointisivun',
  barcodeAlt: 'Lapun numeron {{number}} viivakoodi',
  collecting: {
    where: 'Noutopaikka: {{name}}, {{address}}.',
    hours: 'Avoinna {{hours}}.',
    exceptions: 'Poikkeuksia: {{days}}.',
    bring: 'Ota mukaan voimassa oleva {{documents, orList}}. Kuva ei riitä.',
  },
  never: 'Emme koskaan lähetä, kysy tai kerro tätä koodia sähköpostilla, tekstiviestillä tai puhelimessa.',
  notYou: 'Jos lappu ei ole sinun, ilmoita lapun numero helpdeskiin.',
  help: 'Apua',
  page: 'Sivu 1/1',
  documents: {
    passport: 'passi',
    'identity-card': 'henkilökortti',
    'driving-licence': 'ajokortti',
    'aliens-passport': 'muukalaispassi',
    'refugee-travel-document': 'pakolaisen matkustusasiakirja',
  },
}
