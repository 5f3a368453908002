import type { Translation } from '../en/index.js'
import type { accounts as en } from '../en/accounts.js'

export const accounts: Translation<typeof en> = {
  search: {
    title: 'Sök konto',
    label: 'Användarnamn, studentnummer eller namn',
    hint: 'Början av vilken del som helst räcker. Stora bokstäver och accenter spelar ingen roll. Du kan också använda streckkodsläsare.',
    button: 'Sök',
  },
  results: {
    found_one: '{{count}} konto',
    found_other: '{{count}} konton',
    page_one: '{{count}} konto på den här sidan',
    page_other: '{{count}} konton på den här sidan. Skriv mer för att avgränsa sökningen.',
    before: {
      title: 'Sökresultaten visas här',
      text: 'Skriv ett användarnamn, ett studentnummer eller en del av ett namn, eller skanna streckkoden på ett kort.',
    },
    noMatch: {
      title: 'Inga konton hittades',
      text: 'Inget konto hittades med ”{{q}}”. Försök med färre bokstäver, en annan stavning eller studentnumret. Ett nytt konto visas här när det har importerats från katalogen.',
    },
    further: {
      title: 'Inga konton har hittats ännu',
      text: 'Många namn börjar så här. Skriv fler bokstäver eller gå till nästa sida.',
    },
    columns: { name: 'Namn', username: 'Användarnamn', studentNumber: 'Studentnummer', affiliation: 'Användargrupp', status: 'Status' },
  },
}
