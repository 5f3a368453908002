import type { Translation } from '../en/index.js'
import type { docs as en } from '../en/docs.js'

export const docs: Translation<typeof en> = {
  title: 'Rajapinta',
  intro: 'Kaikki kutsut ovat osoitteen {{base}} alla. Pyynnössä on oltava bearer-tunniste, jonka saa kutsulla POST /sessions. Sivujen evästettä ei hyväksytä. Virheet ovat muotoa application/problem+json.',
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
    'training-account': 'Koulutustunnuksille ei luoda lappuja. Niille on oma sivu salasanan uusimista varten.',
    'account-not-yet-entitled': 'Tunnuksella ei ole vielä käyttöoikeutta.',
    'account-locked': 'Tunnus on lukittu, joten koodi ei toimisi.',
    'own-account': 'Kukaan ei voi luoda tai luovuttaa lappua itselleen.',
    'separate-person-required': 'Korkeakoulu edellyttää, että lapun luovuttaa joku muu kuin sen luonut henkilö.',
    'office-not-authorised': 'Tällainen palvelupiste ei palvele tätä käyttäjäryhmää tai ei käytä tätä toimitustapaa.',
    'reissue-limit': 'Tunnukselle on jo luotu niin monta lappua kuin säännöt tällä ajalla sallivat.',
    'request-required': 'Toimitus vahtimestarille tai kirjattuna kirjeenä vaatii etukäteen tehdyn palvelupyynnön numeron.',
    'postcode-unknown': 'Postinumeroa ei ole postinumerorekisterissä.',
    'postcode-town-mismatch': 'Paikkakunta ei ole postinumeron postitoimipaikka eikä kunta.',
    'postcode-not-a-home': 'Postinumero on organisaation oma, tai sillä ei ole asuinosoitteita.',
    'registered-letter-inside-area': 'Kirjattuja kirjeitä lähetetään vain korkeakoulun oman alueen ulkopuolelle.',
    'identity-not-checked': 'Henkilöllisyyttä ei ole tarkistettu, tai tarkistus on kesken.',
    'document-not-accepted': 'Tätä henkilöllisyystodistusta tai sen myöntäjämaata ei hyväksytä.',
    'document-expired': 'Henkilöllisyystodistus on vanhentunut.',
    'name-differs': 'Henkilöllisyystodistuksen nimi on eri kuin tunnuksen, eikä perustelua ole kirjattu, tai kirjeen vastaanottaja ei ole tunnuksen haltija.',
    'service-point-closed': 'Noutopaikka ei ole avoinna riittävän monena päivänä ennen noutoajan päättymistä.',
  },
  accessibility: {
    title: 'Saavutettavuusseloste',
    about: {
      title: 'Mitä seloste koskee',
      text: 'Seloste koskee Slipdeskin sivuja: aktivointisivua, henkilöstön sivuja ja paperilappua. Laki digitaalisten palvelujen tarjoamisesta (306/2019) koskee myös viranomaisten intranetejä.',
    },
    state: {
      title: 'Miten saavutettava palvelu on',
      text: 'Sivut on suunniteltu täyttämään WCAG 2.2 -ohjeiston A- ja AA-tasot ja siten standardin EN 301 549 vaatimukset. Ne toimivat pelkällä näppäimistöllä, ruudunlukijalla ja ilman JavaScriptiä, 320 pikselin levyisinä, vaaleina ja tummina sekä suurella kontrastilla. Lappu on rakenteinen (tagattu) PDF-tiedosto.',
    },
    gaps: {
      title: 'Mikä ei vielä ole saavutettavaa',
      text: 'Sivuilla ei ole tiedossamme puutteita. Tulostusikkuna on selaimen oma, ja sen saavutettavuus riippuu selaimesta.',
    },
    made: {
      title: 'Miten saavutettavuus on testattu',
      text: 'Jokainen sivu testataan automaattisesti axe-ohjelmalla suomeksi ja englanniksi, vaaleana ja tummana ja kolmella leveydellä aina, kun ohjelma muuttuu. Näppäimistökäyttö testataan käsin. Seloste on laadittu 21.11.2026.',
    },
    feedback: {
      title: 'Huomasitko puutteen saavutettavuudessa?',
      text: 'Ota yhteyttä. Vastaamme 14 päivän kuluessa. Annamme tarvitsemasi tiedot toisessa muodossa, kunnes puute on korjattu.',
    },
    supervision: {
      title: 'Valvonta',
      text: 'Jos vastauksemme ei auta, voit ottaa yhteyttä saavutettavuutta valvovaan Liikenne- ja viestintävirasto Traficomiin.',
    },
  },
}
