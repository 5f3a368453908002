/**
 * Rules for imports between modules, as described in docs/architecture.md.
 * `npx depcruise src` reports every wrong import; test/architecture/dependencies.test.ts runs the same rules.
 * Type imports and dynamic imports count.
 */
import { readdirSync, readFileSync } from 'node:fs'

const shared = ['institution', 'i18n', 'database', 'audit', 'monitoring', 'http']
const basics = [...shared, 'accounts', 'addresses', 'service-points', 'staff', 'passwords', 'pdf']

/** The modules that each module, a folder of src/, may import. */
const allowedModules = {
  i18n: [],
  institution: ['i18n'],
  passwords: ['institution'],
  pdf: ['institution'],
  database: ['institution'],
  audit: ['database'],
  monitoring: ['database', 'audit'],
  http: ['institution', 'i18n', 'database', 'monitoring'],
  accounts: [...shared, 'passwords'],
  addresses: shared,
  'service-points': shared,
  staff: [...shared, 'service-points', 'passwords'],
  slips: basics,
  proofs: [...basics, 'slips'],
  deliveries: [...basics, 'slips', 'proofs'],
  redemptions: [...basics, 'slips'],
  retention: [...basics, 'slips', 'deliveries', 'redemptions'],
  pages: [...basics, 'slips', 'deliveries', 'redemptions', 'retention', 'proofs'],
  demo: [...basics, 'slips'],
  cli: [...basics, 'slips', 'deliveries', 'redemptions', 'retention', 'proofs'],
}

/** The files beside the modules, and the files that may import them. */
const allowedImporters = {
  'server.ts': '^$',
  'app.ts': '^src/server\\.ts$',
  'routes.ts': '^src/app\\.ts$',
  'deps.ts': '^src/(app|routes)\\.ts$',
  'background-jobs.ts': '^src/server\\.ts$',
  'logger.ts': '^src/server\\.ts$',
  'bootstrap.ts': '^src/(server\\.ts$|cli/)',
  'config-checks.ts': '^src/config\\.ts$',
  'config.ts': '^src/((server|bootstrap)\\.ts$|cli/)',
}

const routeFiles = '/(api|pages?)\\.ts$'

/** Layers inside a feature: rules ← queries ← commands ← pages, api. The i18n folders are no layers. */
const layers = [
  { name: 'rules', from: '/rules(\\.ts$|/)', to: '/(queries|slip-store|api|pages?)\\.ts$|^src/(?!pages/).+/(commands|pages|paper)/' },
  { name: 'queries', from: '/queries\\.ts$', to: '/(api|pages?)\\.ts$|^src/(?!pages/).+/(commands|pages|paper)/' },
  { name: 'commands', from: '/commands/', to: '/(api|pages?)\\.ts$|^src/(?!pages/).+/pages/' },
]

/** Packages that a pure file may not import: web, database, logs, passwords, documents. */
const impurePackages = '(^|/)node_modules/(fastify|@fastify/[^/]+|kysely|pg|pino|@electric-sql/[^/]+|@node-rs/[^/]+|ldapts|pdfkit|fontkit|eta|commander|close-with-grace|prom-client)/'

/** Packages that only the PDF kit may import. */
const pdfPackages = '(^|/)node_modules/(pdfkit|fontkit|bwip-js|lean-qr)/'

/** Files whose first comment says that they are pure. */
const pureFiles = readdirSync(new URL('src/', import.meta.url), { recursive: true })
  .filter(name => name.endsWith('.ts'))
  .map(name => `src/${name}`)
  .filter(file => /(^|[\s.])Pure[.:,;]|Types only\./.test(readFileSync(new URL(file, import.meta.url), 'utf8').split('*/')[0]))

const exactly = file => `^${file.replaceAll('.', '\\.')}$`

function forbid (name, comment, from, to) {
  return { name, severity: 'error', comment, from, to }
}

export default {
  forbidden: [
    forbid('no-cycles', 'Two files that import each other cannot be understood or tested apart.', {}, { circular: true }),
    forbid('resolvable', 'An import leads to a file or an installed package.', {}, { couldNotResolve: true }),
    forbid('no-dev-dependencies', 'The product runs without development dependencies.', { path: '^src/' }, { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }),
    ...Object.entries(allowedModules).map(([module, allowed]) =>
      forbid(`directions-of-${module}`, `${module} may import: ${allowed.join(', ') || 'no other module'}.`,
        { path: `^src/${module}/` }, { path: '^src/[^/]+/', pathNot: `^src/(${[module, ...allowed].join('|')})/` })),
    forbid('every-module-has-directions', 'Every folder of src/ has a line in allowedModules.',
      {}, { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(allowedModules).join('|')})/` }),
    ...Object.entries(allowedImporters).map(([file, importers]) =>
      forbid(`importers-of-${file.replace('.ts', '')}`, `src/${file} is wiring: modules do not know it.`,
        { pathNot: importers }, { path: exactly(`src/${file}`) })),
    forbid('route-files-on-top', 'Routes are registered by src/routes.ts; only other route files build on them.',
      { pathNot: `^src/(app|routes|deps)\\.ts$|${routeFiles}` }, { path: `^src/.*${routeFiles}` }),
    forbid('no-http-in-the-domain', 'Only routes, pages, their views and forms, files that send an answer, and the hooks of staff know HTTP; everything below throws domain errors.',
      { path: '^src/', pathNot: ['^src/(http|pages|cli)/|^src/[^/]+/pages/|^src/[^/]+\\.ts$', routeFiles, '[/-](view|form)\\.ts$', '/send-[^/]+\\.ts$', '^src/staff/(authenticate|csrf|guard|returned-forms)\\.ts$'] },
      { path: '^src/http/' }),
    forbid('no-web-framework-in-commands', 'Commands, queries and rules serve the command line too.',
      { path: ['/(commands|rules)/', '/(queries|rules)\\.ts$'] }, { path: '(^|/)node_modules/(fastify|@fastify/[^/]+)/' }),
    ...layers.map(({ name, from, to }) =>
      forbid(`layers-of-${name}`, 'Inside a feature: rules ← queries ← commands ← pages, api.', { path: `^src/.*${from}`, pathNot: '^src/i18n/' }, { path: to })),
    forbid('pdf-packages', 'Documents are drawn with the PDF kit, src/pdf/.', { path: '^src/', pathNot: '^src/pdf/' }, { path: pdfPackages }),
    forbid('pure-without-node', 'A pure file uses no files, network, process or randomness.',
      { path: pureFiles.map(exactly) }, { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'], pathNot: '^(node:)?util$' }),
    forbid('pure-without-packages', 'A pure file uses no web, database, logs or documents.',
      { path: pureFiles.map(exactly) }, { path: impurePackages, dependencyTypesNot: ['type-only'] }),
    forbid('pure-imports-pure', 'A pure file imports only pure files; texts are constant and count as pure.',
      { path: pureFiles.map(exactly) }, { path: '^src/', pathNot: [...pureFiles.map(exactly), '^src/i18n/([a-z]{2}/|translate\\.ts$)'], dependencyTypesNot: ['type-only'] }),
    forbid('rules-are-pure', 'A file that decides says that it is pure, and so must be.',
      { path: '^src/slips/rules/', pathNot: pureFiles.map(exactly) }, {}),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
    skipAnalysisNotInRules: true,
  },
}
