import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ICruiseResult } from 'dependency-cruiser'
import t from 'tap'
import { moduleGraph, replacePart } from '../generated/generated-docs.js'
import { cruiseSources, renderModuleGraph } from '../generated/module-graph.js'
import { projectRoot } from '../helpers/project-root.js'

const root = fileURLToPath(projectRoot)
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).map(name => `src/${name}`)

/** Reads a file without its comments. */
function readCode (file: string): string {
  return readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
}

function isPure (file: string): boolean {
  return /(^|[\s.])Pure[.:,;]|Types only\./.test(readFileSync(join(root, file), 'utf8').split('*/')[0]!)
}

function listViolations ({ summary }: ICruiseResult): string[] {
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
}

t.test('every import follows the directions of the architecture', async t => {
  const result = await cruiseSources()
  t.strictSame(listViolations(result), [])
  t.ok(result.modules.filter(({ source }) => source.startsWith('src/')).length > 250, 'the source files were read')
  t.equal(readFileSync(join(root, moduleGraph.path), 'utf8'), await replacePart(moduleGraph, renderModuleGraph(result.modules)), 'the graph is up to date: run npm run docs')
})

t.test('reports a planted wrong import for each rule', async t => {
  const folder = t.testdir({
    'package.json': JSON.stringify({ dependencies: { kysely: '*', pdfkit: '*' }, devDependencies: { typescript: '*' } }),
    src: {
      'app.ts': '',
      accounts: { 'search.ts': "import '../http/views.js'", 'queries.ts': "import type { FastifyRequest } from 'fastify'\nexport type Request = FastifyRequest\nimport type { SlipRow } from '../slips/queries.js'\nexport type Row = SlipRow" },
      audit: { 'events.ts': "export const load = async () => await import('../staff/session-store.js')" },
      http: { 'views.ts': "import '../staff/pages.js'" },
      reports: { 'monthly.ts': '' },
      pages: { 'index.ts': "import '../reports/monthly.js'" },
      slips: {
        'codes.ts': "import './slip-store.js'",
        'slip-store.ts': "import './codes.js'\nimport './missing.js'\nimport 'typescript'",
        'queries.ts': "import './commands/issue-slip.js'\nexport interface SlipRow { readonly number: string }",
        commands: { 'issue-slip.ts': "import '../pages/issue-form.js'" },
        pages: { 'issue-form.ts': '' },
        rules: { 'print-deadlines.ts': "import '../codes.js'", 'limits.ts': "import { sql } from 'kysely'\nimport { readFileSync } from 'node:fs'\nimport '../queries.js'\nexport const used = [sql, readFileSync]" },
      },
      staff: { 'session-store.ts': "import '../app.js'", 'pages.ts': "import 'pdfkit'" },
    },
  })
  const found = listViolations(await cruiseSources(folder)).map(line => line.replace(/\S*node_modules\//, ''))
  t.strictSame(found, [
    'directions-of-accounts: src/accounts/queries.ts → src/slips/queries.ts',
    'directions-of-audit: src/audit/events.ts → src/staff/session-store.ts',
    'directions-of-http: src/http/views.ts → src/staff/pages.ts',
    'directions-of-pages: src/pages/index.ts → src/reports/monthly.ts',
    'every-module-has-directions: src/pages/index.ts → src/reports/monthly.ts',
    'importers-of-app: src/staff/session-store.ts → src/app.ts',
    'layers-of-commands: src/slips/commands/issue-slip.ts → src/slips/pages/issue-form.ts',
    'layers-of-queries: src/slips/queries.ts → src/slips/commands/issue-slip.ts',
    'layers-of-rules: src/slips/rules/limits.ts → src/slips/queries.ts',
    'no-cycles: src/slips/codes.ts → src/slips/slip-store.ts',
    'no-dev-dependencies: src/slips/slip-store.ts → typescript/lib/typescript.js',
    'no-http-in-the-domain: src/accounts/search.ts → src/http/views.ts',
    'no-web-framework-in-commands: src/accounts/queries.ts → fastify/fastify.js',
    'pdf-packages: src/staff/pages.ts → pdfkit/js/pdfkit.node.mjs',
    'pure-imports-pure: src/slips/codes.ts → src/slips/slip-store.ts',
    'pure-imports-pure: src/slips/rules/limits.ts → src/slips/queries.ts',
    'pure-without-node: src/slips/rules/limits.ts → fs',
    'pure-without-packages: src/slips/rules/limits.ts → kysely/dist/esm/index.js',
    'resolvable: src/slips/slip-store.ts → ./missing.js',
    'route-files-on-top: src/http/views.ts → src/staff/pages.ts',
    'rules-are-pure: src/slips/rules/print-deadlines.ts → src/slips/codes.ts',
  ])
})

t.test('only routes, HTTP and the command line name the address of the API', async t => {
  const naming = files.filter(file => readFileSync(join(root, file), 'utf8').includes('/api/v1'))
  t.ok(naming.includes('src/http/openapi/api.ts'))
  t.strictSame(naming.filter(file => !/^src\/(http|cli)\/|^src\/routes\.ts$|\/(api|pages?)\.ts$/.test(file)), [])
})

t.test('files that decide are pure', async t => {
  for (const file of [
    'src/slips/rules/issuing-rules.ts', 'src/slips/rules/state-machine.ts', 'src/slips/rules/limits.ts', 'src/slips/rules/identity-check.ts',
    'src/addresses/rules.ts', 'src/service-points/hours.ts', 'src/service-points/pick-up.ts', 'src/redemptions/rules.ts', 'src/retention/rules.ts',
    'src/institution/profile.ts', 'src/institution/refusals.ts', 'src/institution/text.ts', 'src/staff/permissions.ts', 'src/audit/transparency-log/verify-tree.ts',
  ]) t.ok(files.includes(file) && isPure(file), `${file} says that it is pure`)
})

t.test('pure files have no clock, no randomness and no environment', async t => {
  const impure = /\bnew Date\(\)|\bDate\.now\(|\bMath\.random\(|\bTemporal\.Now\b|\bprocess\.|(?<!-)\bcrypto\.|\bfetch\(|\bsetTimeout\(/
  t.strictSame(files.filter(isPure).filter(file => impure.test(readCode(file))), [])
})

t.test('only the entry points read the environment and the clock', async t => {
  const entryPoints = ['src/cli/main.ts', 'src/server.ts']
  t.strictSame(files.filter(file => /\bprocess\.env\b/.test(readCode(file))).sort(), entryPoints)
  t.strictSame(files.filter(file => /\bnew Date\(\)|\bDate\.now\(/.test(readCode(file))).sort(), entryPoints)
  t.strictSame(files.filter(file => /\bMath\.random\(/.test(readCode(file))), [])
})
