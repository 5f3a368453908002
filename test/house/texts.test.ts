import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { problemCodes } from '../../src/http/problems.js'
import { en } from '../../src/i18n/en/index.js'
import { fi } from '../../src/i18n/fi/index.js'
import { sv } from '../../src/i18n/sv/index.js'
import { refusalCodes } from '../../src/institution/refusals.js'
import { accountStatuses, affiliations, channels, documentTypes, languages, prohibitedChannels, roles, servicePointKinds } from '../../src/institution/words.js'
import { returnReasons } from '../../src/deliveries/return-reasons.js'
import { erasureReasons } from '../../src/retention/erase-holder.js'
import { keptKinds } from '../../src/retention/find-holder.js'
import { projectRoot } from '../../src/paths.js'
import { custodySteps, endStates, envelopePlaces, isLive, slipStates, stepNames, transitions } from '../../src/slips/life.js'
import { chosenReasons } from '../../src/slips/void-reasons.js'

type Texts = { readonly [key: string]: string | Texts }

/** Every text by its dotted key; plurals under their stem. */
function flat (texts: Texts, prefix = ''): Map<string, string> {
  return new Map(Object.entries(texts).flatMap(([key, text]) => typeof text === 'string' ? [[`${prefix}${key.replace(/_(one|other)$/, '')}`, text] as const] : [...flat(text, `${prefix}${key}.`)]))
}

const all = { en: flat(en), fi: flat(fi), sv: flat(sv) }

function filesUnder (folder: string, ending: string): string[] {
  const root = fileURLToPath(new URL(folder, projectRoot))
  return readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.name.endsWith(ending)).map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

const missing = (keys: Iterable<string>) => [...new Set(keys)].flatMap(key => languages.filter(language => (all[language].get(key) ?? '').trim() === '').map(language => `${language} ${key}`))
const keysIn = (sources: readonly string[]) => sources.flatMap(source => [...source.matchAll(/\bt\('([\w.-]+)'[,)]/g)].map(match => match[1]!))

t.test('every text that a page or an answer names is there in all languages', async t => {
  const inTemplates = keysIn(filesUnder('templates/', '.eta'))
  const inCode = keysIn(filesUnder('src/', '.ts'))
  t.ok(inTemplates.length > 150, 'templates were read')
  t.strictSame(missing([...inTemplates, ...inCode]), [])
})

const whoStepsInCustody = transitions.filter(line => (custodySteps as readonly string[]).includes(line.step)).flatMap(line => line.by)

t.test('every text that is put together from a word of the house is there in all languages', async t => {
  const put = (prefix: string, words: readonly string[]) => words.map(word => `${prefix}.${word}`)
  t.strictSame(missing([
    ...put('slips.states', slipStates), ...put('slips.steps', stepNames), ...put('common.channels', [...channels, ...prohibitedChannels]), ...put('common.byChannel', prohibitedChannels),
    ...put('common.documents', documentTypes), ...put('paper.documents', documentTypes), ...put('common.affiliations', affiliations), ...put('common.statuses', accountStatuses),
    ...put('common.kinds', servicePointKinds), ...put('common.roles', roles), ...put('common.languages', languages), ...put('slips.issue.about', channels),
    ...put('slips.issue.submit', channels), ...put('slips.issued', channels),
    ...put('attention.triedWhile', slipStates.filter(state => !isLive(state))), ...put('slips.show.places', envelopePlaces),
    ...put('slips.nextSteps', custodySteps), ...put('slips.steppers', whoStepsInCustody), ...put('slips.show.reasons', [...chosenReasons, 'print-failed', 'superseded', ...returnReasons]),
    ...put('log.states', ['signed', 'heldBack', 'notSigned'].flatMap(state => [`${state}.title`, `${state}.text`])), ...put('common.menu', ['log']),
    ...put('holders.kinds', keptKinds), ...put('holders.erase.reasons', erasureReasons), ...put('problems.conflict', ['own-account', 'open-slip', 'envelope-out', 'alert-open'].map(code => `erasure-${code}`)),
    ...put('problems.conflict', ['step', 'step-none', ...endStates.map(state => `slip-${state}`)]), ...put('problems.not-permitted', ['step', 'step-none']),
  ]), [])
})

t.test('every problem has a title and a sentence, every refusal at least one sentence', async t => {
  const problems = problemCodes.filter(code => !(refusalCodes as readonly string[]).includes(code))
  t.strictSame(missing(problems.flatMap(code => [`problems.${code}.title`, `problems.${code}.detail`])), [])
  const refusalKeys = [...all.en.keys()].filter(key => key.startsWith('refusals.'))
  t.strictSame(refusalCodes.filter(code => !refusalKeys.some(key => key === `refusals.${code}` || key.startsWith(`refusals.${code}-`))), [])
  t.strictSame(missing(refusalKeys), [])
})

t.test('every variant of a problem, and every message of a field, that the code names has its text', async t => {
  const sources = filesUnder('src/', '.ts').filter(source => !source.startsWith('/** What is wrong with a field'))
  const variants = sources.flatMap(source => [...source.matchAll(/new Problem\('([\w-]+)', \{ variant: '([\w-]+)'/g)].map(match => `problems.${match[1]!}.${match[2]!}`))
  t.ok(variants.length > 10)
  t.strictSame(missing(variants), [])
  const messages = sources.flatMap(source => [
    ...source.matchAll(/message: '([a-z][a-z-]+)'/g), ...source.matchAll(/\b(?:regex|refine|min|max|uuid|date|enum|union|unlessMissing)\([^\n]*?, '([a-z]+(?:-[a-z]+)+)'\)/g), ...source.matchAll(/unlessMissing\('([a-z-]+)'\)/g),
  ].map(match => `fields.${match[1]!}`))
  t.ok(messages.length > 15)
  t.strictSame(missing(messages), [])
})

t.test('a translation fills the same gaps as its source', async t => {
  const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]!).filter(gap => !/(En|Fi|Sv)$/.test(gap)).sort().join()
  for (const language of ['fi', 'sv'] as const) {
    t.strictSame([...all.en].filter(([key, text]) => !/^(paper|moments)\./.test(key) && gaps(all[language].get(key) ?? '') !== gaps(text)).map(([key]) => `${language} ${key}`), [])
  }
})
