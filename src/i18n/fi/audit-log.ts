import type { Translation } from '../en/index.js'
import type { auditLog as en } from '../en/audit-log.js'

export const auditLog: Translation<typeof en> = {
  title: 'Tapahtumaloki',
  states: {
    signed: { title: 'Allekirjoitettuja tapahtumia: {{size}}', text: 'Lokissa on näin monta tapahtumaa. Jos yhtäkin muutetaan tai poistetaan tai väliin lisätään uusi, tarkistustyökalu näyttää kohdan.' },
    heldBack: { title: 'Allekirjoitettuja tapahtumia tähän mennessä: {{size}}', text: 'Uusimmat tapahtumat odottavat muutosta, jonka tallennus on kesken. Avaa sivu hetken kuluttua uudelleen.' },
    notSigned: { title: 'Tapahtumalokia ei enää allekirjoiteta', text: 'Tietokanta ei vastaa sitä, mitä on aiemmin allekirjoitettu. Ilmoita heti ylläpitäjälle ja säilytä sinulla olevat tarkistuspisteet.' },
  },
  checkpoint: 'Viimeisin tarkistuspiste',
  checkpointText: 'Tallenna se järjestelmän ulkopuolelle, mieluiten päivittäin. Lokin lopun katkaiseminen näkyy vain, kun lokia verrataan siihen.',
  keys: 'Tarkistusavain',
  keysText: 'Kirjoita se kerran muistiin paikkaan, jossa tämän järjestelmän käyttäjät eivät voi muuttaa sitä. Tarvitset sitä lokin tarkistamiseen.',
  download: 'Lataa ja tarkista',
  downloadText: 'Avaa tarkistustyökalu selaimessa ilman verkkoyhteyttä ja pudota muut tiedostot siihen.',
  files: {
    verifier: 'tarkistaa kaiken ilman verkkoa',
    leaves: 'kaikki lokin tapahtumat; lataus kirjataan tapahtumana',
    hashes: 'jokaisen tapahtuman tiiviste, jotta tarkistustyökalu näyttää virheellisen kohdan',
    checkpoints: 'kaikki allekirjoitetut tarkistuspisteet',
  },
}
