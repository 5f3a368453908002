import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import t from 'tap'
import { toVerifierKeys } from '../../src/audit/sealing/log-crypto.js'
import { createEvidenceFile, judgeFiles } from '../helpers/evidence.js'
import { insertSlips } from '../helpers/insert-slips.js'
import { unzipFiles } from '../helpers/zip-files.js'
import { openWindow, startApp, signInAs } from './harness.js'
import { pick } from '../helpers/projections.js'

const served = await startApp(t)
const slips = await insertSlips(served, Array.from({ length: 1201 }, () => ({ channel: 'counter', state: 'handed-over', place: 'holder' } as const)))
const keys = toVerifierKeys(served.deps.logSettings.keys, served.deps.logSettings.origin)

for (const [language, done] of [['fi', /^Valmis: 1\s201 /], ['sv', /^Klart: 1\s201 /], ['en', /^Done: 1,201 /]] as const) {
  t.test(`shows export progress and completion: ${language}`, async t => {
    const page = await signInAs(await openWindow(served, { language, width: 390 }), 'auditor')
    await page.goto('/delivery-records?channel=counter')
    await page.selectOption('#format', 'csv-semicolon')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-export] button')])
    await page.locator('[data-progress] [role="status"]', { hasText: done }).waitFor()
    t.equal(await page.locator('[data-progress] progress').getAttribute('value'), '1')
    t.match(download.suggestedFilename(), /^delivery-records-2026-11-19\.zip$/)
    const zip = await readFile(await download.path())
    const [result, ...others] = await judgeFiles(keys, [createEvidenceFile('export.zip', zip)]) as Array<[key: string, values: object]>
    t.strictSame([result?.[0], pick(result?.[1], 'files', 'rows'), others], ['results.export', { files: 1, rows: 1201 }, []], 'the verifier finds nothing wrong')
    t.equal(unzipFiles(zip)['delivery-records-2026-11-19.csv']!.toString().split('\r\n').length, 1 + slips.length + 1, 'a header, one line per record, and the end of the last line')
  })
}

t.test('says that an export failed and what to do with the file', async t => {
  const page = await signInAs(await openWindow(served), 'auditor')
  await page.goto('/delivery-records?channel=counter')
  const last = slips.map(({ id, number }) => ({ id, number })).sort((a, b) => a.number < b.number ? -1 : 1)[0]!
  await sql.raw('alter table slip_steps rename to slip_steps_kept').execute(served.deps.db)
  await sql.raw(`create view slip_steps as select id, slip_id, step, from_state, to_state, at, staff_id, service_point_id, identity_check_id, token_id,
    case when slip_id = '${last.id}' then (1 / (length(step) - length(step)))::text else note end as note from slip_steps_kept`).execute(served.deps.db)
  await page.selectOption('#format', 'ndjson')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-export] button')])
  t.ok(await download.failure(), 'the browser knows that the file is incomplete')
  const words = page.locator('[data-progress] [role="status"]', { hasText: 'The export stopped' })
  await words.waitFor()
  t.equal(await words.innerText(), 'The export stopped after 1,000 records. The file is incomplete: delete it and export again.')
})
