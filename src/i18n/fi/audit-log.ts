import type { Translation } from '../en/index.js'
import type { auditLog as en } from '../en/audit-log.js'

export const auditLog: Translation<typeof en> = {
  title: 'Loki',
  states: {
    signed: { title: 'Allekirjoitettu tähän hetkeen asti: {{size}}', text: 'Näin monta tapahtumaa on lokissa. Kukaan ei voi muuttaa, poistaa tai lisätä niistä yhtäkään ilman, että tarkistin nimeää sen.' },
    heldBack: { title: 'Allekirjoitettu enimmäkseen: {{size}}', text: 'Jokin alkanut ei ole vielä valmis, joten uusimmat tapahtumat odottavat sitä. Avaa tämä sivu hetken kuluttua uudelleen.' },
    notSigned: { title: 'Lokia ei enää allekirjoiteta', text: 'Tietokanta ei jatka sitä, mikä on aiemmin allekirjoitettu. Kerro heti pääkäyttäjälle ja säilytä sinulla olevat tarkistuspisteet.' },
  },
  checkpoint: 'Uusin tarkistuspiste',
  checkpointText: 'Säilytä se tämän järjestelmän ulkopuolella, joka päivä jos voit: lopusta katkaistu loki huomataan vain jonkun säilyttämää tarkistuspistettä vasten.',
  keys: 'Tarkistusavain',
  keysText: 'Kirjoita se kerran muistiin sinne, missä kukaan täällä ei voi sitä muuttaa. Jokainen tarkistaja tarvitsee sen.',
  take: 'Ota mukaan ja tarkista',
  takeText: 'Avaa tarkistin selaimessa ilman verkkoa ja pudota muut tiedostot siihen.',
  files: {
    verifier: 'tarkistaa kaiken ilman verkkoa',
    leaves: 'lokin kaikki tapahtumat; niiden ottaminen on itse tapahtuma',
    hashes: 'nimeää juuri sen tapahtuman, joka on pielessä',
    checkpoints: 'kaikki allekirjoitetut tarkistuspisteet',
  },
}
