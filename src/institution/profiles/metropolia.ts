/** The Metropolia profile: first what holders read when they activate, then the rules. Pure data. */
import type { OpeningHours } from '../opening-hours.js'
import type { Profile } from '../profile.js'
import type { Localised } from '../vocabulary.js'

const holderTexts: Pick<Profile, 'rulesOfUse' | 'afterActivation'> = {
  rulesOfUse: {
    url: 'https://www.metropolia.fi/it-rules',
    label: { fi: 'Tietojärjestelmien käyttösäännöt', sv: 'Reglerna för användning av informationssystemen', en: 'Rules for using the information systems' },
    text: {
      fi: 'Tunnus on vain sinun käyttöösi. Älä anna salasanaa kenellekään, älä edes helpdeskille. Ilmoita heti, jos epäilet jonkun muun tietävän sen.',
      sv: 'Kontot är bara till för dig. Ge inte lösenordet till någon, inte ens till helpdesken. Meddela oss genast om du misstänker att någon annan känner till det.',
      en: 'The account is only for you. Do not give the password to anyone, not even the helpdesk. Tell us immediately if you think someone else knows it.',
    },
  },
  afterActivation: [
    {
      title: { fi: 'Kirjaudu sisään', sv: 'Logga in', en: 'Sign in' },
      text: {
        fi: 'Uusi salasana toimii kaikissa palveluissa muutaman minuutin kuluttua. Aloita OMA-portaalista.',
        sv: 'Det nya lösenordet fungerar i alla tjänster efter några minuter. Börja i portalen OMA.',
        en: 'The new password works in every service in a few minutes. Start in the OMA portal.',
      },
      link: { url: 'https://oma.metropolia.fi/', label: { fi: 'OMA-portaali', sv: 'Portalen OMA', en: 'OMA portal' } },
    },
    {
      title: { fi: 'Ota käyttöön monivaiheinen tunnistautuminen', sv: 'Ta i bruk multifaktorautentisering', en: 'Set up multi-factor sign-in' },
      text: {
        fi: 'Tarvitset kaikissa palveluissa salasanan lisäksi toisen tunnistautumistavan. Ota se käyttöön samalla kertaa. Tarvitset siihen puhelimen.',
        sv: 'I alla tjänster behöver du utöver lösenordet ett andra inloggningssteg. Ta det i bruk på samma gång. Du behöver din telefon.',
        en: 'Every service asks for a second factor in addition to the password. Set it up now. You need your phone.',
      },
      link: { url: 'https://mysignins.microsoft.com/security-info', label: { fi: 'Suojaustiedot', sv: 'Säkerhetsinformation', en: 'Security info' } },
    },
    {
      title: { fi: 'Työkone: VPN ensin', sv: 'Arbetsdator: först VPN', en: 'Work computer: VPN first' },
      text: {
        fi: 'Työkone tuntee uuden salasanan vasta, kun se on yhteydessä verkkoon. Kampuksen ulkopuolella yhdistä ensin VPN, lukitse sitten kone ja avaa se uudella salasanalla.',
        sv: 'En arbetsdator känner till det nya lösenordet först när den är ansluten till nätet. Utanför campus: anslut först VPN, lås sedan datorn och öppna den med det nya lösenordet.',
        en: 'A work computer accepts the new password only when it is on the network. Off campus, connect to the VPN first. Then lock the computer and unlock it with the new password.',
      },
    },
  ],
}

// Source: the institution's own public pages (IT services: user accounts,
// forgotten password, activation slip; campuses), as gathered in docs/facts.md.

const openBetween = (opens: string, closes: string) => ({ opens, closes })
const porterHours: OpeningHours = {
  week: [openBetween('08:00', '20:00'), openBetween('08:00', '20:00'), openBetween('08:00', '20:00'), openBetween('08:00', '20:00'), openBetween('08:00', '18:00'), null, null],
  seasons: [],
  exceptions: {},
}
const officeHours: OpeningHours = {
  week: [openBetween('09:00', '15:00'), openBetween('09:00', '15:00'), openBetween('09:00', '15:00'), openBetween('09:00', '15:00'), openBetween('09:00', '14:00'), null, null],
  seasons: [],
  exceptions: {},
}

/** EU and EEA members, Switzerland and San Marino: their identity cards are travel documents in Finland. */
const identityCardCountries = [
  'AT', 'BE', 'BG', 'CH', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IS', 'IT',
  'LI', 'LT', 'LU', 'LV', 'MT', 'NL', 'NO', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK', 'SM',
]

/** Locations are approximate, to 0.01°: they only decide which campus is nearer. */
const campuses = [
  { id: 'arabia', name: 'Arabia', address: 'Hämeentie 135 D, 00560 Helsinki', location: { latitude: 60.21, longitude: 24.98 } },
  { id: 'karamalmi', name: 'Karamalmi', address: 'Karaportti 2, 02610 Espoo', location: { latitude: 60.22, longitude: 24.76 } },
  { id: 'myllypuro', name: 'Myllypuro', address: 'Myllypurontie 1, 00920 Helsinki', location: { latitude: 60.22, longitude: 25.08 } },
  { id: 'myyrmaki', name: 'Myyrmäki', address: 'Leiritie 1, 01600 Vantaa', location: { latitude: 60.26, longitude: 24.85 } },
]

const campusById = (id: string) => campuses.find(one => one.id === id)!

