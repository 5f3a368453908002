import type { Translation } from '../en/index.js'
import type { docs as en } from '../en/docs.js'

export const docs: Translation<typeof en> = {
  title: 'API',
  intro: 'Alla anrop finns under {{base}}. Varje anrop ska ha ett bearer-token från POST /sessions. Sidornas kaka godkänns inte. Fel har formen application/problem+json.',
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
    'channel-prohibited': 'En kod skickas eller uppges aldrig per e-post, sms eller telefon, till någon. Ingen inställning ändrar detta.',
    'training-account': 'Inga lappar utfärdas för utbildningskonton. De har en egen sida för återställning av lösenordet.',
    'account-not-yet-entitled': 'Kontot har ännu ingen användarrätt.',
    'account-locked': 'Kontot är låst, och därför skulle en kod inte fungera.',
    'own-account': 'Ingen kan utfärda eller lämna ut en lapp till sig själv.',
    'separate-person-required': 'Högskolan kräver att lappen lämnas ut av någon annan än den som utfärdade den.',
    'office-not-authorised': 'Ett sådant serviceställe betjänar inte den här användargruppen eller använder inte det här leveranssättet.',
    'reissue-limit': 'Kontot har redan fått så många lappar som reglerna tillåter under perioden.',
    'request-required': 'Leverans till vaktmästare eller som rekommenderat brev kräver ärendenumret för ett ärende som har gjorts i förväg.',
    'postcode-unknown': 'Postnumret finns inte i postnummerregistret.',
    'postcode-town-mismatch': 'Orten är varken postnumrets postanstalt eller dess kommun.',
    'postcode-not-a-home': 'Postnumret hör till en organisation eller har inga bostadsadresser.',
    'registered-letter-inside-area': 'Rekommenderade brev skickas bara utanför högskolans eget område.',
    'identity-not-checked': 'Identitetskontrollen saknas eller är ofullständig.',
    'document-not-accepted': 'Det här identitetsbeviset, eller landet det är utfärdat i, godkänns inte.',
    'document-expired': 'Identitetsbeviset har gått ut.',
    'name-differs': 'Namnet på identitetsbeviset är ett annat än kontots och ingen förklaring har registrerats, eller brevets mottagare är inte kontoinnehavaren.',
    'service-point-closed': 'Hämtningsstället har inte öppet tillräckligt många dagar innan hämtningstiden går ut.',
  },
  accessibility: {
    title: 'Tillgänglighetsutlåtande',
    about: {
      title: 'Vad utlåtandet gäller',
      text: 'Utlåtandet gäller Slipdesks sidor: aktiveringssidan, personalens sidor och papperslappen. Lagen om tillhandahållande av digitala tjänster (306/2019) gäller också myndigheternas intranät.',
    },
    state: {
      title: 'Hur tillgänglig tjänsten är',
      text: 'Sidorna är utformade för att uppfylla WCAG 2.2 på nivåerna A och AA och därmed standarden EN 301 549. De fungerar med enbart tangentbord, med skärmläsare, utan JavaScript, ned till 320 pixlars bredd, i ljusa och mörka färger och med hög kontrast. Lappen är en taggad PDF.',
    },
    gaps: {
      title: 'Vad som ännu inte är tillgängligt',
      text: 'Vi känner inte till några brister på sidorna. Utskriftsdialogen hör till webbläsaren, och hur tillgänglig den är beror på webbläsaren.',
    },
    made: {
      title: 'Hur tillgängligheten har testats',
      text: 'Varje sida testas automatiskt med axe på finska och engelska, i ljusa och mörka färger och i tre bredder varje gång programmet ändras. Användning med tangentbord testas för hand. Utlåtandet gjordes den 21 november 2026.',
    },
    feedback: {
      title: 'Upptäckte du en brist i tillgängligheten?',
      text: 'Kontakta oss. Vi svarar inom 14 dagar. Tills bristen är åtgärdad ger vi dig den information du behöver i en annan form.',
    },
    supervision: {
      title: 'Tillsyn',
      text: 'Om vårt svar inte hjälper kan du kontakta Transport- och kommunikationsverket Traficom, som övervakar tillgängligheten.',
    },
  },
}
