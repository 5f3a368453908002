/** The verifier's page in one file: its script with every module that it uses, its style, and a policy that lets nothing else in. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { rollup, type Plugin } from 'rollup'
import { projectRoot } from '../../src/paths.js'

const folder = new URL('templates/verifier/', projectRoot)

/** Where the packages keep what a browser runs. */
const packages: Readonly<Record<string, string>> = {
  '@noble/ed25519': 'node_modules/@noble/ed25519/index.js',
  '@noble/hashes/sha2.js': 'node_modules/@noble/hashes/sha2.js',
  canonicalize: 'node_modules/canonicalize/lib/canonicalize.js',
  fflate: 'node_modules/fflate/esm/browser.js',
}

const fromPackages: Plugin = {
  name: 'from-packages',
  resolveId: source => packages[source] === undefined ? null : fileURLToPath(new URL(packages[source], projectRoot)),
}

/** The file as it is committed; what it is made from decides every byte of it. */
export async function verifierPage (): Promise<string> {
  const [page, style, script] = [await readFile(new URL('page.html', folder), 'utf8'), await readFile(new URL('page.css', folder), 'utf8'), await bundle()]
  const parts: Readonly<Record<string, string>> = { style, script, 'style-hash': sourceHash(style), 'script-hash': sourceHash(script) }
  return page.replace(/\{\{([\w-]+)\}\}/g, (_, name: string) => parts[name]!)
}

async function bundle (): Promise<string> {
  const build = await rollup({ input: fileURLToPath(new URL('page.js', folder)), plugins: [fromPackages] })
  const { output } = await build.generate({ format: 'iife', banner: licences })
  await build.close()
  return `\n${output[0].code.replaceAll('</script', '<\\/script').replace(/^\/\/# sourceMappingURL.*\n?/gm, '')}`
}

const licences = `// Made from templates/verifier/ by: npm run verifier
// Holds noble-ed25519 and noble-hashes (MIT, Paul Miller), fflate (MIT, Arjun Barrett), canonicalize (Apache-2.0, Samuel Erdtman).`

function sourceHash (source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}
