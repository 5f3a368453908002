/**
 * Prints the test files that use a database, one per line: those that mention DATABASE_URL, themselves or in a file of
 * test/ that they import. Only they can behave differently on another database. The other files are listed on stderr.
 * Reads the imports from the compiled files, so run `npx tsc` first.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

process.chdir(join(import.meta.dirname, '..'))
const tests = 'dist/test'

function usesDatabase (file, seen = new Set()) {
  if (seen.has(file)) return false
  seen.add(file)
  const code = readFileSync(file, 'utf8')
  if (code.includes('DATABASE_URL')) return true
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)]
    .map(([, imported]) => join(dirname(file), imported))
    // A test can contain an import of a missing file as text.
    .filter(imported => imported.startsWith(tests) && existsSync(imported))
    .some(imported => usesDatabase(imported, seen))
}

// Lists the sources, because dist/ still has the compiled files of renamed tests.
const files = readdirSync('test', { recursive: true })
  .filter(name => name.endsWith('.test.ts') && !name.startsWith('browser'))
  .map(name => join(tests, name.replace(/\.ts$/, '.js')))
  .sort()
const chosen = files.filter(file => usesDatabase(file))
if (chosen.length === 0) throw new Error(`no test in ${tests} uses a database: is it compiled?`)
const others = files.filter(file => !chosen.includes(file))
process.stderr.write(`${chosen.length} of ${files.length} test files use a database; these do not:\n${others.map(file => `  ${file}\n`).join('')}`)
process.stdout.write(`${chosen.join('\n')}\n`)
