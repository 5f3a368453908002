import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { projectRoot } from '../helpers/project-root.js'

const root = fileURLToPath(projectRoot)
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = files.filter(file => file.endsWith('.md') && file !== 'CHANGELOG.md')
const sources = files.filter(file => /\.(ts|js|cjs)$/.test(file))
const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts))

/** Names that look like project files but are not: packages, output of programs, or examples of input. */
const notOurs = new Set(['bundle.js', 'ipaddr.js', 'node.js'])

/** Matches a file name with one of the project's extensions, with or without folders, that is not part of a URL. */
const fileName = /(?<![\w/:.@-])(?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|js|cjs|sql|md|eta|css)\b(?!\.\w)/g

/** Checks for a path from the root, from src/ or from the document's folder, or the end of a file's path. */
function exists (name: string, namedIn: string): boolean {
  const candidates = [name, join('src', name), join(dirname(namedIn), name)].map(path => normalize(path).replace(/^dist\//, ''))
  return candidates.some(path => files.includes(path) || files.includes(path.replace(/\.js$/, '.ts'))) || files.some(file => file.endsWith(`/${name}`))
}

function commentsOf (file: string): string {
  const text = read(file)
  const comments: string[] = []
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text)
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia) comments.push(scanner.getTokenText())
  }
  return comments.join('\n')
}

const texts = new Map([...documents.map(file => [file, read(file)] as const), ...sources.map(file => [file, commentsOf(file)] as const)])

t.test('every file named in README, docs and comments exists', async t => {
  const named = [...texts].flatMap(([file, text]) => [...text.matchAll(fileName)].map(([name]) => ({ file, name })))
  t.ok(named.length > 100, 'names were found')
  t.strictSame(named.filter(({ file, name }) => !notOurs.has(name.toLowerCase()) && !exists(name, file)).map(({ file, name }) => `${file}: ${name}`), [])
})

t.test('every npm script named in README, docs and comments exists', async t => {
  const named = [...texts].flatMap(([file, text]) => [...text.matchAll(/npm run (?:-s |--silent )?([\w-]+(?::[\w-]+)*)/g)].map(match => ({ file, name: match[1]! })))
  t.ok(named.length > 10, 'names were found')
  t.strictSame(named.filter(({ name }) => !scripts.has(name)).map(({ file, name }) => `${file}: npm run ${name}`), [])
})

t.test('the check itself sees a file that does not exist', async t => {
  t.notOk(exists('slips/no-such-file.ts', 'docs/architecture.md'))
  t.ok(exists('slips/rules/state-machine.ts', 'docs/architecture.md'))
  t.ok(exists('architecture.md', 'docs/domain.md'))
})
