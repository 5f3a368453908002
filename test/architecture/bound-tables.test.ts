/** Finds statements that write a table whose rows the log binds, so that none is added without binding what it writes. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { projectRoot } from '../helpers/project-root.js'

const folder = new URL('src/', projectRoot)
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts')).sort()
  .map(name => [name.replaceAll('\\', '/'), readFileSync(new URL(name, folder), 'utf8')] as const)

/** Counts the statements of each file that write the table. */
function listWriters (table: string): Record<string, number> {
  const writes = new RegExp(`(?:insertInto|updateTable|deleteFrom|mergeInto)\\(\\s*'${table}'|(?:insert into|delete from|merge into|truncate) ${table}\\b|update ${table} set`, 'g')
  return Object.fromEntries(sources.map(([name, text]) => [name, text.match(writes)?.length ?? 0] as const).filter(([, count]) => count > 0))
}

t.test('every statement that writes accounts is followed by their binding', async t => {
  t.strictSame(listWriters('accounts'), { 'accounts/ldap/ldap-directory.ts': 1, 'accounts/upsert-accounts.ts': 2, 'retention/erase-personal-data.ts': 1 })
  for (const [name, count] of Object.entries(listWriters('accounts'))) {
    t.equal(new Map(sources).get(name)!.match(/await bindAccounts\(/g)?.length, count, name)
  }
})

t.test('service points and postcodes are written only where events bind them', async t => {
  t.strictSame(listWriters('service_points'), { 'service-points/load-service-points.ts': 2, 'service-points/queries.ts': 1 })
  t.strictSame(listWriters('postcodes'), { 'addresses/postcode-register.ts': 2 })
  t.strictSame(listWriters('postcode_register'), { 'addresses/postcode-register.ts': 2 })
})
