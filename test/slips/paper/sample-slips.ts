/** Sample slips for tests and benchmarks. Their code does not work anywhere. */
import { metropolia } from '../../../src/institution/profiles/metropolia.js'
import { parseActivationCode } from '../../../src/slips/codes.js'
import type { CounterContent, LetterContent, PorterContent, SlipContent } from '../../../src/slips/paper/slip-content.js'

const hours = (opens: string, closes: string) => ({ opens, closes })

export const counterContent: CounterContent = { channel: 'counter' }

export const porterContent: PorterContent = {
  channel: 'porter',
  servicePointName: { fi: 'Myllypuro, vahtimestarit', sv: 'Myllypuro, vaktmästarna', en: 'Myllypuro porters' },
  campus: 'Myllypuro',
  address: 'Myllypurontie 1, 00920 Helsinki',
  hours: {
    week: [hours('08:00', '20:00'), hours('08:00', '20:00'), hours('08:00', '20:00'), hours('08:00', '20:00'), hours('08:00', '18:00'), null, null],
    otherDays: [],
  },
  collectBy: new Date('2026-12-04T16:00:00Z'),
  validDaysAfterHandover: 7,
}

export const letterContent: LetterContent = {
  channel: 'registered-letter',
  windowLines: ['Łukasz Nguyễn-Đặng', 'Kauppakatu 5 B 12', '33100 TAMPERE'],
}

/** A counter slip of the demo institution. Its code is recognisable as a sample. */
export const sampleSlip: SlipContent = {
  languages: ['fi', 'en'],
  slipNumber: 'DEM-XSP-8QV',
  code: parseActivationCode('DEMXX-DEMXX-DEMXE')!,
  username: 'abcde1234',
  displayName: 'Łukasz Nguyễn-Đặng',
  delivery: counterContent,
  issuedAt: new Date('2026-11-20T13:57:00Z'),
  issuedBy: { fi: 'Helpdesk, Myllypuro', sv: 'Helpdesk, Myllypuro', en: 'Helpdesk, Myllypuro' },
  expiresAt: new Date('2026-11-27T21:59:59Z'),
  activationUrl: 'https://slipdesk.example.org/activate',
  institution: metropolia,
}

const longestName = 'Maria-Aleksandra Konstantinopolitanidou-Vähä-Äijälä von Hohenzollern-Sigmaringen'
const longUsername = 'maria-aleksandra.konstantinopolitanidou-vaha-aijala@students.example'.slice(0, 64)

const longLetter: LetterContent = {
  channel: 'registered-letter',
  windowLines: [
    'MARIA-ALEKSANDRA KONSTANTINOPOLITANIDOU-VÄHÄ-',
    'c/o Ольга Çağrı Hohenzollern-Sigmaringen, flat',
    'Résidence Wilhelmina-Wolkenkratzer, Stiege WW',
    'Llanfairpwllgwyngyllgogerychwyrndrobwllllanty',
    'UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN I',
  ].map(line => line.slice(0, 45)),
}

const longPorter: PorterContent = {
  ...porterContent,
  servicePointName: {
    fi: 'Sosiaali- ja terveysalan kampus, pääaulan vahtimestarit ja postikeskus',
    sv: 'Campus för social- och hälsovård, huvudaulans vaktmästare och postcentral',
    en: 'Health and Social Services campus, main lobby porters and mail centre',
  },
  campus: 'Sosiaali- ja terveysalan kampus Myllypuro',
  address: 'Myllypurontie 1 A–C, sisäänkäynti pihan puolelta, 00920 Helsinki',
  hours: {
    week: [hours('08:00', '20:00'), hours('08:30', '19:45'), hours('09:00', '15:00'), null, hours('08:00', '18:00'), hours('10:00', '14:00'), null],
    otherDays: [
      { day: '2026-12-24', hours: hours('08:00', '12:00') },
      { day: '2026-12-25', hours: null },
      { day: '2026-12-26', hours: null },
      { day: '2026-12-31', hours: hours('08:00', '14:30') },
      { day: '2027-01-01', hours: null },
      { day: '2027-01-06', hours: null },
    ],
  },
  collectBy: new Date('2026-12-30T16:30:00Z'),
  validDaysAfterHandover: 31,
}

const longOffice = {
  fi: 'Sosiaali- ja terveysalan opintotoimisto, Myllypuron kampus',
  sv: 'Studiekansliet för social- och hälsovård, campus Myllypuro',
  en: 'Health and Social Services student affairs office, Myllypuro',
}

const longTexts = {
  displayName: longestName,
  username: longUsername,
  issuedBy: longOffice,
  activationUrl: 'https://kayttajatunnukset-ja-aktivointi.digipalvelut.tuntematon-ammattikorkeakoulu.example.org/aktivointi/activate',
} as const

/** Slips with the longest possible texts, and names in other scripts. */
export const extremeSlips: Readonly<Record<string, SlipContent>> = {
  'a counter slip with everything long': { ...sampleSlip, ...longTexts },
  'a porter slip with everything long': { ...sampleSlip, ...longTexts, delivery: longPorter },
  'a porter slip with everything long in Swedish': { ...sampleSlip, ...longTexts, languages: ['sv', 'en'], delivery: longPorter },
  'a porter slip with everything long in English and Finnish': { ...sampleSlip, ...longTexts, languages: ['en', 'fi'], delivery: longPorter },
  'a letter with five lines of 45 characters': { ...sampleSlip, ...longTexts, delivery: longLetter },
  'a letter in a C5 envelope': { ...sampleSlip, ...longTexts, delivery: longLetter, institution: { ...metropolia, envelope: 'C5' } },
  'a letter abroad with seven lines': { ...sampleSlip, ...longTexts, delivery: { ...longLetter, windowLines: [...longLetter.windowLines.slice(0, 4), 'ÅGGJÖRÖD GY', 'SW1A 1AA', 'UNITED KINGDOM'] } },
  'a return address of 90 characters': {
    ...sampleSlip,
    institution: { ...metropolia, returnAddress: 'Tuntematon Ammattikorkeakoulu, IT-palvelut, Helpdesk, PL 4000, Pohjoisesplanadi, 00079 XXX' },
  },
  'a name in Cyrillic and one in Turkish': { ...sampleSlip, displayName: 'Ольга Çağrı', delivery: porterContent },
  'the longest name and user name that an account may have': {
    ...sampleSlip, delivery: porterContent, displayName: `${longestName} ${longestName} ${longestName}`.slice(0, 200), username: `${longUsername}.${longUsername}`.slice(0, 100),
  },
  'a name that the typeface cannot write': { ...sampleSlip, displayName: '王小明 (Wang Xiaoming) 😀', delivery: porterContent },
}

const languagePairs: ReadonlyArray<SlipContent['languages']> = [['fi', 'en'], ['sv', 'en'], ['en'], ['en', 'fi'], ['en', 'sv']]
const ordinary = languagePairs.flatMap(languages => [counterContent, porterContent, letterContent].map(delivery => [
  `a ${delivery.channel} slip in ${languages.join(' and ')}`, { ...sampleSlip, languages, delivery },
] as const))

/** Every channel in every pair of languages, and the extreme slips. */
export const allSampleSlips: ReadonlyArray<readonly [string, SlipContent]> = [...ordinary, ...Object.entries(extremeSlips)]
