import type { Translation } from '../en/index.js'
import type { docs as en } from '../en/docs.js'

export const docs: Translation<typeof en> = {
  title: 'API',
  intro: 'Allt finns under {{base}}. Varje anrop ska ha ett bearer-token från POST /sessions; sidornas kaka godkänns aldrig. Fel har formen application/problem+json.',
  machine: 'OpenAPI 3.1 som JSON',
  contents: 'Anrop',
  problems: 'Fel',
  problemsText: 'Fältet code i svaret är något av dessa.',
  parameters: 'Parametrar',
  body: 'Innehåll',
  answers: 'Svar',
  headers: 'Huvudfält',
  example: 'Exempel',
  name: 'Namn',
  type: 'Typ',
  about: 'Beskrivning',
  content: 'Innehåll',
  required: 'obligatorisk',
  places: { query: 'frågedel', path: 'sökväg', header: 'huvudfält', cookie: 'kaka' },
  policy: {
    'channel-prohibited': 'En kod skickas eller uppges aldrig per e-post, sms eller telefon, inte till någon. Ingen inställning ändrar detta.',
    'training-account': 'Utbildningskonton får ingen lapp; de har en egen sida för återställning.',
    'account-not-yet-entitled': 'Kontot har ännu ingen användarrätt.',
    'account-locked': 'Kontot är låst, så en kod skulle inte hjälpa.',
    'own-account': 'Ingen utfärdar en lapp åt sig själv eller överlämnar en till sig själv.',
    'office-not-authorised': 'Ett sådant kontor betjänar inte den här användargruppen eller använder inte det här leveranssättet.',
    'reissue-limit': 'Kontot har redan fått så många lappar som reglerna tillåter under perioden.',
    'request-required': 'Leverans till vaktmästare eller som brev kräver ärendenumret för en begäran som har gjorts i förväg.',
    'postcode-unknown': 'Postnumret finns inte i postnummerregistret.',
    'postcode-town-mismatch': 'Orten är varken postnumrets postort eller dess kommun.',
    'postcode-not-a-home': 'Postnumret hör till en organisation, eller är ingen adress där någon bor.',
    'registered-letter-inside-area': 'Rekommenderade brev skickas bara utanför högskolans eget område.',
    'identity-not-checked': 'Identiteten har inte kontrollerats, eller inte fullständigt.',
    'document-not-accepted': 'Den här handlingen, eller landet som utfärdat den, godkänns inte.',
    'document-expired': 'Identitetshandlingen gäller inte längre.',
    'name-differs': 'Namnet på handlingen är inte kontoinnehavarens och ingen förklaring har antecknats, eller brevets mottagare är inte kontoinnehavaren.',
    'service-point-closed': 'Vaktmästarna har inte öppet tillräckligt många dagar innan avhämtningstiden går ut.',
  },
  accessibility: {
    title: 'Tillgänglighetsutlåtande',
    about: {
      title: 'Vad utlåtandet gäller',
      text: 'Utlåtandet gäller Slipdesks sidor: aktiveringssidan, personalens sidor och papperslappen. Lagen om tillhandahållande av digitala tjänster (306/2019) gäller också myndigheternas intranät.',
    },
    state: {
      title: 'Hur tillgänglig tjänsten är',
      text: 'Sidorna är gjorda för att uppfylla WCAG 2.2 på nivåerna A och AA och därmed standarden EN 301 549. De fungerar med enbart tangentbord, med skärmläsare, utan JavaScript, ned till 320 pixlars bredd, i ljusa och mörka färger och med hög kontrast. Lappen är en taggad PDF.',
    },
    gaps: {
      title: 'Vad som ännu inte är tillgängligt',
      text: 'Vi känner inte till några brister på sidorna. Utskriftsdialogen är webbläsarens egen och så tillgänglig som webbläsaren gör den.',
    },
    made: {
      title: 'Hur detta har utretts',
      text: 'Varje sida testas maskinellt med axe på finska och engelska, i ljusa och mörka färger, i tre bredder varje gång programmet ändras, och för hand med tangentbordet. Utlåtandet är gjort den 21 november 2026.',
    },
    feedback: {
      title: 'Stötte du på ett hinder?',
      text: 'Berätta för oss. Vi svarar inom 14 dagar och ger dig under tiden det du behöver i annan form.',
    },
    supervision: {
      title: 'Tillsyn',
      text: 'Om vårt svar inte hjälper kan du vända dig till Transport- och kommunikationsverket Traficom, som övervakar tillgängligheten.',
    },
  },
}
