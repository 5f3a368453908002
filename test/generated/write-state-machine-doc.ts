/** `npm run docs:life`: writes docs/life-of-a-slip.md anew. */
import { writeFile } from 'node:fs/promises'
import { projectRoot } from '../../src/paths.js'
import { renderStateMachineDoc } from './state-machine-doc.js'

await writeFile(new URL('docs/life-of-a-slip.md', projectRoot), renderStateMachineDoc())
