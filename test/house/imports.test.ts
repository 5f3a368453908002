import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { projectRoot } from '../../src/paths.js'

const src = fileURLToPath(new URL('src/', projectRoot))

/** Which rooms a room may look into, beside itself. Whoever is not named here is not looked into. */
const allowedImports: Readonly<Record<string, readonly string[]>> = {
  institution: [],
  i18n: ['institution'],
  database: ['institution', 'http'],
  audit: ['database'],
  passwords: ['institution'],
  proofs: ['institution', 'i18n', 'database', 'audit', 'http', 'staff'],
  http: ['institution', 'i18n', 'database'],
  accounts: ['institution', 'i18n', 'database', 'audit', 'http', 'passwords'],
  'service-points': ['institution', 'i18n', 'database', 'audit', 'http'],
  addresses: ['institution', 'i18n', 'database', 'audit', 'http'],
  staff: ['institution', 'i18n', 'database', 'audit', 'http', 'service-points', 'passwords'],
  slips: ['institution', 'i18n', 'database', 'audit', 'http', 'accounts', 'addresses', 'service-points', 'staff'],
  deliveries: ['institution', 'i18n', 'database', 'audit', 'http', 'accounts', 'addresses', 'service-points', 'staff', 'slips', 'proofs'],
  retention: ['institution', 'i18n', 'database', 'audit', 'http', 'accounts', 'addresses', 'service-points', 'staff', 'slips', 'deliveries'],
  redemptions: ['institution', 'i18n', 'database', 'audit', 'http', 'accounts', 'addresses', 'service-points', 'staff', 'slips', 'passwords'],
}

/** Single files that may look where their room may not, and why. `type`: its types only. */
const allowedExceptions: Readonly<Record<string, readonly string[]>> = {
  // The shape of opening hours is part of the profile's.
  'institution/profile': ['service-points/hours-schema'],
  'institution/metropolia': ['type service-points/hours-schema'],
  // Row types speak the field's words.
  'database/tables/places': ['type service-points/hours-schema', 'type service-points/distance'],
  'database/tables/slips': ['type slips/life', 'type slips/void-reasons'],
  // Who changes the hours; staff themselves ask where they may work.
  'service-points/pages': ['staff/authenticate'],
  // What every request carries, and the menu that the permissions decide.
  'http/fastify-types': ['type staff/api-tokens', 'type staff/permissions', 'type staff/session'],
  'http/menu': ['staff/permissions', 'type staff/session'],
}

/** Files beside the rooms: the process. Rooms see of them only the types of what they are handed, the paths and a configuration's fault. */
const sharedFiles: readonly string[] = ['type app', 'type cli-context', 'paths', 'config-error']

interface Import { readonly target: string, readonly typeOnly: boolean, readonly names: readonly string[] }

function listFiles (folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name).slice(src.length).replace(/\.ts$/, ''))
}

/** The imports of a file: rooms' files by their path, packages by name. */
function listImports (file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(src, `${file}.ts`), 'utf8'), ts.ScriptTarget.Latest)
  const imports: Import[] = []
  source.forEachChild(node => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return
    if (node.moduleSpecifier === undefined) return
    const specifier = (node.moduleSpecifier as ts.StringLiteral).text
    const clause = ts.isImportDeclaration(node) ? node.importClause : undefined
    const named = clause?.namedBindings !== undefined && ts.isNamedImports(clause.namedBindings) ? [...clause.namedBindings.elements] : []
    const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause !== undefined && clause.name === undefined && named.length > 0 && named.every(one => one.isTypeOnly))
    const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)).replace(/\.js$/, '') : specifier
    imports.push({ target, typeOnly, names: named.map(one => (one.propertyName ?? one.name).text) })
  })
  return imports
}

function isAllowedImport (file: string, { target, typeOnly }: Import): boolean {
  const room = file.split('/')[0]!
  const allowed = [...sharedFiles, ...allowedExceptions[file] ?? []]
  if (allowed.includes(target) || (typeOnly && allowed.includes(`type ${target}`))) return true
  return target.includes('/') && (target.split('/')[0] === room || (allowedImports[room] ?? []).includes(target.split('/')[0]!))
}

const files = listFiles(src)
const moduleFiles = files.filter(file => file.includes('/'))
const isProjectFile = (one: Import) => files.includes(one.target)

