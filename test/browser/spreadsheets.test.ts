/** Reads exports with independent programs: Python's csv module and openpyxl. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { buildTestApp } from '../helpers/app.js'
import { insertSlips } from '../helpers/insert-slips.js'

interface SpreadsheetContents {
  readonly csv: ReadonlyArray<readonly string[]>
  readonly rows: ReadonlyArray<readonly unknown[]>
  readonly types: readonly string[]
  readonly frozen: string
  readonly filter: string
  readonly formulas: number
}

const PYTHON_READER = `
import csv, json, sys, openpyxl
folder = sys.argv[1]
sheet = openpyxl.load_workbook(folder + '/records.xlsx').active
rows = [[cell.isoformat() if hasattr(cell, 'isoformat') else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
types = [cell.data_type for cell in next(sheet.iter_rows(min_row=2))]
formulas = sum(cell.data_type == 'f' for row in sheet.iter_rows() for cell in row)
with open(folder + '/records.csv', newline='', encoding='utf-8-sig') as file:
    lines = list(csv.reader(file, delimiter=';', strict=True))
print(json.dumps({'csv': lines, 'rows': rows, 'types': types, 'frozen': sheet.freeze_panes, 'filter': sheet.auto_filter.ref, 'formulas': formulas}))
`

t.test('openpyxl and Python’s csv read all rows, names and timestamps', async t => {
  const test = await buildTestApp(t)
  const [slip] = await insertSlips(test, Array.from({ length: 1201 }, () => ({ channel: 'counter', state: 'handed-over', place: 'holder' } as const)))
  const names = ['Łukasz Nguyễn-Đặng', 'Ольга Иванова', '李小龍', 'عمر', '=cmd|"/C calc"!A1; Åsa', 'line\nbreak & <b>', '🦊']
  for (const [i, name] of names.entries()) {
    await test.deps.db.updateTable('accounts').set({ display_name: name })
      .where('id', '=', eb => eb.selectFrom('slips').select('account_id').orderBy('number', 'desc').offset(i).limit(1)).execute()
  }
  const auditor = await test.signIn('auditor')
  const folder = await mkdtemp(join(tmpdir(), 'spreadsheets-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  for (const [format, query] of [['xlsx', ''], ['csv', '&delimiter=%3B&bom=true']] as const) {
    await writeFile(join(folder, `records.${format}`), (await test.api(auditor, { url: `/delivery-records?format=${format}${query}` })).rawPayload)
  }
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', PYTHON_READER, folder], { maxBuffer: 64 * 1024 * 1024 })
  const { csv, rows, types, frozen, filter, formulas } = JSON.parse(stdout) as SpreadsheetContents
  t.equal(rows.length, 1202)
  t.equal(csv.length, 1202)
  t.strictSame(rows[0], csv[0], 'the same header row')
  t.strictSame(rows.slice(1, names.length + 1).map(row => row[2]), names)
  t.strictSame(csv.slice(1, names.length + 1).map(row => row[2]), names.map(name => name.startsWith('=') ? `'${name}` : name))
  t.equal(rows[1]![6], '2026-11-18T09:30:00', 'in the institution’s time zone')
  t.equal(types[6], 'd')
  t.equal(formulas, 0)
  t.equal(frozen, 'A2')
  t.equal(filter, 'A1:L1202')
  t.ok(rows.some(row => row[0] === slip!.number))
})
