/**
 * Prints the size and shape of the source code, and with --test what `npm test` costs.
 * `npm run metrics`, `npm run metrics -- --test`; `--root FOLDER` measures another checkout with installed packages.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { cruise } from 'dependency-cruiser'
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import ts from 'typescript'

/** A function with more positional parameters than this takes an options object instead. */
const MAX_PARAMETERS = 4
const SHORT_FILE_LINES = 25
const MAX_FILES_PER_FOLDER = 20

const { values: options } = parseArgs({ options: { root: { type: 'string', default: '.' }, test: { type: 'boolean', default: false } } })
const root = resolve(options.root)
const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => {
    const path = join(entry.parentPath, entry.name)
    const text = readFileSync(path, 'utf8')
    return { path: relative(root, path), text, lines: text.split('\n').length - 1 }
  })

/** Lists the functions of a file that take more than MAX_PARAMETERS positional parameters. */
function functionsWithManyParameters ({ path, text }) {
  const found = []
  const visit = node => {
    if (ts.isFunctionLike(node) && node.parameters.length > MAX_PARAMETERS) {
      const name = node.name ?? node.parent.name
      found.push(`${path} ${name?.getText() ?? '(anonymous)'} (${node.parameters.length})`)
    }
    node.forEachChild(visit)
  }
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))
  return found
}

/** Lists the source files that are part of an import cycle, type and dynamic imports included. */
async function filesInCycles () {
  process.chdir(root)
  const { output } = await cruise(['src'], { tsPreCompilationDeps: true, exclude: 'node_modules' }, {}, { tsConfig: extractTsConfig(join(root, 'tsconfig.json')) })
  return output.modules.filter(module => module.dependencies.some(dependency => dependency.circular)).map(module => module.source)
}

function print (name, value, details = []) {
  console.log(`${name.padEnd(44)} ${value}`)
  for (const detail of details) console.log(`    ${detail}`)
}

const longest = files.toSorted((a, b) => b.lines - a.lines)[0]
const longestOfCode = files.filter(file => !file.path.includes('/i18n/')).toSorted((a, b) => b.lines - a.lines)[0]
const perFolder = groupByFolder()
function groupByFolder () {
  const groups = new Map()
  for (const file of files) groups.set(join(file.path, '..'), [...groups.get(join(file.path, '..')) ?? [], file])
  return groups
}
const manyParameters = files.flatMap(functionsWithManyParameters)
const cyclic = await filesInCycles()

print('source files', files.length)
print(`source files under ${SHORT_FILE_LINES} lines`, files.filter(file => file.lines < SHORT_FILE_LINES).length)
print('lines of source', files.reduce((sum, file) => sum + file.lines, 0))
print('longest file', `${longest.lines} lines, ${longest.path}`)
print('longest file without texts', `${longestOfCode.lines} lines, ${longestOfCode.path}`)
print(`folders with more than ${MAX_FILES_PER_FOLDER} files`, [...perFolder].filter(([, inside]) => inside.length > MAX_FILES_PER_FOLDER).length,
  [...perFolder].filter(([, inside]) => inside.length > MAX_FILES_PER_FOLDER).map(([folder, inside]) => `${inside.length} ${folder}`))
print('files in import cycles', cyclic.length)
print(`functions with more than ${MAX_PARAMETERS} parameters`, manyParameters.length, manyParameters)

if (options.test) {
  const run = spawnSync('bash', ['-c', "TIMEFORMAT='%R %U %S'; time npm test >/dev/null 2>&1"], { cwd: root, encoding: 'utf8' })
  const [seconds, user, system] = run.stderr.trim().split('\n').at(-1).split(' ').map(Number)
  print('npm test, seconds', seconds.toFixed(0))
  print('npm test, CPU seconds', (user + system).toFixed(0))
  process.exitCode = run.status
}
