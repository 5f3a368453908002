import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createLogKeys } from '../../src/audit/sealing/log-crypto.js'
import { projectRoot } from '../helpers/project-root.js'
import { buildTestApp } from '../helpers/app.js'
import { parseCheckpointNote } from '../helpers/transparency-log.js'
import { temporaryFolder } from '../helpers/processes.js'
import { createPageClient } from '../helpers/page-client.js'

const checkpointFile = join(await temporaryFolder(t), 'checkpoints.txt')
const { app, deps } = await buildTestApp(t, { logSettings: { origin: 'desk.example/metropolia', keys: createLogKeys([randomBytes(32)]), checkpointFile } })
const auditor = createPageClient(app)
await auditor.signIn('auditor')

t.test('shows the auditor the log’s state, signed up to now, and the key', async t => {
  const { statusCode, body } = await auditor.get('/log')
  t.equal(statusCode, 200)
  const note = await deps.db.selectFrom('log_checkpoints').select('note').orderBy('number', 'desc').executeTakeFirstOrThrow()
  t.match(body, `Events signed: ${parseCheckpointNote(note.note).size}`)
  t.match(body, note.note.split('\n')[2])
  t.match(body, /desk\.example\/metropolia\+[0-9a-f]{8}\+/)
  t.match(body, 'href="/log" aria-current="page"')
})

t.test('offers the verifier and its input as files', async t => {
  const verifier = await auditor.get('/log/verifier.html')
  t.equal(verifier.headers['content-disposition'], 'attachment; filename="verifier.html"')
  t.equal(verifier.body, await readFile(new URL('templates/verifier/verifier.html', projectRoot), 'utf8'))
  const [leaves, hashes, checkpoints] = [await auditor.get('/log/leaves.ndjson'), await auditor.get('/log/leaf-hashes.txt'), await auditor.get('/log/checkpoints.txt')]
  t.equal(leaves.headers['content-disposition'], 'attachment; filename="leaves.ndjson"')
  t.equal(leaves.body.split('\n').length, hashes.body.split('\n').length)
  t.equal(checkpoints.body, await readFile(checkpointFile, 'utf8'))
  t.equal((await deps.db.selectFrom('audit_events').select('facts').where('kind', '=', 'log-read').execute()).length, 1, 'downloading leaves is on record, downloading hashes is not')
})

t.test('refuses the page and the files to other roles', async t => {
  const agent = createPageClient(app)
  await agent.signIn('agent')
  for (const url of ['/log', '/log/verifier.html', '/log/leaves.ndjson', '/log/leaf-hashes.txt', '/log/checkpoints.txt']) t.equal((await agent.get(url)).statusCode, 403, url)
})

t.test('warns at the top of the page when signing has stopped', async t => {
  await writeFile(checkpointFile, (await readFile(checkpointFile, 'utf8')).replace(/\n(\d+)\n/, '\n999\n'))
  const { statusCode, body } = await auditor.get('/log')
  t.equal(statusCode, 200)
  t.match(body, /class="notice bad" role="alert"[\s\S]*The audit log is no longer signed/)
})
