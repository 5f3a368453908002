/** What Metropolia tells its holders when they activate: the rules of use, and what to do next. Pure data. */
import type { Profile } from './profile.js'

export const holderTexts: Pick<Profile, 'rulesOfUse' | 'afterActivation'> = {
  rulesOfUse: {
    url: 'https://www.metropolia.fi/it-rules',
    label: { fi: 'Tietojärjestelmien käyttösäännöt', sv: 'Reglerna för användning av informationssystemen', en: 'Rules for using the information systems' },
    text: {
      fi: 'Tunnus on vain sinun. Et anna salasanaa kenellekään, et helpdeskillekään, ja ilmoitat heti, jos epäilet jonkun muun tietävän sen.',
      sv: 'Kontot är bara ditt. Du ger inte lösenordet till någon, inte heller till helpdesk, och du meddelar genast om du misstänker att någon annan känner till det.',
      en: 'The account is yours alone. You give the password to nobody, not even the helpdesk, and you tell us at once if you suspect that somebody else knows it.',
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
        fi: 'Kaikki palvelut kysyvät salasanan lisäksi toisen tavan. Ota se käyttöön samalla kertaa; tarvitset puhelimesi.',
        sv: 'Alla tjänster frågar efter ett andra sätt utöver lösenordet. Ta det i bruk på samma gång; du behöver din telefon.',
        en: 'Every service asks for a second way besides the password. Set it up in the same sitting; you need your phone.',
      },
      link: { url: 'https://mysignins.microsoft.com/security-info', label: { fi: 'Suojaustiedot', sv: 'Säkerhetsinformation', en: 'Security info' } },
    },
    {
      title: { fi: 'Työkone: VPN ensin', sv: 'Arbetsdator: först VPN', en: 'Work computer: VPN first' },
      text: {
        fi: 'Työkone tuntee uuden salasanan vasta, kun se on yhteydessä verkkoon. Kampuksen ulkopuolella yhdistä ensin VPN, lukitse sitten kone ja avaa se uudella salasanalla.',
        sv: 'En arbetsdator känner till det nya lösenordet först när den är ansluten till nätet. Utanför campus: anslut först VPN, lås sedan datorn och öppna den med det nya lösenordet.',
        en: 'A work computer knows the new password only once it is on the network. Off campus, connect the VPN first, then lock the computer and open it with the new password.',
      },
    },
  ],
}
