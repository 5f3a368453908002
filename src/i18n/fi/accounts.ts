import type { Translation } from '../en/index.js'
import type { accounts as en } from '../en/accounts.js'

export const accounts: Translation<typeof en> = {
  search: {
    title: 'Hae tunnusta',
    label: 'Käyttäjätunnus, opiskelijanumero tai nimi',
    hint: 'Minkä tahansa osan alku riittää. Isoilla kirjaimilla ja tarkkeilla ei ole väliä. Voit käyttää myös viivakoodinlukijaa.',
    button: 'Hae',
  },
  results: {
    found_one: '{{count}} tunnus',
    found_other: '{{count}} tunnusta',
    page_one: '{{count}} tunnus tällä sivulla',
    page_other: '{{count}} tunnusta tällä sivulla. Rajaa hakua kirjoittamalla lisää.',
    before: {
      title: 'Hakutulokset näkyvät tässä',
      text: 'Kirjoita käyttäjätunnus, opiskelijanumero tai osa nimestä, tai lue kortin viivakoodi.',
    },
    noMatch: {
      title: 'Tunnuksia ei löytynyt',
      text: 'Haulla ”{{q}}” ei löytynyt tunnuksia. Kirjoita vähemmän kirjaimia, kokeile toista kirjoitusasua tai hae opiskelijanumerolla. Uusi tunnus näkyy täällä, kun se on tuotu käyttäjähakemistosta.',
    },
    further: {
      title: 'Tunnuksia ei ole vielä löytynyt',
      text: 'Moni nimi alkaa näin. Kirjoita lisää kirjaimia tai siirry seuraavalle sivulle.',
    },
    columns: { name: 'Nimi', username: 'Käyttäjätunnus', studentNumber: 'Opiskelijanumero', affiliation: 'Käyttäjäryhmä', status: 'Tila' },
  },
}
