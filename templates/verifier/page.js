// The verifier page. Dropped files are verified by the same modules that the server and the command line use.
import * as ed25519 from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { verifyEvidence, detectEvidenceKind, parseVerifierKeys } from '../../dist/src/proofs/verify-evidence.js'
import { splitCheckpoints } from '../../dist/src/audit/transparency-log/checkpoint.js'
import { verifier as en } from '../../dist/src/i18n/en/verifier.js'
import { verifier as fi } from '../../dist/src/i18n/fi/verifier.js'
import { verifier as sv } from '../../dist/src/i18n/sv/verifier.js'
import { languages, locales } from '../../dist/src/i18n/locales.js'

ed25519.hashes.sha512 = sha512
const texts = { en, fi, sv }
const headBytes = 4096
const element = id => document.getElementById(id)

let language = languages.find(one => navigator.language.startsWith(one)) ?? 'en'
let files = []
let result = { state: 'open', sentences: [] }
/** Number of the newest check; the result of an older one is ignored. */
let newest = 0

const tools = {
  sha256,
  verify: (publicKey, message, signature) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false
    }
  },
  hasher: () => sha256.create(),
}

function text (key, values = {}) {
  const found = key.replace(/^verifier\./, '').split('.').reduce((node, part) => node[part], texts[language])
  return found.replace(/\{\{(\w+)\}\}/g, (_, name) => name === 'event' && values[name] === '?' ? texts[language].unnamed : format(values[name]))
}

/** Groups the digits of a number, as `formatValue` of the server does. */
function format (value) {
  return typeof value === 'number' ? new Intl.NumberFormat(locales[language].tag).format(value) : String(value)
}

async function * chunksOf (blob) {
  const reader = blob.stream().getReader()
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value
}

async function add (list) {
  for (const file of list) {
    // A folder cannot be read: it is listed as a file that was not verified.
    const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer().catch(() => new ArrayBuffer(0)))
    const evidence = { name: file.name, size: file.size, head, chunks: (from = 0, to = file.size) => chunksOf(file.slice(from, to)) }
    const kind = detectEvidenceKind(evidence)
    const count = kind === 'checkpoints' ? splitCheckpoints(await file.text()).notes.length : undefined
    files = [...files, { ...evidence, kind, count }]
  }
  await check()
}

async function check () {
  const number = ++newest
  const report = (state, sentences) => {
    if (number !== newest) return
    result = { state, sentences }
    show()
  }
  if (files.length === 0) return report('open', [])
  const keys = parseVerifierKeys(sha256, element('keys').value)
  if ('tone' in keys) return report('open', [keys])
  const progress = leaves => report('open', [{ key: 'verifier.checking', values: { leaves } }])
  const sentences = await verifyEvidence({ ...tools, progress }, files, keys).catch(() => [{ tone: 'bad', key: 'verifier.missing.unreadable' }])
  report(stateOf(sentences), sentences)
}

function stateOf (sentences) {
  const faults = sentences.filter(({ tone }) => tone === 'bad')
  if (faults.length === 0) return 'good'
  if (faults.some(({ key }) => !key.startsWith('verifier.missing.'))) return 'bad'
  return faults.length === sentences.length ? 'open' : 'partly'
}

function listItems (list, lines) {
  list.replaceChildren(...lines.map(line => Object.assign(document.createElement('li'), { textContent: line })))
}

function show () {
  document.documentElement.lang = language
  document.title = `${text('title')} – Slipdesk`
  for (const one of document.querySelectorAll('[data-text]')) one.textContent = text(one.dataset.text)
  document.querySelector('nav').setAttribute('aria-label', text('language'))
  for (const one of document.querySelectorAll('[data-language]')) one.setAttribute('aria-pressed', String(one.dataset.language === language))
  document.querySelector('[data-text="dropped"]').hidden = files.length === 0
  listItems(element('dropped'), files.map(({ name, kind, count }) => `${name}: ${text(`kinds.${kind}`, { count })}`))
  const verdict = element('verdict')
  verdict.className = result.state
  verdict.querySelector('h2').textContent = `${text('verdict')}: ${text(result.state)}`
  listItems(verdict.querySelector('ul'), result.sentences.map(({ key, values }) => text(key, values)))
}

const drop = element('drop')
addEventListener('dragover', event => { event.preventDefault(); drop.classList.add('over') })
addEventListener('dragleave', () => drop.classList.remove('over'))
addEventListener('drop', event => {
  event.preventDefault()
  drop.classList.remove('over')
  add([...event.dataTransfer.files])
})
element('files').addEventListener('change', ({ target }) => add([...target.files]))
element('choose').addEventListener('click', () => element('files').click())
element('keys').addEventListener('input', check)
element('clear').addEventListener('click', () => {
  files = []
  element('files').value = ''
  check()
})
for (const one of document.querySelectorAll('[data-language]')) {
  one.addEventListener('click', () => {
    language = one.dataset.language
    show()
  })
}
show()
