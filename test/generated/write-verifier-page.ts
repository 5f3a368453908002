/** `npm run verifier`: writes templates/verifier/verifier.html. */
import { writeFile } from 'node:fs/promises'
import { projectRoot } from '../helpers/project-root.js'
import { buildVerifierPage } from './verifier-page.js'

await writeFile(new URL('templates/verifier/verifier.html', projectRoot), await buildVerifierPage())
