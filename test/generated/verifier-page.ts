/** Builds the verifier's page as one file: its script with all modules, its style, and a CSP that allows nothing else. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rollup, type Plugin } from 'rollup'
import { projectRoot } from '../helpers/project-root.js'

const sourceFolder = new URL('templates/verifier/', projectRoot)

/** The browser build of each package. */
const browserPackages: Readonly<Record<string, string>> = {
  '@noble/ed25519': 'node_modules/@noble/ed25519/index.js',
  '@noble/hashes/sha2.js': 'node_modules/@noble/hashes/sha2.js',
  canonicalize: 'node_modules/canonicalize/lib/canonicalize.js',
  fflate: 'node_modules/fflate/esm/browser.js',
}

const packageResolver: Plugin = {
  name: 'from-packages',
  resolveId: source => browserPackages[source] === undefined ? null : fileURLToPath(new URL(browserPackages[source], projectRoot)),
}

/** Builds the file to commit. The same sources always give the same bytes. */
export async function buildVerifierPage (): Promise<string> {
  const [page, style, script] = [await readFile(new URL('page.html', sourceFolder), 'utf8'), await readFile(new URL('page.css', sourceFolder), 'utf8'), await bundleScript()]
  const parts: Readonly<Record<string, string>> = { style, script, 'style-hash': computeCspHash(style), 'script-hash': computeCspHash(script) }
  return page.replace(/\{\{([\w-]+)\}\}/g, (_, name: string) => parts[name]!)
}

async function bundleScript (): Promise<string> {
  const build = await rollup({ input: fileURLToPath(new URL('page.js', sourceFolder)), plugins: [packageResolver] })
  const { output } = await build.generate({ format: 'iife', banner: licences })
  await build.close()
  return `\n${output[0].code.replaceAll('</script', '<\\/script').replace(/^\/\/# sourceMappingURL.*\n?/gm, '')}`
}

const licences = `// Made from templates/verifier/ by: npm run verifier
// Holds noble-ed25519 and noble-hashes (MIT, Paul Miller), fflate (MIT, Arjun Barrett), canonicalize (Apache-2.0, Samuel Erdtman).`

function computeCspHash (source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}
