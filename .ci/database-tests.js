/**
 * Prints the test files that touch a database, a line each: those that speak of DATABASE_URL themselves or
 * through anything of test/ that they import. Only there can another database make a difference; the files
 * that are left out are named on stderr. Reads what the compiler made, so call it after `npx tsc`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

process.chdir(join(import.meta.dirname, '..'))
const tests = 'dist/test'
const browser = join(tests, 'browser')

function touchesDatabase (file, seen = new Set()) {
  if (seen.has(file)) return false
  seen.add(file)
  const code = readFileSync(file, 'utf8')
  if (code.includes('DATABASE_URL')) return true
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)]
    .map(([, imported]) => join(dirname(file), imported))
    .filter(imported => imported.startsWith(tests) && existsSync(imported))
    .some(imported => touchesDatabase(imported, seen))
}

const files = readdirSync(tests, { recursive: true }).map(name => join(tests, name))
  .filter(file => file.endsWith('.test.js') && !file.startsWith(browser)).sort()
const chosen = files.filter(file => touchesDatabase(file))
if (chosen.length === 0) throw new Error(`no test in ${tests} touches a database: is it compiled?`)
const others = files.filter(file => !chosen.includes(file))
process.stderr.write(`${chosen.length} of ${files.length} test files touch a database; these do not:\n${others.map(file => `  ${file}\n`).join('')}`)
process.stdout.write(`${chosen.join('\n')}\n`)
