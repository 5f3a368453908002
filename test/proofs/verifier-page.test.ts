import { readFile } from 'node:fs/promises'
import t from 'tap'
import { projectRoot } from '../helpers/project-root.js'
import { buildVerifierPage } from '../generated/verifier-page.js'

t.test('the committed verifier is up to date: npm run verifier', async t => {
  const page = await readFile(new URL('templates/verifier/verifier.html', projectRoot), 'utf8')
  t.ok(page === await buildVerifierPage())
  t.notMatch(page, /\b(src|href)="|@import|\bfetch\(|XMLHttpRequest|WebSocket/, 'the page makes no requests')
})
