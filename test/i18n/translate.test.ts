import t from 'tap'
import { formatValue } from '../../src/i18n/formatters.js'
import { languages } from '../../src/i18n/locales.js'
import { formatRefusal, hasText, texts, translator } from '../../src/i18n/translate.js'

const timeZone = 'Europe/Helsinki'

interface TextTree { readonly [key: string]: string | TextTree }

/** Returns the texts by dotted key. */
function flatten (tree: TextTree, path = ''): Map<string, string> {
  return new Map(Object.entries(tree).flatMap(([key, text]) =>
    typeof text === 'string' ? [[path + key, text] as const] : [...flatten(text, `${path}${key}.`)]))
}

const placeholder = /\{\{([^},]+)(?:, ([^}]+))?\}\}/g
const placeholders = (text: string) => [...text.matchAll(placeholder)].map(([, name, form]) => ({ name: name!, form }))

t.test('formats values by the name of the form', async t => {
  const at = new Date('2026-11-20T13:57:00Z')
  t.equal(translator('fi', timeZone)('porter.worksUntil', { until: at }), 'Koodi toimii 20.11.2026 klo\u00a015.57 asti.')
  t.equal(translator('sv', timeZone)('callerCard.place.opens', { opens: at }), 'Stängt nu, öppnar fredag den\u00a020\u00a0november kl. 15.57.')
  t.equal(translator('en')('records.count', { count: 12345 }), '12,345 records')
  t.equal(translator('sv')('callerCard.next.account-not-yet-entitled', { advice: { fi: 'Huomenna.', sv: 'I morgon.', en: 'Tomorrow.' } }), 'I morgon.')
})

t.test('ends a sentence with one full stop where a value ends with one', async t => {
  for (const language of languages) {
    const holder = formatRefusal(translator(language), { code: 'name-differs', variant: 'recipient-given-name', values: { holder: 'John Smith Jr.' } })
    t.match(holder, /Smith Jr\.(?: [A-Z]|$)/, language)
    t.match(translator(language)('slips.issue.shortForm', { name: 'John Smith Jr.' }), /: John Smith Jr\.$/, language)
    t.match(translator(language)('slips.issue.recipientAccepted', { name: 'John Smith Jr.', rules: ['x'] }), /John Smith Jr\.: x\.$/, language)
  }
})

t.test('formats a refusal from raw values', async t => {
  const refusal = { code: 'document-expired', values: { validUntil: '2026-12-04' } }
  t.match(formatRefusal(translator('en'), refusal), 'expired on 4 December 2026.')
  t.throws(() => formatRefusal(translator('en'), { code: 'document-expired', variant: 'nowhere' }), /no sentence/)
})

t.test('texts name only forms that exist', async t => {
  const samples: Record<string, Date | string[]> = { moment: new Date(0), dateTime: new Date(0), time: new Date(0), list: ['a'], orList: ['a'] }
  for (const language of languages) {
    const forms = [...flatten(texts[language]).values()].flatMap(placeholders).map(({ form }) => form).filter(form => form !== undefined)
    for (const form of new Set(forms)) t.ok(formatValue(samples[form] ?? '2026-01-01', form, { language, timeZone }), `${language} ${form}`)
  }
})

t.test('a text takes only values that the English one takes', async t => {
  const names = (text: string) => placeholders(text).map(({ name }) => name)
  const english = flatten(texts.en)
  for (const language of languages) {
    const others = [...flatten(texts[language])].filter(([key, text]) => names(text).some(name => !names(english.get(key)!).includes(name)))
    t.strictSame(others, [], language)
  }
})

t.test('knows which keys have a text', async t => {
  t.ok(hasText('porter.worksUntil'))
  t.notOk(hasText('porter.worksFrom'))
})
