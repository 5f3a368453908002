import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { pageDownloadFormats } from '../../src/deliveries/exports/formats.js'
import { problemCodes } from '../../src/http/problems.js'
import { en } from '../../src/i18n/en/index.js'
import { fi } from '../../src/i18n/fi/index.js'
import { sv } from '../../src/i18n/sv/index.js'
import { refusalCodes } from '../../src/institution/refusals.js'
import { erasureReasons, accountStatuses, affiliations, channels, custodySteps, documentTypes, envelopePlaces, finalStates, languages, prohibitedChannels, roles, selectableVoidReasons, servicePointKinds, slipStates, stepNames } from '../../src/institution/vocabulary.js'
import { returnReasons } from '../../src/deliveries/schemas.js'
import { storedDataKinds } from '../../src/retention/queries.js'
import { formActions } from '../../src/staff/bound-form.js'
import { projectRoot } from '../helpers/project-root.js'
import { isActive, transitions } from '../../src/slips/rules/state-machine.js'

type Texts = { readonly [key: string]: string | Texts }

/** Returns the texts by dotted key, each plural form under a key of its own. */
function flattenTexts (texts: Texts, prefix = ''): Map<string, string> {
  return new Map(Object.entries(texts).flatMap(([key, text]) => typeof text === 'string' ? [[`${prefix}${key}`, text] as const] : [...flattenTexts(text, `${prefix}${key}.`)]))
}

const allForms = { en: flattenTexts(en), fi: flattenTexts(fi), sv: flattenTexts(sv) }
const removePluralForms = (forms: Map<string, string>) => new Map([...forms].map(([key, text]) => [key.replace(/_(one|other)$/, ''), text]))
const textsByLanguage = { en: removePluralForms(allForms.en), fi: removePluralForms(allForms.fi), sv: removePluralForms(allForms.sv) }

function readFilesUnder (folder: string, ending: string): string[] {
  const root = fileURLToPath(new URL(folder, projectRoot))
  return readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.name.endsWith(ending)).map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

const findMissing = (keys: Iterable<string>) => [...new Set(keys)].flatMap(key => languages.filter(language => (textsByLanguage[language].get(key) ?? '').trim() === '').map(language => `${language} ${key}`))
const findKeys = (sources: readonly string[]) => sources.flatMap(source => [...source.matchAll(/\bt\('([\w.-]+)'[,)]/g)].map(match => match[1]!))

t.test('has every text that code and templates name, in all languages', async t => {
  const inTemplates = findKeys(readFilesUnder('templates/', '.eta'))
  const inCode = findKeys(readFilesUnder('src/', '.ts'))
  t.ok(inTemplates.length > 150, 'templates were read')
  t.strictSame(findMissing([...inTemplates, ...inCode]), [])
})

const custodyActorRoles = transitions.filter(line => (custodySteps as readonly string[]).includes(line.step)).flatMap(line => line.roles)

t.test('has every text composed from a vocabulary word, in all languages', async t => {
  const put = (prefix: string, words: readonly string[]) => words.map(word => `${prefix}.${word}`)
  t.strictSame(findMissing([
    ...put('slips.states', slipStates), ...put('slips.steps', stepNames), ...put('common.channels', [...channels, ...prohibitedChannels]), ...put('common.byChannel', prohibitedChannels),
    ...put('common.documents', documentTypes), ...put('paper.documents', documentTypes), ...put('common.affiliations', affiliations), ...put('common.statuses', accountStatuses),
    ...put('common.kinds', servicePointKinds), ...put('common.roles', roles), ...put('common.languages', languages), ...put('slips.issue.about', channels),
    ...put('slips.issue.submit', channels), ...put('slips.issued', channels),
    ...put('attention.triedWhile', slipStates.filter(state => !isActive(state))), ...put('slips.show.places', envelopePlaces),
    ...put('slips.nextSteps', custodySteps), ...put('slips.actorRoles', custodyActorRoles), ...put('slips.show.reasons', [...selectableVoidReasons, 'print-failed', 'superseded', ...returnReasons]),
    ...put('records.export.formats', pageDownloadFormats), ...put('auditLog.states', ['signed', 'heldBack', 'notSigned'].flatMap(state => [`${state}.title`, `${state}.text`])), ...put('common.menu', ['log']),
    ...put('returnedForms.actions', formActions), ...put('holders.kinds', storedDataKinds), ...put('holders.erase.reasons', erasureReasons), ...put('problems.conflict', ['own-account', 'open-slip', 'envelope-out', 'alert-open'].map(code => `erasure-${code}`)),
    ...put('problems.conflict', ['step', 'step-none', ...finalStates.map(state => `slip-${state}`)]), ...put('problems.not-permitted', ['step', 'step-none']),
  ]), [])
})

t.test('has a title and sentence for every problem and a sentence for every refusal', async t => {
  const problems = problemCodes.filter(code => !(refusalCodes as readonly string[]).includes(code))
  t.strictSame(findMissing(problems.flatMap(code => [`problems.${code}.title`, `problems.${code}.detail`])), [])
  const refusalKeys = [...textsByLanguage.en.keys()].filter(key => key.startsWith('refusals.'))
  t.strictSame(refusalCodes.filter(code => !refusalKeys.some(key => key === `refusals.${code}` || key.startsWith(`refusals.${code}-`))), [])
  t.strictSame(findMissing(refusalKeys), [])
})

t.test('has every problem variant and field message that the code names', async t => {
  const sources = readFilesUnder('src/', '.ts').filter(source => !source.startsWith('/** What is wrong with a field'))
  // The type of a problem's variant covers the English texts only, so the other languages are checked here.
  const variants = [...textsByLanguage.en.keys()].filter(key => key.startsWith('problems.'))
  t.ok(variants.length > 50)
  t.strictSame(findMissing(variants), [])
  const messages = sources.flatMap(source => [
    ...source.matchAll(/message: '([a-z][a-z-]+)'/g), ...source.matchAll(/\b(?:regex|refine|min|max|uuid|date|enum|union|unlessMissing)\([^\n]*?, '([a-z]+(?:-[a-z]+)+)'\)/g), ...source.matchAll(/unlessMissing\('([a-z-]+)'\)/g),
  ].map(match => `fields.${match[1]!}`))
  t.ok(messages.length > 15)
  t.strictSame(findMissing(messages), [])
})

t.test('uses the same placeholders and formats in every translation', async t => {
  const listPlaceholders = (text = '') => [...text.matchAll(/\{\{([^}]*)\}\}/g)].map(([, placeholder]) => placeholder!).sort()
  t.ok([...allForms.en.values()].filter(text => listPlaceholders(text).some(placeholder => placeholder.includes(','))).length > 20, 'placeholders with a format were read')
  for (const language of ['fi', 'sv'] as const) {
    for (const [key, text] of allForms.en) {
      // A singular may say the number in words.
      const isSingular = key.endsWith('_one')
      const expected = listPlaceholders(text).filter(placeholder => !isSingular || placeholder !== 'count')
      const actual = listPlaceholders(allForms[language].get(key)).filter(placeholder => !isSingular || placeholder !== 'count')
      if (String(actual) !== String(expected)) t.strictSame(actual, expected, `${language} ${key}`)
    }
  }
})
