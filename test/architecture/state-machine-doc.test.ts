import { readFileSync } from 'node:fs'
import t from 'tap'
import { projectRoot } from '../../src/paths.js'
import { renderStateMachineDoc } from '../generated/state-machine-doc.js'

t.test('the documentation’s picture of a slip’s life is what the table gives', async t => {
  t.equal(readFileSync(new URL('docs/life-of-a-slip.md', projectRoot), 'utf8'), renderStateMachineDoc(), 'npm run docs:life writes it anew')
})