const officeServicePoint = (kind: 'helpdesk' | 'student-affairs' | 'human-resources', campusId: string, label: Localised) => ({
  id: `${kind}-${campusId}`,
  kind,
  name: { fi: `${label.fi}, ${campusById(campusId).name}`, sv: `${label.sv}, ${campusById(campusId).name}`, en: `${label.en}, ${campusById(campusId).name}` },
  campus: campusById(campusId).name,
  address: campusById(campusId).address,
  hours: officeHours,
  location: campusById(campusId).location,
})

const porterServicePoint = (campusId: string) => ({
  id: `porter-${campusId}`,
  kind: 'porter' as const,
  name: { fi: `${campusById(campusId).name}, vahtimestarit`, sv: `${campusById(campusId).name}, vaktmästarna`, en: `${campusById(campusId).name} porters` },
  campus: campusById(campusId).name,
  address: campusById(campusId).address,
  hours: porterHours,
  location: campusById(campusId).location,
})

const helpdeskName = { fi: 'Helpdesk', sv: 'Helpdesk', en: 'Helpdesk' }
const studentAffairsName = { fi: 'Opiskelijapalvelut', sv: 'Studentservice', en: 'Student affairs office' }
const humanResourcesName = { fi: 'Henkilöstöpalvelut', sv: 'Personaltjänsterna', en: 'Human resources' }

export const metropolia: Profile = {
  id: 'metropolia',
  name: { fi: 'Metropolia Ammattikorkeakoulu', sv: 'Yrkeshögskolan Metropolia', en: 'Metropolia University of Applied Sciences' },
  shortNames: ['Metropolia'],
  userNameDomains: ['metropolia.fi'],
  returnAddress: 'Metropolia Helpdesk, PL 4000, 00079 Metropolia',
  timeZone: 'Europe/Helsinki',
  country: 'FI',
  onlineActivation: {
    url: 'https://activation.metropolia.fi/',
    label: {
      fi: 'Aktivointi pankkitunnuksilla tai mobiilivarmenteella',
      sv: 'Aktivering med nätbankskoder eller mobilcertifikat',
      en: 'Activation with bank credentials or mobile ID',
    },
  },
  changePassword: {
    url: 'https://salasana.metropolia.fi/',
    label: { fi: 'Salasanan vaihtopalvelu', sv: 'Tjänsten för byte av lösenord', en: 'Change-password service' },
  },
  trainingReset: {
    url: 'https://koulutustunnus.metropolia.fi/',
    label: { fi: 'Koulutustunnuksen oma sivu', sv: 'Utbildningskontots egen sida', en: 'The training user ID’s own page' },
  },
  contact: {
    form: 'https://hd.metropolia.fi/',
    email: 'helpdesk@metropolia.fi',
    phone: '+358 9 7424 6777',
    phoneHours: { fi: 'ma–pe 8.30–15.30', sv: 'mån–fre 8.30–15.30', en: 'Mon–Fri 8:30–15:30' },
    chat: 'https://hd.metropolia.fi/chat',
  },
  notYetEntitledAdvice: {
    fi: 'Tunnus luodaan tietojen tallentamista seuraavana päivänä. Yritä huomenna uudelleen. Jos tunnus ei silloinkaan toimi, opiskelija kysyy opiskelijapalveluista, henkilöstö ja vierailijat henkilöstöpalveluista.',
    sv: 'Kontot skapas dagen efter att uppgifterna har matats in. Försök igen i morgon. Om kontot inte fungerar då heller frågar studerande studentservice, personal och gäster personaltjänsterna.',
    en: 'The account is created the day after the data is entered. Try again tomorrow. If it still does not work, students contact Student Services; staff and visitors contact Human Resources.',
  },
  offices: {
    helpdesk: { affiliations: ['student', 'applicant', 'partner', 'external'], channels: ['counter', 'porter', 'registered-letter'] },
    'student-affairs': { affiliations: ['student', 'applicant', 'partner', 'external'], channels: ['counter'] },
    'human-resources': { affiliations: ['staff'], channels: ['counter'] },
  },
  documents: {
    passport: 'any',
    'identity-card': identityCardCountries,
    'driving-licence': ['FI'],
    'aliens-passport': 'any',
    'refugee-travel-document': 'any',
  },
  letterFreeArea: {
    name: { fi: 'pääkaupunkiseutu', sv: 'huvudstadsregionen', en: 'the Helsinki metropolitan area' },
    municipalities: ['091', '049', '092', '235'],
  },
  carrier: { name: 'Posti', trackingUrl: 'https://www.posti.fi/fi/seuranta#/lahetys/{trackingNumber}' },
  lifetimes: {
    counterDays: 7,
    letterDomesticDays: 21,
    letterAbroadDays: 30,
    porterCollectDays: 14,
    porterAfterHandoverDays: 7,
    ceilingDays: 45,
  },
  reissue: { slips: 4, days: 30, printFailedWithinMinutes: 10, printFailedADay: 3 },
  separatePersonAtHandover: false,
  wrongTries: { beforeWait: 5, waitMinutes: 15, limit: 100 },
  retention: { accountMonths: 24, detailMonths: 12, addressDays: 90, signInDays: 90 },
  passwordMinimum: 15,
  ...holderTexts,
  envelope: 'E65',
  servicePoints: [
    officeServicePoint('helpdesk', 'myllypuro', helpdeskName),
    officeServicePoint('helpdesk', 'karamalmi', helpdeskName),
    officeServicePoint('student-affairs', 'arabia', studentAffairsName),
    officeServicePoint('student-affairs', 'myllypuro', studentAffairsName),
    officeServicePoint('human-resources', 'myllypuro', humanResourcesName),
    porterServicePoint('arabia'),
    porterServicePoint('karamalmi'),
    porterServicePoint('myllypuro'),
    porterServicePoint('myyrmaki'),
  ],
}
