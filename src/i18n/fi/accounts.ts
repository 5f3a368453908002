import type { Translation } from '../en/index.js'
import type { accounts as en } from '../en/accounts.js'

export const accounts: Translation<typeof en> = {
  search: {
    title: 'Hae tunnusta',
    label: 'Käyttäjätunnus, opiskelijanumero tai nimi',
    hint: 'Minkä tahansa osan alku riittää. Isoilla kirjaimilla ja tarkkeilla ei ole väliä. Myös viivakoodinlukija käy.',
    button: 'Hae',
  },
  results: {
    found_one: '{{count}} tunnus',
    found_other: '{{count}} tunnusta',
    page_one: '{{count}} tunnus tällä sivulla',
    page_other: '{{count}} tunnusta tällä sivulla: rajaa kirjoittamalla lisää',
    before: {
      title: 'Löytyvät tunnukset näkyvät tässä',
      text: 'Kirjoita käyttäjätunnus, opiskelijanumero tai osa nimestä, tai lue kortin viivakoodi.',
    },
    nobody: {
      title: 'Ketään ei löytynyt',
      text: 'Haulla ”{{q}}” ei löytynyt tunnuksia. Kokeile vähemmillä kirjaimilla, toisella kirjoitusasulla tai opiskelijanumerolla. Uusi tunnus näkyy täällä, kun se on tuotu hakemistosta.',
    },
    further: {
      title: 'Ketään ei ole vielä löytynyt',
      text: 'Hyvin moni nimi alkaa näin. Kirjoita lisää kirjaimia tai jatka seuraavalle sivulle.',
    },
    columns: { name: 'Nimi', username: 'Käyttäjätunnus', studentNumber: 'Opiskelijanumero', affiliation: 'Käyttäjäryhmä', status: 'Tila' },
  },
}
