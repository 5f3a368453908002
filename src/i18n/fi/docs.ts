import type { Translation } from '../en/index.js'
import type { docs as en } from '../en/docs.js'

export const docs: Translation<typeof en> = {
  title: 'Rajapinta',
  intro: 'Kaikki kutsut ovat osoitteen {{base}} alla. Pyynnössä on oltava bearer-tunniste, jonka saa kutsulla POST /sessions; sivujen eväste ei kelpaa koskaan. Virheet ovat muotoa application/problem+json.',
  machine: 'OpenAPI 3.1 JSON-muodossa',
  contents: 'Kutsut',
  problems: 'Virheet',
  problemsText: 'Vastauksen kenttä code on jokin näistä.',
  parameters: 'Parametrit',
  body: 'Sisältö',
  answers: 'Vastaukset',
  headers: 'Otsakkeet',
  example: 'Esimerkki',
  name: 'Nimi',
  type: 'Tyyppi',
  about: 'Kuvaus',
  content: 'Sisältö',
  required: 'pakollinen',
  places: { query: 'kyselyosa', path: 'polku', header: 'otsake', cookie: 'eväste' },
  policy: {
    'channel-prohibited': 'Koodia ei koskaan lähetetä tai kerrota sähköpostilla, tekstiviestillä tai puhelimessa, ei kenellekään. Mikään asetus ei muuta tätä.',
    'training-account': 'Koulutustunnuksille ei anneta lappua; niillä on oma palautussivunsa.',
    'account-not-yet-entitled': 'Tunnuksella ei ole vielä käyttöoikeutta.',
    'account-locked': 'Tunnus on lukittu, joten koodista ei olisi apua.',
    'own-account': 'Kukaan ei anna eikä luovuta lappua itselleen.',
    'office-not-authorised': 'Tällainen toimisto ei palvele tätä käyttäjäryhmää tai ei käytä tätä toimitustapaa.',
    'reissue-limit': 'Tunnukselle on jo annettu niin monta lappua kuin säännöt tällä ajalla sallivat.',
    'request-required': 'Toimitus vahtimestarille tai kirjeenä vaatii etukäteen tehdyn pyynnön tunnisteen.',
    'postcode-unknown': 'Postinumeroa ei ole postinumerorekisterissä.',
    'postcode-town-mismatch': 'Paikkakunta ei ole postinumeron postitoimipaikka eikä kunta.',
    'postcode-not-a-home': 'Postinumero on organisaation oma, tai sen osoitteissa ei asu kukaan.',
    'registered-letter-inside-area': 'Kirjattuja kirjeitä lähetetään vain korkeakoulun oman alueen ulkopuolelle.',
    'identity-not-checked': 'Henkilöllisyyttä ei ole tarkistettu, tai tarkistus on kesken.',
    'document-not-accepted': 'Tätä asiakirjaa tai sen myöntäjämaata ei hyväksytä.',
    'document-expired': 'Henkilöllisyystodistus ei ole enää voimassa.',
    'name-differs': 'Asiakirjassa on eri nimi kuin tunnuksella eikä perustelua ole kirjattu, tai kirjeen vastaanottaja ei ole tunnuksen haltija.',
    'service-point-closed': 'Vahtimestarien piste ei ole auki riittävän monena päivänä ennen noutoajan päättymistä.',
  },
  accessibility: {
    title: 'Saavutettavuusseloste',
    about: {
      title: 'Mitä seloste koskee',
      text: 'Seloste koskee Slipdeskin sivuja: aktivointisivua, henkilöstön sivuja ja paperilappua. Laki digitaalisten palvelujen tarjoamisesta (306/2019) koskee myös viranomaisten intranetejä.',
    },
    state: {
      title: 'Miten saavutettava palvelu on',
      text: 'Sivut on tehty täyttämään WCAG 2.2 -ohjeiston A- ja AA-tasot ja siten standardin EN 301 549 vaatimukset. Ne toimivat pelkällä näppäimistöllä, ruudunlukijalla, ilman JavaScriptiä, 320 pikselin levyisinä, vaaleina ja tummina sekä suurella kontrastilla. Lappu on tagattu PDF-tiedosto.',
    },
    gaps: {
      title: 'Mikä ei vielä ole saavutettavaa',
      text: 'Sivuilla ei ole tiedossamme puutteita. Tulostusikkuna on selaimen oma ja niin saavutettava kuin selain sen tekee.',
    },
    made: {
      title: 'Miten tämä on selvitetty',
      text: 'Jokainen sivu testataan axe-ohjelmalla suomeksi ja englanniksi, vaaleana ja tummana, kolmella leveydellä aina, kun ohjelma muuttuu, ja käsin näppäimistöllä. Seloste on laadittu 21.11.2026.',
    },
    feedback: {
      title: 'Kohtasitko esteen?',
      text: 'Kerro meille. Vastaamme 14 päivän kuluessa ja annamme tarvitsemasi tiedot sillä välin toisessa muodossa.',
    },
    supervision: {
      title: 'Valvonta',
      text: 'Jos vastauksemme ei auta, voit kääntyä saavutettavuutta valvovan Liikenne- ja viestintävirasto Traficomin puoleen.',
    },
  },
}