t.test('imports between rooms point one way: a wrong arrow is named', async t => {
  t.ok(moduleFiles.length > 100, 'the files were read')
  const wrong = moduleFiles.flatMap(file => listImports(file).filter(isProjectFile).filter(one => !isAllowedImport(file, one)).map(one => `${file} → ${one.target}`))
  t.strictSame(wrong, [])
  t.strictSame([...new Set(moduleFiles.map(file => file.split('/')[0]!))].filter(room => allowedImports[room] === undefined), [], 'every room has its line in the table')
})

t.test('the test itself sees a wrong arrow', async t => {
  const arrow = (target: string, typeOnly = false): Import => ({ target, typeOnly, names: [] })
  t.notOk(isAllowedImport('accounts/queries', arrow('slips/queries')))
  t.notOk(isAllowedImport('accounts/queries', arrow('slips/life', true)), 'a type is an arrow too')
  t.notOk(isAllowedImport('audit/events', arrow('staff/session', true)))
  t.notOk(isAllowedImport('slips/rules', arrow('deliveries/records')))
  t.notOk(isAllowedImport('slips/rules', arrow('app')), 'the app’s types only')
  t.notOk(isAllowedImport('slips/rules', arrow('server')))
  t.ok(isAllowedImport('slips/api', arrow('app', true)))
  t.ok(isAllowedImport('deliveries/records', arrow('slips/queries')))
  t.ok(listImports('slips/rules').some(one => one.target === 'institution/refusals'))
  for (const file of ['schema', 'tables/places', 'tables/slips']) {
    t.ok(listImports(`database/${file}`).filter(isProjectFile).every(one => one.typeOnly), 'row types are types')
  }
})

/** What a pure file may not touch: doors, databases, logs, files, randomness, clocks of its own. */
const impure = /^(fastify|@fastify\/.*|kysely.*|pg|pino|@electric-sql\/.*|node:(?!util$).*|@node-rs\/.*|pdfkit|fontkit|eta|commander|close-with-grace|prom-client|rate-limiter-flexible)$/
/** The texts are loaded once, at the start; asking them for one changes nothing. */
const isText = (file: string) => file === 'i18n/translate' || /^i18n\/(en|fi|sv)\//.test(file)

function isPure (file: string): boolean {
  return /(^|[\s.])Pure[.:,;]|Types only\.|Pure data\./.test(readFileSync(join(src, `${file}.ts`), 'utf8').split('*/')[0]!)
}

t.test('what calls itself pure imports only what is pure', async t => {
  const pure = moduleFiles.filter(isPure)
  for (const file of ['slips/rules', 'slips/life', 'slips/lifetimes', 'slips/identity-check', 'slips/reissue-limit', 'addresses/delivery-area', 'service-points/hours', 'service-points/pick-up', 'institution/profile', 'institution/refusals', 'staff/permissions', 'institution/fold']) {
    t.ok(pure.includes(file), `${file} says that it is pure`)
  }
  const wrong = pure.flatMap(file => listImports(file).filter(one => !one.typeOnly).filter(one => isProjectFile(one) ? !pure.includes(one.target) && !isText(one.target) : impure.test(one.target))
    .map(one => `${file} → ${one.target}`))
  t.strictSame(wrong, [])
})

t.test('what calls itself pure has no clock, no randomness and no environment of its own', async t => {
  const reads = /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bTemporal\.Now\b|\bprocess\.|\bcrypto\.|\bfetch\(|\bsetTimeout\(/
  const code = (file: string) => readFileSync(join(src, `${file}.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  t.strictSame(moduleFiles.filter(isPure).filter(file => reads.test(code(file))), [])
})

t.test('the environment is read in one place, and commands take their time from outside', async t => {
  const code = (file: string) => readFileSync(join(src, `${file}.ts`), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  t.strictSame(files.filter(file => /\bprocess\.env\b/.test(code(file))).sort(), ['cli', 'server'], 'and handed to parseConfig')
  t.strictSame(files.filter(file => /\bnew Date\(\)|\bDate\.now\(/.test(code(file))).sort(), ['cli', 'server'])
  t.strictSame(files.filter(file => /\bMath\.random\(/.test(code(file))), [])
})
