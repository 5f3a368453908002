import type { Translation } from '../en/index.js'
import type { paper as en } from '../en/paper.js'

export const paper: Translation<typeof en> = {
  title: 'Aktiveringslapp',
  metadataTitle: 'Aktiveringslapp {{number}}',
  greeting: 'Hej {{name}}! Med den här lappen aktiverar du ditt användarkonto.',
  greetingNameless: 'Med den här lappen aktiverar du ditt användarkonto.',
  unwritten: '{{sign}} ersätter ett tecken som inte kan skrivas ut med lappens typsnitt.',
  issued: 'Utfärdad',
  slipNumber: 'Lappnummer',
  username: 'Användarnamn',
  code: 'Kod',
  validUntil: 'Giltig till och med {{end, untilDay}}',
  collectBy_one: 'Hämta senast {{collectBy, onDay}} kl.\u00a0{{collectBy, time}}; giltig i {{count}}\u00a0dag därefter',
  collectBy_other: 'Hämta senast {{collectBy, onDay}} kl.\u00a0{{collectBy, time}}; giltig i {{count}}\u00a0dagar därefter',
  issuedAt: '{{at, day}} kl. {{at, time}}',
  steps: {
    open: 'Gå till den här adressen eller läs QR-koden med telefonens kamera:',
    type: 'Skriv ditt användarnamn och koden. Du kan skriva koden med små bokstäver.',
    passphrase: 'Välj en lösenfras på minst {{count}} tecken. Ord och mellanslag går bra.',
  },
  qrAlt: 'QR-kod som öppnar aktiveringssidan',
  barcodeAlt: 'Streckkod för lappnummer {{number}}',
  collecting: {
    where: 'Hämtningsställe: {{name}}, {{address}}.',
    hours: 'Öppet {{hours}}.',
    exceptions: 'Undantag: {{days}}.',
    bring: 'Ta med giltigt {{documents, orList}}. En bild räcker inte.',
  },
  never: 'Vi ber aldrig om koden, och vi skickar eller berättar den aldrig per e-post, sms eller telefon.',
  notYou: 'Är lappen inte din? Meddela lappnumret till helpdesken.',
  help: 'Hjälp',
  page: 'Sida 1/1',
  documents: {
    passport: 'pass',
    'identity-card': 'identitetskort',
    'driving-licence': 'körkort',
    'aliens-passport': 'främlingspass',
    'refugee-travel-document': 'resedokument för flykting',
  },
}
